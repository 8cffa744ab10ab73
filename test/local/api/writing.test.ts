import { describe, expect, it } from "@jest/globals";
import { fieldsAt } from "../../../src/local/cluster/store-object.ts";
import { type Answer, ground, json, node, pod, vmi } from "./api-ground.ts";

const strategic = { "content-type": "application/strategic-merge-patch+json" };
const merge = { "content-type": "application/merge-patch+json" };
const steps = { "content-type": "application/json-patch+json" };

const said = ({ status, body }: Answer): string =>
	`${status} ${String(fieldsAt(body).reason)}: ${String(fieldsAt(body).message)}`;

describe("a patch", () => {
	it.each([
		["merge", merge],
		["strategic merge", strategic],
	])("cordons and uncordons a node (%s)", async (_name, type) => {
		const { store, ask } = ground();
		store.create("nodes", node("n1"));
		const cordoned = await ask(
			"PATCH",
			"/api/v1/nodes/n1",
			{ spec: { unschedulable: true }, metadata: { annotations: { a: "b" } } },
			type,
		);
		expect(cordoned).toEqual({ status: 200, headers: json, body: store.get("nodes", undefined, "n1") });
		expect(store.get("nodes", undefined, "n1")).toMatchObject({
			spec: { unschedulable: true },
			metadata: { annotations: { a: "b" } },
		});
		for (const off of [null, false]) {
			await ask("PATCH", "/api/v1/nodes/n1", { spec: { unschedulable: off } }, type);
			expect(store.get("nodes", undefined, "n1")?.spec).toEqual({ providerID: "aws:///eu-west-1a/i-n1" });
		}
	});

	it("that changes nothing leaves the version alone", async () => {
		const { store, ask } = ground();
		const { resourceVersion } = store.create("nodes", node("n1")).metadata;
		await ask("PATCH", "/api/v1/nodes/n1", { spec: { providerID: "aws:///eu-west-1a/i-n1" } }, merge);
		expect(store.get("nodes", undefined, "n1")?.metadata.resourceVersion).toBe(resourceVersion);
	});

	it("with another uid is refused and touches nothing", async () => {
		const { store, ask } = ground();
		const before = store.create("nodes", node("n1"));
		const answer = await ask(
			"PATCH",
			"/api/v1/nodes/n1",
			{ metadata: { uid: "other" }, spec: { unschedulable: true } },
			strategic,
		);
		const why = 'Invalid value: "other": field is immutable';
		expect(answer).toEqual({
			status: 422,
			headers: json,
			body: {
				kind: "Status",
				apiVersion: "v1",
				metadata: {},
				status: "Failure",
				message: `Node "n1" is invalid: metadata.uid: ${why}`,
				reason: "Invalid",
				details: { name: "n1", kind: "Node", causes: [{ reason: "FieldValueInvalid", message: why, field: "metadata.uid" }] },
				code: 422,
			},
		});
		expect(store.get("nodes", undefined, "n1")).toBe(before);
		expect((await ask("PATCH", "/api/v1/nodes/n1", { metadata: { uid: before.metadata.uid } }, strategic)).status).toBe(200);
	});

	it("with an old resource version is a conflict", async () => {
		const { store, ask } = ground();
		store.create("nodes", node("n1"));
		const answer = await ask("PATCH", "/api/v1/nodes/n1", { metadata: { resourceVersion: "1" } }, merge);
		expect(said(answer)).toBe(
			'409 Conflict: Operation cannot be fulfilled on nodes "n1": the object has been modified; please apply your changes to the latest version and try again',
		);
	});

	it("merges conditions by type through the status path, which the plain path leaves alone", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p", { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } }));
		const status = {
			conditions: [
				{ type: "Ready", status: "False" },
				{ type: "Extra", status: "True" },
			],
		};
		await ask("PATCH", "/api/v1/namespaces/x/pods/p", { status, metadata: { labels: { l: "1" } } }, strategic);
		expect(store.get("pods", "x", "p")).toMatchObject({
			status: { conditions: [{ status: "True" }] },
			metadata: { labels: { l: "1" } },
		});
		await ask("PATCH", "/api/v1/namespaces/x/pods/p/status", { status, metadata: { labels: { l: "2" } } }, strategic);
		expect(store.get("pods", "x", "p")).toMatchObject({
			status: { phase: "Running", ...status },
			metadata: { labels: { l: "1" } },
		});
	});

	it("of a VMI writes the status too, and raises its generation", async () => {
		const { store, ask } = ground();
		store.create("virtualmachineinstances", { ...vmi("vm1", {}), status: { phase: "Running" } });
		const mark = [{ op: "add", path: "/status/evacuationNodeName", value: "n1" }];
		const path = "/apis/kubevirt.io/v1/namespaces/x/virtualmachineinstances/vm1";
		expect((await ask("PATCH", path, mark, steps)).status).toBe(200);
		expect(store.get("virtualmachineinstances", "x", "vm1")).toMatchObject({
			metadata: { generation: 2 },
			status: { phase: "Running", evacuationNodeName: "n1" },
		});
	});

	it("in steps fails whole when a test fails", async () => {
		const { store, ask } = ground();
		const before = store.create("nodes", node("n1"));
		const patch = [
			{ op: "add", path: "/metadata/annotations", value: { a: "b" } },
			{ op: "test", path: "/metadata/uid", value: "other" },
		];
		expect(said(await ask("PATCH", "/api/v1/nodes/n1", patch, steps))).toBe(
			"422 Invalid: the server rejected our request due to an error in our request",
		);
		expect(store.get("nodes", undefined, "n1")).toBe(before);
	});

	it("of a wrong type is refused with the types that are taken", async () => {
		const { store, ask } = ground();
		store.create("virtualmachineinstances", vmi("vm1", {}));
		store.create("nodes", node("n1"));
		const known = "application/json-patch+json, application/merge-patch+json";
		const path = "/apis/kubevirt.io/v1/namespaces/x/virtualmachineinstances/vm1";
		const lead = "415 UnsupportedMediaType: the body of the request was in an unknown format - accepted media types include:";
		expect(said(await ask("PATCH", path, {}, strategic))).toBe(`${lead} ${known}`);
		expect(said(await ask("PATCH", "/api/v1/nodes/n1", {}))).toBe(`${lead} ${known}, application/strategic-merge-patch+json`);
	});

	it("in a dry run answers what would be and changes nothing", async () => {
		const { store, ask } = ground();
		const before = store.create("nodes", node("n1"));
		const answer = await ask("PATCH", "/api/v1/nodes/n1?dryRun=All", { spec: { unschedulable: true } }, merge);
		expect(fieldsAt(answer.body, "spec").unschedulable).toBe(true);
		expect(store.get("nodes", undefined, "n1")).toBe(before);
	});
});

