import { describe, expect, it } from "@jest/globals";
import { authenticateBy } from "../../../src/local/cluster/api/authorization.ts";
import { budgetConflicts, overloaded, shuttingDown } from "../../../src/local/cluster/api/provoked-faults.ts";
import { itemsAt } from "../../../src/local/cluster/store-object.ts";
import { budget, eviction, ground, pod } from "./api-ground.ts";
import { evicted, evictionPath, refused } from "./eviction-answers.ts";

describe("the body of an eviction", () => {
	it("must name the pod of the path", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p2"));
		const wrong = refused(400, { message: "name in URL does not match name in Eviction object", reason: "BadRequest" });
		expect(await ask("POST", evictionPath("p2"), eviction("other"))).toEqual(wrong);
		expect(await ask("POST", evictionPath("p2"), { apiVersion: "policy/v1", kind: "Eviction" })).toEqual(wrong);
	});

	it("must be JSON, an Eviction, and agree with itself about the dry run", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p2"));
		expect((await ask("POST", evictionPath("p2"), "{")).status).toBe(400);
		expect((await ask("POST", evictionPath("p2"), { ...eviction("p2"), kind: "Pod" })).status).toBe(400);
		expect((await ask("POST", evictionPath("p2"), eviction("p2"), { "content-type": "application/cbor" })).status).toBe(415);
		expect(await ask("POST", `${evictionPath("p2")}?dryRun=All`, eviction("p2", { dryRun: ["None"] }))).toEqual(
			refused(500, { message: "Non-matching dry-run options in request and content: [All] and [None]" }),
		);
		expect((await ask("POST", `${evictionPath("p2")}?dryRun=yes`, eviction("p2"))).status).toBe(422);
	});

	it("is also taken as policy/v1beta1", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p2"));
		expect(await ask("POST", evictionPath("p2"), { ...eviction("p2"), apiVersion: "policy/v1beta1" })).toEqual(evicted);
	});
});

describe("an allowed eviction", () => {
	it("marks the pod as a target and then begins its graceful deletion", async () => {
		const { store, ask } = ground();
		const before = store.create("pods", pod("p3"));
		expect(await ask("POST", evictionPath("p3"), eviction("p3", {}))).toEqual(evicted);
		const changes = store.changesSince(Number(before.metadata.resourceVersion));
		if (changes === "expired") throw new Error("the changes are forgotten");
		const target = {
			type: "DisruptionTarget",
			status: "True",
			lastProbeTime: null,
			lastTransitionTime: "2026-11-22T09:43:24Z",
			reason: "EvictionByEvictionAPI",
			message: "Eviction API: evicting",
		};
		expect(
			changes.map(({ type, object }) => [type, object.metadata.deletionTimestamp, itemsAt(object, "status", "conditions")[1]]),
		).toEqual([
			["MODIFIED", undefined, target],
			["MODIFIED", "2026-11-22T09:43:54Z", target],
		]);
		expect(store.get("pods", "x", "p3")?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, generation: 2 });
	});

	it("changes nothing in a dry run", async () => {
		const { store, ask } = ground();
		const { uid } = store.create("pods", pod("p3")).metadata;
		const version = store.resourceVersion;
		expect(await ask("POST", evictionPath("p3"), eviction("p3", { dryRun: ["All"], preconditions: { uid } }))).toEqual(evicted);
		expect(store.resourceVersion).toBe(version);
	});

	it("takes the grace period of the request, and of a second one only when it is shorter", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p3"));
		expect(await ask("POST", evictionPath("p3"), eviction("p3", { gracePeriodSeconds: 5 }))).toEqual(evicted);
		expect(await ask("POST", evictionPath("p3"), eviction("p3"))).toEqual(evicted);
		expect(store.get("pods", "x", "p3")?.metadata.deletionGracePeriodSeconds).toBe(5);
	});

	it.each(["Succeeded", "Failed"])("removes a pod that is %s at once, past every budget", async (phase) => {
		const { store, ask } = ground();
		store.create("pods", pod("done", { labels: { app: "a" }, status: { phase } }));
		store.create("poddisruptionbudgets", budget("a1", { app: "a" }, { disruptionsAllowed: 0 }));
		expect(await ask("POST", evictionPath("done"), eviction("done"))).toEqual(evicted);
		expect(store.get("pods", "x", "done")).toBeUndefined();
	});

	it("needs no budget for a pod that is pending", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("waiting", { labels: { app: "a" }, status: { phase: "Pending" } }));
		store.create("poddisruptionbudgets", budget("a1", { app: "a" }, { disruptionsAllowed: 0 }));
		expect(await ask("POST", evictionPath("waiting"), eviction("waiting"))).toEqual(evicted);
	});
});

