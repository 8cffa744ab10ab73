import { describe, expect, it } from "@jest/globals";
import { fieldsAt } from "../../../src/local/cluster/store-object.ts";
import { type Answer, ground, json, names, node, pod, vmi } from "./api-ground.ts";

const pods = "/api/v1/namespaces/x/pods";
const vmis = "/apis/kubevirt.io/v1/virtualmachineinstances";

function message(answer: Answer): string {
	return `${answer.status} ${String(fieldsAt(answer.body).reason)}: ${String(fieldsAt(answer.body).message)}`;
}

describe("a get", () => {
	it("answers the object with its kind first", async () => {
		const { store, ask } = ground();
		const stored = store.create("nodes", node("n1"));
		const answer = await ask("GET", "/api/v1/nodes/n1");
		expect(answer).toEqual({ status: 200, headers: json, body: stored });
		expect(Object.keys(fieldsAt(answer.body)).slice(0, 2)).toEqual(["kind", "apiVersion"]);
	});

	it("says which object is not there, with the group for custom resources", async () => {
		const { ask } = ground();
		expect(await ask("GET", "/apis/kubevirt.io/v1/namespaces/x/virtualmachines/vm1")).toEqual({
			status: 404,
			headers: json,
			body: {
				kind: "Status",
				apiVersion: "v1",
				metadata: {},
				status: "Failure",
				message: 'virtualmachines.kubevirt.io "vm1" not found',
				reason: "NotFound",
				details: { name: "vm1", group: "kubevirt.io", kind: "virtualmachines" },
				code: 404,
			},
		});
	});
});