describe("a create", () => {
	const event = {
		metadata: { generateName: "evacuator-", namespace: "default" },
		involvedObject: { kind: "Node", name: "n1" },
		reason: "SafeToTerminate",
		message: "drained",
		type: "Normal",
	};

	it("answers the stored object with a name of its own", async () => {
		const { store, ask } = ground();
		const answer = await ask("POST", "/api/v1/namespaces/default/events", event);
		const stored = store.list("events")[0];
		expect(answer).toEqual({ status: 201, headers: json, body: stored });
		expect(stored).toMatchObject({
			kind: "Event",
			reason: "SafeToTerminate",
			metadata: { creationTimestamp: "2026-11-22T09:43:24Z" },
		});
		expect(stored?.metadata.name).toMatch(/^evacuator-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
	});

	it("of a pod begins Pending and unbound, whatever the body says", async () => {
		const { store, ask } = ground();
		await ask("POST", "/api/v1/namespaces/x/pods", {
			metadata: { name: "p", uid: "mine" },
			spec: {},
			status: { phase: "Running" },
		});
		expect(store.get("pods", "x", "p")).toMatchObject({
			metadata: { name: "p", namespace: "x", generation: 1, uid: expect.not.stringMatching("mine") },
			spec: { restartPolicy: "Always", terminationGracePeriodSeconds: 30 },
			status: { phase: "Pending" },
		});
	});

	it("refuses what a real API server refuses", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p"));
		const pods = "/api/v1/namespaces/x/pods";
		const answers = [
			await ask("POST", pods, { metadata: { name: "p" } }),
			await ask("POST", pods, { metadata: {} }),
			await ask("POST", pods, { metadata: { name: "p", namespace: "other" } }),
			await ask("POST", pods, { kind: "Node", metadata: { name: "p" } }),
			await ask("POST", "/api/v1/namespaces/nowhere/pods", { metadata: { name: "p" } }),
			await ask("POST", "/api/v1/namespaces/x/events", { ...event, metadata: { name: "e" } }),
			await ask("POST", "/api/v1/pods", { metadata: { name: "p" } }),
		];
		expect(answers.map(said)).toEqual([
			'409 AlreadyExists: pods "p" already exists',
			'422 Invalid: Pod "" is invalid: metadata.name: Required value: name or generateName is required',
			"400 BadRequest: the namespace of the provided object does not match the namespace sent on the request",
			'400 BadRequest: Node in version "v1" cannot be handled as a Pod',
			'404 NotFound: namespaces "nowhere" not found',
			'422 Invalid: Event "e" is invalid: involvedObject.namespace: Invalid value: "": does not match event.namespace',
			"405 MethodNotAllowed: the server does not allow this method on the requested resource",
		]);
		expect(said(await ask("POST", pods, { metadata: { name: "A/b" } }))).toMatch(
			/^422 Invalid: Pod "A\/b" is invalid: metadata\.name: Invalid value: "A\/b": a lowercase RFC 1123 subdomain/,
		);
	});
});

