import { describe, expect, it } from "@jest/globals";
import { fieldsAt } from "../../../src/local/cluster/store-object.ts";
import { type Answer, ground, json, node, pod, vmi } from "./api-ground.ts";

const said = ({ status, body }: Answer): string =>
	`${status} ${String(fieldsAt(body).reason)}: ${String(fieldsAt(body).message)}`;

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