describe("a list", () => {
	it("is in the order of namespace and name, and leaves the kind out of built-in items only", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("b", { namespace: "y" }));
		store.create("pods", pod("c"));
		store.create("pods", pod("a"));
		store.create("virtualmachineinstances", vmi("vm1", {}));
		const all = await ask("GET", "/api/v1/pods");
		expect(names(all)).toEqual(["a", "c", "b"]);
		const { items, ...list } = all.body as { items: object[] };
		expect(list).toEqual({ kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: String(store.resourceVersion) } });
		expect(Object.keys(items[0] ?? {})).toEqual(["metadata", "spec", "status"]);
		expect((await ask("GET", vmis)).body).toEqual({
			apiVersion: "kubevirt.io/v1",
			kind: "VirtualMachineInstanceList",
			items: [store.get("virtualmachineinstances", "x", "vm1")],
			metadata: { continue: "", resourceVersion: String(store.resourceVersion) },
		});
	});

	it.each([
		["spec.nodeName=n1", ["bound", "done"]],
		["spec.nodeName=", ["waiting"]],
		["spec.nodeName!=n1", ["waiting"]],
		["spec.nodeName=n1,status.phase!=Succeeded", ["bound"]],
		["metadata.name=done", ["done"]],
	])("selects by field: %s", async (selector, expected) => {
		const { store, ask } = ground();
		store.create("pods", pod("bound", { spec: { nodeName: "n1" } }));
		store.create("pods", pod("done", { spec: { nodeName: "n1" }, status: { phase: "Succeeded" } }));
		store.create("pods", { ...pod("waiting"), spec: {} });
		expect(names(await ask("GET", `/api/v1/pods?fieldSelector=${encodeURIComponent(selector)}`))).toEqual(expected);
	});

	it.each([
		["kubevirt.io/nodeName=n1", ["a"]],
		["kubevirt.io/nodeName==n1", ["a"]],
		["kubevirt.io/nodeName!=n1", ["b", "c"]],
		["kubevirt.io/nodeName in (n1, n2)", ["a", "b"]],
		["kubevirt.io/nodeName notin (n1)", ["b", "c"]],
		["kubevirt.io/nodeName", ["a", "b"]],
		["!kubevirt.io/nodeName", ["c"]],
		["tier=gold,kubevirt.io/nodeName in (n1,n2)", ["b"]],
	])("selects by label: %s", async (selector, expected) => {
		const { store, ask } = ground();
		store.create("virtualmachineinstances", vmi("a", { "kubevirt.io/nodeName": "n1" }));
		store.create("virtualmachineinstances", vmi("b", { "kubevirt.io/nodeName": "n2", tier: "gold" }));
		store.create("virtualmachineinstances", vmi("c", {}));
		expect(names(await ask("GET", `${vmis}?labelSelector=${encodeURIComponent(selector)}`))).toEqual(expected);
	});

	it("refuses selectors and counts it cannot read", async () => {
		const { ask } = ground();
		const said = await Promise.all([
			ask("GET", `${pods}?fieldSelector=spec.colour%3Dred`),
			ask("GET", `${vmis}?fieldSelector=spec.nodeName%3Dn1`),
			ask("GET", "/apis/apps/v1/deployments?fieldSelector=spec.replicas%3D1"),
			ask("GET", `${pods}?fieldSelector=nonsense`),
			ask("GET", `${pods}?labelSelector=a%20b`),
			ask("GET", `${pods}?limit=many`),
		]);
		expect(said.map(message)).toEqual([
			"400 BadRequest: field label not supported: spec.colour",
			"400 BadRequest: field label not supported: spec.nodeName",
			'400 BadRequest: "spec.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
			"400 BadRequest: invalid selector: 'nonsense'; can't understand 'nonsense'",
			"400 BadRequest: unable to parse requirement: found 'a b', expected: identifier, in, notin, =, ==, != or !",
			'400 BadRequest: unable to read the parameter limit: strconv.ParseInt: parsing "many": invalid syntax',
		]);
	});

	it("comes in pages that show one moment, whatever changes meanwhile", async () => {
		const { store, ask } = ground();
		for (const name of ["a", "b", "c", "d", "e"]) store.create("pods", pod(name));
		const version = String(store.resourceVersion);
		const first = await ask("GET", `${pods}?limit=2`);
		const token = String(fieldsAt(first.body, "metadata").continue);
		expect(fieldsAt(first.body).metadata).toEqual({ resourceVersion: version, continue: token, remainingItemCount: 3 });
		store.remove("pods", "x", "c");
		store.create("pods", pod("cc"));
		store.update("pods", "x", "d", (draft) => {
			draft.status = { phase: "Failed" };
		});
		const rest = await ask("GET", `${pods}?limit=10&continue=${token}`);
		expect([names(first), names(rest)]).toEqual([
			["a", "b"],
			["c", "d", "e"],
		]);
		expect(fieldsAt((rest.body as { items: unknown[] }).items[1], "status").phase).toBe("Running");
		expect(fieldsAt(rest.body).metadata).toEqual({ resourceVersion: version });
	});

	it("cannot be continued when its moment is forgotten, except from the present", async () => {
		const { store, ask } = ground();
		for (const name of ["a", "b", "c"]) store.create("pods", pod(name));
		const token = String(fieldsAt((await ask("GET", `${pods}?limit=1`)).body, "metadata").continue);
		store.remove("pods", "x", "b");
		store.compact();
		const gone = await ask("GET", `${pods}?limit=1&continue=${token}`);
		expect(message(gone)).toMatch(
			/^410 Expired: The provided continue parameter is too old to display a consistent list result\./,
		);
		const fresh = String(fieldsAt(gone.body, "metadata").continue);
		expect(names(await ask("GET", `${pods}?continue=${fresh}`))).toEqual(["c"]);
		expect(message(await ask("GET", `${pods}?continue=rubbish`))).toBe(
			"400 BadRequest: continue key is not valid: invalid character",
		);
	});

	it("shows an exact version while it is remembered", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("a"));
		const version = store.resourceVersion;
		store.create("pods", pod("b"));
		const exact = `${pods}?resourceVersionMatch=Exact&resourceVersion=${version}`;
		expect(names(await ask("GET", exact))).toEqual(["a"]);
		expect(names(await ask("GET", `${pods}?resourceVersion=${version}`))).toEqual(["a", "b"]);
		store.compact();
		expect(message(await ask("GET", exact))).toBe("410 Expired: The resourceVersion for the provided list is too old.");
	});

	it("refuses versions that are none, that lie ahead, and rules without a version", async () => {
		const { store, ask } = ground();
		const said = await Promise.all([
			ask("GET", `${pods}?resourceVersion=bogus`),
			ask("GET", `${pods}?resourceVersion=999`),
			ask("GET", `${pods}?resourceVersionMatch=Exact`),
		]);
		expect(said.map(message)).toEqual([
			'500 undefined: resourceVersion: Invalid value: "bogus": strconv.ParseUint: parsing "bogus": invalid syntax',
			`504 Timeout: Timeout: Too large resource version: 999, current: ${store.resourceVersion}`,
			'422 Invalid: ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
		]);
	});

	it("may be stale for resourceVersion=0 only, and only when the cache lags", async () => {
		const { clock, store, server, ask } = ground();
		store.create("pods", pod("old"));
		await clock.run(() => clock.sleep(30_000));
		store.create("pods", pod("new"));
		expect(names(await ask("GET", `${pods}?resourceVersion=0`))).toEqual(["new", "old"]);
		server.faults.add({ match: ({ verb }) => verb === "list" || verb === "get", effect: { staleMs: 10_000 } });
		expect(names(await ask("GET", `${pods}?resourceVersion=0`))).toEqual(["old"]);
		expect((await ask("GET", `${pods}/new?resourceVersion=0`)).status).toBe(404);
		expect(names(await ask("GET", pods))).toEqual(["new", "old"]);
	});
});