describe("an update", () => {
	it("replaces what the client decides and keeps what the server does", async () => {
		const { store, ask } = ground();
		const before = store.create("nodes", node("n1"));
		await ask("PUT", "/api/v1/nodes/n1", { metadata: { name: "n1", labels: { a: "b" } }, spec: { unschedulable: true } });
		const after = store.get("nodes", undefined, "n1");
		expect(after?.metadata).toEqual({
			...before.metadata,
			labels: { a: "b" },
			resourceVersion: String(store.resourceVersion),
		});
		expect(after?.spec).toEqual({ unschedulable: true });
	});

	it("with another uid is a conflict of the storage, and custom resources need a version", async () => {
		const { store, ask } = ground();
		const { uid } = store.create("nodes", node("n1")).metadata;
		store.create("virtualmachineinstances", vmi("vm1", {}));
		const path = "/apis/kubevirt.io/v1/namespaces/x/virtualmachineinstances/vm1";
		expect(said(await ask("PUT", "/api/v1/nodes/n1", { metadata: { name: "n1", uid: "u2" } }))).toBe(
			`409 Conflict: Operation cannot be fulfilled on nodes "n1": StorageError: invalid object, Code: 4, Key: /registry/minions/n1, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: u2, UID in object meta: ${uid}`,
		);
		expect((await ask("PUT", path, { metadata: { name: "vm1" } })).status).toBe(422);
	});
});

describe("a delete", () => {
	it("of a running pod is graceful and answers the pod", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p"));
		const answer = await ask("DELETE", "/api/v1/namespaces/x/pods/p");
		expect(answer).toEqual({ status: 200, headers: json, body: store.get("pods", "x", "p") });
		expect(store.get("pods", "x", "p")?.metadata).toMatchObject({
			deletionTimestamp: "2026-11-22T09:43:54Z",
			deletionGracePeriodSeconds: 30,
		});
	});

	it("with grace 0 removes the pod, in the two steps a watch sees", async () => {
		const { store, ask } = ground();
		const from = Number(store.create("pods", pod("p")).metadata.resourceVersion);
		await ask("DELETE", "/api/v1/namespaces/x/pods/p?gracePeriodSeconds=0");
		const changes = store.changesSince(from);
		if (changes === "expired") throw new Error("the changes are forgotten");
		expect(changes.map(({ type, object }) => [type, object.metadata.deletionGracePeriodSeconds])).toEqual([
			["MODIFIED", 0],
			["DELETED", 0],
		]);
	});

	it("of another kind answers a Status, or the object while finalizers hold it", async () => {
		const { store, ask } = ground();
		const migrations = "/apis/kubevirt.io/v1/namespaces/x/virtualmachineinstancemigrations";
		const migration = (name: string, finalizers: string[]) => ({
			apiVersion: "kubevirt.io/v1",
			kind: "VirtualMachineInstanceMigration",
			metadata: { name, namespace: "x", finalizers },
		});
		const { uid } = store.create("virtualmachineinstancemigrations", migration("free", [])).metadata;
		store.create("virtualmachineinstancemigrations", migration("held", ["kubevirt.io/migrationJobFinalize"]));
		expect((await ask("DELETE", `${migrations}/free`)).body).toEqual({
			kind: "Status",
			apiVersion: "v1",
			metadata: {},
			status: "Success",
			details: { name: "free", group: "kubevirt.io", kind: "virtualmachineinstancemigrations", uid },
		});
		expect((await ask("DELETE", `${migrations}/held`)).body).toMatchObject({
			kind: "VirtualMachineInstanceMigration",
			metadata: { name: "held", deletionTimestamp: "2026-11-22T09:43:24Z" },
		});
		store.update("virtualmachineinstancemigrations", "x", "held", (draft) => {
			draft.metadata.finalizers = [];
		});
		expect(store.list("virtualmachineinstancemigrations")).toEqual([]);
	});

	it("respects preconditions", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p"));
		const answer = await ask("DELETE", "/api/v1/namespaces/x/pods/p", { preconditions: { uid: "other" } });
		expect(said(answer)).toMatch(
			/^409 Conflict: Operation cannot be fulfilled on Pod "p": the UID in the precondition \(other\)/,
		);
	});
});
