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
