import { describe, expect, it } from "@jest/globals";
import type { AuditEntry } from "../../../src/local/cluster/api/api-server.ts";
import { authenticateBy } from "../../../src/local/cluster/api/authorization.ts";
import { fieldsAt, itemsAt, textAt } from "../../../src/local/cluster/store-object.ts";
import { type Answer, ground, json, node, pod } from "./api-ground.ts";

const start = Date.UTC(2026, 10, 22, 9, 43, 24);
const status = (code: number, rest: object) => ({
	kind: "Status",
	apiVersion: "v1",
	metadata: {},
	status: "Failure",
	...rest,
	code,
});
const said = ({ status: code, body }: Answer): string =>
	`${code} ${String(fieldsAt(body).reason)}: ${String(fieldsAt(body).message)}`;

function guarded() {
	const user = {
		name: "evacuator-watch",
		rules: [
			{ apiGroups: [""], resources: ["nodes", "pods"], verbs: ["get", "list"] },
			{ apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"], namespaces: ["x"] },
			{ apiGroups: ["kubevirt.io"], resources: ["kubevirts"], verbs: ["get"], resourceNames: ["kubevirt"] },
		],
	};
	const credentials = [{ token: "good", user, expiresAt: start + 15 * 60_000 }];
	const entries: AuditEntry[] = [];
	const made = ground({ authenticate: authenticateBy(credentials), log: (entry) => entries.push(entry) });
	const ask = (method: string, path: string, body?: unknown) => made.ask(method, path, body, { authorization: "Bearer good" });
	return { ...made, ask, anonymous: made.ask, entries };
}

describe("authentication", () => {
	it("refuses a request without a token, with an unknown one and with an expired one", async () => {
		const { clock, ask, anonymous } = guarded();
		const refusal = { status: 401, headers: json, body: status(401, { message: "Unauthorized", reason: "Unauthorized" }) };
		expect(await anonymous("GET", "/api/v1/nodes")).toEqual(refusal);
		expect(await anonymous("GET", "/api/v1/nodes", undefined, { authorization: "Bearer bad" })).toEqual(refusal);
		expect((await ask("GET", "/api/v1/nodes")).status).toBe(200);
		await clock.run(() => clock.sleep(15 * 60_000));
		expect(await ask("GET", "/api/v1/nodes")).toEqual(refusal);
	});
});

describe("authorization", () => {
	it("allows what a rule says", async () => {
		const { store, ask } = guarded();
		store.create("pods", pod("p"));
		expect((await ask("GET", "/api/v1/namespaces/x/pods/p")).status).toBe(200);
		expect((await ask("POST", "/api/v1/namespaces/x/pods/p/eviction", { metadata: { name: "p" } })).status).toBe(201);
		expect((await ask("GET", "/version")).status).toBe(200);
	});

	it("refuses the rest before it looks whether the object exists", async () => {
		const { ask } = guarded();
		const answers = [
			await ask("PATCH", "/api/v1/nodes/n1", {}),
			await ask("GET", "/api/v1/nodes?watch=1"),
			await ask("DELETE", "/api/v1/namespaces/x/pods/p"),
			await ask("GET", "/apis/kubevirt.io/v1/namespaces/x/virtualmachineinstances/rb"),
			await ask("GET", "/apis/kubevirt.io/v1/kubevirts"),
			await ask("POST", "/api/v1/namespaces/y/pods/p/eviction", {}),
			await ask("GET", "/apis/unknown.io/v1/things"),
		];
		const user = 'User "evacuator-watch"';
		expect(answers.map(said)).toEqual([
			`403 Forbidden: nodes "n1" is forbidden: ${user} cannot patch resource "nodes" in API group "" at the cluster scope`,
			`403 Forbidden: nodes is forbidden: ${user} cannot watch resource "nodes" in API group "" at the cluster scope`,
			`403 Forbidden: pods "p" is forbidden: ${user} cannot delete resource "pods" in API group "" in the namespace "x"`,
			`403 Forbidden: virtualmachineinstances.kubevirt.io "rb" is forbidden: ${user} cannot get resource "virtualmachineinstances" in API group "kubevirt.io" in the namespace "x"`,
			`403 Forbidden: kubevirts.kubevirt.io is forbidden: ${user} cannot list resource "kubevirts" in API group "kubevirt.io" at the cluster scope`,
			`403 Forbidden: pods "p" is forbidden: ${user} cannot create resource "pods/eviction" in API group "" in the namespace "y"`,
			`403 Forbidden: things.unknown.io is forbidden: ${user} cannot list resource "things" in API group "unknown.io" at the cluster scope`,
		]);
		expect(fieldsAt(answers[3]?.body).details).toEqual({ name: "rb", group: "kubevirt.io", kind: "virtualmachineinstances" });
	});
});

describe("the audit", () => {
	it("has every request with its user and how it ended, in order", async () => {
		const { store, server, ask, anonymous, entries } = guarded();
		store.create("nodes", node("n1"));
		await ask("GET", "/api/v1/nodes?limit=1");
		await ask("PATCH", "/api/v1/nodes/n1", { spec: {} });
		await anonymous("GET", "/api/v1/nodes/n1");
		const user = "evacuator-watch";
		expect(entries).toEqual([
			{ at: start, verb: "list", path: "/api/v1/nodes", query: { limit: "1" }, user, code: 200 },
			{ at: start, verb: "patch", path: "/api/v1/nodes/n1", query: {}, user, code: 403, body: { spec: {} } },
			{ at: start, verb: "get", path: "/api/v1/nodes/n1", query: {}, user: "", code: 401 },
		]);
		expect(server.audit).toEqual(entries);
	});
});

describe("discovery", () => {
	it("says the version, and that pods can be evicted", async () => {
		const { ask } = ground();
		const version = { major: "1", minor: "35", gitVersion: "v1.35.6", platform: "linux/amd64" };
		expect((await ask("GET", "/version")).body).toEqual(version);
		const core = await ask("GET", "/api/v1");
		expect(itemsAt(core.body, "resources").find((resource) => textAt(resource, "name") === "pods/eviction")).toEqual({
			name: "pods/eviction",
			singularName: "",
			namespaced: true,
			group: "policy",
			version: "v1",
			kind: "Eviction",
			verbs: ["create"],
		});
	});

	it("lists KubeVirt's resources and knows no other group", async () => {
		const { ask } = ground();
		const { body } = await ask("GET", "/apis/kubevirt.io/v1");
		expect(itemsAt(body, "resources").map((resource) => textAt(resource, "name"))).toContain("virtualmachineinstancemigrations");
		const missing = { status: 404, headers: { "content-type": "text/plain; charset=utf-8" }, body: "404 page not found\n" };
		expect(await ask("GET", "/apis/unknown.io/v1")).toEqual(missing);
		expect(await ask("GET", "/apis/unknown.io/v1/things")).toEqual(missing);
	});
});

describe("a path or a form that is not served", () => {
	it("is told apart as real API servers do", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p"));
		const answers = [
			await ask("GET", "/api/v1/gadgets"),
			await ask("GET", "/api/v1/pods/p"),
			await ask("GET", "/api/v1/namespaces/x/pods/p/shell"),
			await ask("GET", "/api/v1/namespaces/x/pods/p/eviction"),
			await ask("PUT", "/api/v1/namespaces/x/pods", {}),
			await ask("GET", "/api/v1/nodes", undefined, { accept: "application/vnd.kubernetes.protobuf" }),
			await ask("POST", "/api/v1/namespaces/x/pods", "a: b", { "content-type": "application/yaml" }),
		];
		expect(answers.map(said)).toEqual([
			"404 NotFound: the server could not find the requested resource",
			"404 NotFound: the server could not find the requested resource",
			"404 NotFound: the server could not find the requested resource",
			"405 MethodNotAllowed: the server does not allow this method on the requested resource",
			"405 MethodNotAllowed: the server does not allow this method on the requested resource",
			"406 NotAcceptable: only the following media types are accepted: application/json",
			"415 UnsupportedMediaType: the body of the request was in an unknown format - accepted media types include: application/json",
		]);
	});
});