describe("preconditions", () => {
	it("refuse another uid", async () => {
		const { store, ask } = ground();
		const { uid } = store.create("pods", pod("p3")).metadata;
		const other = "00000000-0000-0000-0000-000000000000";
		const why = `the UID in the precondition (${other}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
		expect(await ask("POST", evictionPath("p3"), eviction("p3", { preconditions: { uid: other } }))).toEqual(
			refused(409, {
				message: `Operation cannot be fulfilled on Pod "p3": ${why}`,
				reason: "Conflict",
				details: { name: "p3", kind: "Pod" },
			}),
		);
		expect(store.get("pods", "x", "p3")?.metadata.deletionTimestamp).toBeUndefined();
	});

	it("refuse another resource version", async () => {
		const { store, ask } = ground();
		const { resourceVersion } = store.create("pods", pod("p3")).metadata;
		const why = `the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
		expect(await ask("POST", evictionPath("p3"), eviction("p3", { preconditions: { resourceVersion: "1" } }))).toEqual(
			refused(409, {
				message: `Operation cannot be fulfilled on Pod "p3": ${why}`,
				reason: "Conflict",
				details: { name: "p3", kind: "Pod" },
			}),
		);
	});
});

describe("an eviction that the API server itself refuses", () => {
	it("comes from a user without the right", async () => {
		const user = { name: "system:serviceaccount:x:drainer", rules: [] };
		const { store, ask } = ground({ authenticate: authenticateBy([{ token: "t", user }]) });
		store.create("pods", pod("virt-launcher-rb-29vd6"));
		const message =
			'pods "virt-launcher-rb-29vd6" is forbidden: User "system:serviceaccount:x:drainer" cannot create resource "pods/eviction" in API group "" in the namespace "x"';
		const name = "virt-launcher-rb-29vd6";
		expect(await ask("POST", evictionPath(name), eviction(name), { authorization: "Bearer t" })).toEqual(
			refused(403, { message, reason: "Forbidden", details: { name, kind: "pods" } }),
		);
	});

	it("is in a namespace that is being terminated", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p1"));
		await ask("POST", "/api/v1/namespaces", { metadata: { name: "y" } });
		store.create("pods", pod("p1", { namespace: "y" }));
		await ask("DELETE", "/api/v1/namespaces/y");
		const why = "unable to create new content in namespace y because it is being terminated";
		const cause = { reason: "NamespaceTerminating", message: "namespace y is being terminated", field: "metadata.namespace" };
		expect(await ask("POST", "/api/v1/namespaces/y/pods/p1/eviction", { metadata: { name: "p1" } })).toEqual(
			refused(403, {
				message: `pods "p1" is forbidden: ${why}`,
				reason: "Forbidden",
				details: { name: "p1", kind: "pods", causes: [cause] },
			}),
		);
	});

	it("meets an overloaded server, one that shuts down, and a budget that cannot be written", async () => {
		const { server, store, ask } = ground();
		store.create("pods", pod("p1"));
		const isEviction = { match: ({ subresource }: { subresource: string }) => subresource === "eviction", times: 1 };
		for (const effect of [overloaded, shuttingDown, budgetConflicts("web")]) server.faults.add({ ...isEviction, effect });
		const text = (retryAfter: string, body: string) => ({
			status: 429,
			headers: { "content-type": "text/plain; charset=utf-8", "retry-after": retryAfter },
			body,
		});
		const timeout = {
			message: `Timeout: couldn't update PodDisruptionBudget "web" due to conflicts`,
			reason: "Timeout",
			details: { retryAfterSeconds: 10 },
		};
		const send = () => ask("POST", evictionPath("p1"), eviction("p1"));
		expect(await send()).toEqual(text("1", "Too many requests, please try again later.\n"));
		expect(await send()).toEqual(text("5", "The apiserver is shutting down, please try again later.\n"));
		expect(await send()).toEqual(refused(504, timeout, { "retry-after": "10" }));
		expect(await send()).toEqual(evicted);
	});
});
