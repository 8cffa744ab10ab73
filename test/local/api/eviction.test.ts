import { describe, expect, it } from "@jest/globals";
import { authenticateBy } from "../../../src/local/cluster/api/authorization.ts";
import {
	type EvictionReview,
	type EvictionVerdict,
	type EvictionWebhook,
	WebhookUnreachable,
} from "../../../src/local/cluster/api/eviction-webhooks.ts";
import { budgetConflicts, overloaded, shuttingDown } from "../../../src/local/cluster/api/provoked-faults.ts";
import { fieldsAt, itemsAt } from "../../../src/local/cluster/store-object.ts";
import { type Answer, budget, eviction, ground, json, pod } from "./api-ground.ts";

const evicted = {
	status: 201,
	headers: json,
	body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 },
};

function refused(code: number, rest: object, headers: object = {}): Answer {
	const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", ...rest, code };
	return { status: code, headers: { ...json, ...headers }, body };
}

const budgetSays = (message: string) => ({
	message: "Cannot evict pod as it would violate the pod's disruption budget.",
	reason: "TooManyRequests",
	details: { causes: [{ reason: "DisruptionBudget", message }] },
});

const path = (name: string) => `/api/v1/namespaces/x/pods/${name}/eviction`;

const interceptorName = "virt-launcher-eviction-interceptor.kubevirt.io";

/** A webhook that says this, and what it was asked. */
function interceptor(verdict: () => Promise<EvictionVerdict>, failurePolicy: "Fail" | "Ignore" = "Fail") {
	const asked: EvictionReview[] = [];
	const webhook: EvictionWebhook = {
		name: interceptorName,
		failurePolicy,
		matches: (podName) => podName.startsWith("virt-launcher"),
		review: (review) => {
			asked.push(review);
			return verdict();
		},
	};
	return { webhook, asked };
}

const deny = (message: string) => async (): Promise<EvictionVerdict> => ({ allowed: false, code: 429, message });

function guarded(verdict: () => Promise<EvictionVerdict>, failurePolicy?: "Fail" | "Ignore") {
	const { webhook, asked } = interceptor(verdict, failurePolicy);
	const made = ground({ admission: { evictionWebhooks: [webhook] } });
	made.store.create("validatingwebhookconfigurations", {
		apiVersion: "admissionregistration.k8s.io/v1",
		kind: "ValidatingWebhookConfiguration",
		metadata: { name: "virt-api-validator" },
		webhooks: [{ name: interceptorName }],
	});
	return { ...made, asked };
}

describe("the body of an eviction", () => {
	it("must name the pod of the path", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p2"));
		const wrong = refused(400, { message: "name in URL does not match name in Eviction object", reason: "BadRequest" });
		expect(await ask("POST", path("p2"), eviction("other"))).toEqual(wrong);
		expect(await ask("POST", path("p2"), { apiVersion: "policy/v1", kind: "Eviction" })).toEqual(wrong);
	});

	it("must be JSON, an Eviction, and agree with itself about the dry run", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p2"));
		expect((await ask("POST", path("p2"), "{")).status).toBe(400);
		expect((await ask("POST", path("p2"), { ...eviction("p2"), kind: "Pod" })).status).toBe(400);
		expect((await ask("POST", path("p2"), eviction("p2"), { "content-type": "application/cbor" })).status).toBe(415);
		expect(await ask("POST", `${path("p2")}?dryRun=All`, eviction("p2", { dryRun: ["None"] }))).toEqual(
			refused(500, { message: "Non-matching dry-run options in request and content: [All] and [None]" }),
		);
		expect((await ask("POST", `${path("p2")}?dryRun=yes`, eviction("p2"))).status).toBe(422);
	});

	it("is also taken as policy/v1beta1", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p2"));
		expect(await ask("POST", path("p2"), { ...eviction("p2"), apiVersion: "policy/v1beta1" })).toEqual(evicted);
	});
});

describe("KubeVirt's webhook", () => {
	it("refuses without reason and details, and sees a dry run of either kind", async () => {
		const { ask, asked } = guarded(deny('Eviction triggered evacuation of VMI "x/lm"'));
		const message = `admission webhook "${interceptorName}" denied the request: Eviction triggered evacuation of VMI "x/lm"`;
		const name = "virt-launcher-lm-qmh2v";
		expect(await ask("POST", path(name), eviction(name, { dryRun: ["All"] }))).toEqual(refused(429, { message }));
		expect(await ask("POST", `${path(name)}?dryRun=All`, eviction(name))).toEqual(refused(429, { message }));
		expect(await ask("POST", path(name), eviction(name))).toEqual(refused(429, { message }));
		expect(asked.map(({ dryRun }) => dryRun)).toEqual([true, true, false]);
	});

	it("is asked before anybody looks for the pod, and only about names it matches", async () => {
		const { ask, asked } = guarded(async () => ({ allowed: true }));
		const missing = (name: string) =>
			refused(404, { message: `pods "${name}" not found`, reason: "NotFound", details: { name, kind: "pods" } });
		expect(await ask("POST", path("virt-launcher-gone"), eviction("virt-launcher-gone"))).toEqual(missing("virt-launcher-gone"));
		expect(await ask("POST", path("nope"), eviction("nope"))).toEqual(missing("nope"));
		expect(asked).toEqual([
			{ namespace: "x", name: "virt-launcher-gone", dryRun: false, request: eviction("virt-launcher-gone") },
		]);
	});

	it("fails the eviction when it cannot be reached, but not that of other pods", async () => {
		const unreachable = async () => {
			throw new WebhookUnreachable("dial tcp 10.250.0.10:8443: connect: connection refused");
		};
		const { store, ask } = guarded(unreachable);
		store.create("pods", pod("virt-launcher-va-ltjd7"));
		store.create("pods", pod("plain"));
		const said = `failed calling webhook "${interceptorName}": failed to call webhook: Post "https://virt-api.kubevirt.svc:443/pod-eviction-validate?timeout=10s": dial tcp 10.250.0.10:8443: connect: connection refused`;
		expect(await ask("POST", path("virt-launcher-va-ltjd7"), eviction("virt-launcher-va-ltjd7"))).toEqual(
			refused(500, {
				message: `Internal error occurred: ${said}`,
				reason: "InternalError",
				details: { causes: [{ message: said }] },
			}),
		);
		expect(await ask("POST", path("plain"), eviction("plain"))).toEqual(evicted);
	});

	it("counts as unreachable after ten seconds without an answer", async () => {
		const { clock, store, ask } = guarded(async () => {
			await clock.sleep(60_000);
			return { allowed: true };
		});
		store.create("pods", pod("virt-launcher-a"));
		const answer = await clock.run(() => clock.rest(ask("POST", path("virt-launcher-a"), eviction("virt-launcher-a"))));
		expect(answer.status).toBe(500);
		expect(fieldsAt(answer.body).message).toMatch(/\?timeout=10s": context deadline exceeded$/);
		expect(new Date(clock.now()).toISOString()).toBe("2026-11-22T09:43:34.000Z");
	});

	it("is passed over when it is unreachable and may be ignored", async () => {
		const { store, ask } = guarded(async () => {
			throw new WebhookUnreachable("connection refused");
		}, "Ignore");
		store.create("pods", pod("virt-launcher-a"));
		expect(await ask("POST", path("virt-launcher-a"), eviction("virt-launcher-a"))).toEqual(evicted);
	});

	it("is not called once its configuration is deleted", async () => {
		const { store, ask, asked } = guarded(deny("no"));
		store.create("pods", pod("virt-launcher-a"));
		await ask("DELETE", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/virt-api-validator");
		expect(await ask("POST", path("virt-launcher-a"), eviction("virt-launcher-a", { dryRun: ["All"] }))).toEqual(evicted);
		expect(asked).toEqual([]);
	});
});

describe("an allowed eviction", () => {
	it("marks the pod as a target and then begins its graceful deletion", async () => {
		const { store, ask } = ground();
		const before = store.create("pods", pod("p3"));
		expect(await ask("POST", path("p3"), eviction("p3", {}))).toEqual(evicted);
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
		expect(await ask("POST", path("p3"), eviction("p3", { dryRun: ["All"], preconditions: { uid } }))).toEqual(evicted);
		expect(store.resourceVersion).toBe(version);
	});

	it("takes the grace period of the request, and of a second one only when it is shorter", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p3"));
		expect(await ask("POST", path("p3"), eviction("p3", { gracePeriodSeconds: 5 }))).toEqual(evicted);
		expect(await ask("POST", path("p3"), eviction("p3"))).toEqual(evicted);
		expect(store.get("pods", "x", "p3")?.metadata.deletionGracePeriodSeconds).toBe(5);
	});

	it.each(["Succeeded", "Failed"])("removes a pod that is %s at once, past every budget", async (phase) => {
		const { store, ask } = ground();
		store.create("pods", pod("done", { labels: { app: "a" }, status: { phase } }));
		store.create("poddisruptionbudgets", budget("a1", { app: "a" }, { disruptionsAllowed: 0 }));
		expect(await ask("POST", path("done"), eviction("done"))).toEqual(evicted);
		expect(store.get("pods", "x", "done")).toBeUndefined();
	});

	it("needs no budget for a pod that is pending", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("waiting", { labels: { app: "a" }, status: { phase: "Pending" } }));
		store.create("poddisruptionbudgets", budget("a1", { app: "a" }, { disruptionsAllowed: 0 }));
		expect(await ask("POST", path("waiting"), eviction("waiting"))).toEqual(evicted);
	});
});

describe("preconditions", () => {
	it("refuse another uid", async () => {
		const { store, ask } = ground();
		const { uid } = store.create("pods", pod("p3")).metadata;
		const other = "00000000-0000-0000-0000-000000000000";
		const why = `the UID in the precondition (${other}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
		expect(await ask("POST", path("p3"), eviction("p3", { preconditions: { uid: other } }))).toEqual(
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
		expect(await ask("POST", path("p3"), eviction("p3", { preconditions: { resourceVersion: "1" } }))).toEqual(
			refused(409, {
				message: `Operation cannot be fulfilled on Pod "p3": ${why}`,
				reason: "Conflict",
				details: { name: "p3", kind: "Pod" },
			}),
		);
	});
});

describe("a disruption budget", () => {
	it("allows one disruption, writes it down, and then refuses", async () => {
		const { store, ask } = ground();
		for (const name of ["w1", "w2", "w3"]) store.create("pods", pod(name, { labels: { app: "web" } }));
		const conditions = [
			{
				type: "DisruptionAllowed",
				status: "True",
				observedGeneration: 1,
				lastTransitionTime: "2026-11-22T09:43:15Z",
				reason: "SufficientPods",
				message: "",
			},
		];
		const status = { disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, conditions };
		store.create("poddisruptionbudgets", budget("web", { app: "web" }, status));
		expect(await ask("POST", path("w1"), eviction("w1"))).toEqual(evicted);
		expect(store.get("poddisruptionbudgets", "x", "web")?.status).toEqual({
			observedGeneration: 1,
			disruptionsAllowed: 0,
			currentHealthy: 3,
			desiredHealthy: 2,
			expectedPods: 3,
			disruptedPods: { w1: "2026-11-22T09:43:24Z" },
			conditions: [
				{
					type: "DisruptionAllowed",
					status: "False",
					observedGeneration: 1,
					lastTransitionTime: "2026-11-22T09:43:24Z",
					reason: "InsufficientPods",
					message: "",
				},
			],
		});
		expect(await ask("POST", path("w2"), eviction("w2"))).toEqual(
			refused(429, budgetSays("The disruption budget web does not allow evicting pods currently")),
		);
	});

	it("says how many healthy pods it needs", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("w1", { labels: { app: "web" } }));
		store.create(
			"poddisruptionbudgets",
			budget("web", { app: "web" }, { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 }),
		);
		expect(await ask("POST", path("w1"), eviction("w1"))).toEqual(
			refused(429, budgetSays("The disruption budget web needs 2 healthy pods and has 2 currently")),
		);
	});

	it("says why its status could not be computed", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("w1", { labels: { app: "web" } }));
		const condition = { type: "DisruptionAllowed", status: "False", reason: "SyncFailed", message: "no scale" };
		store.create("poddisruptionbudgets", budget("web", { app: "web" }, { disruptionsAllowed: 0, conditions: [condition] }));
		expect(await ask("POST", path("w1"), eviction("w1"))).toEqual(
			refused(
				429,
				budgetSays("The disruption budget web does not allow evicting pods currently because it failed sync: no scale"),
			),
		);
	});

	it("asks to come back while the server has not processed it", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("w1", { labels: { app: "web" } }));
		store.create("poddisruptionbudgets", budget("web", { app: "web" }, { observedGeneration: 0, disruptionsAllowed: 1 }));
		const { details, ...said } = budgetSays("The disruption budget web is still being processed by the server.");
		expect(await ask("POST", path("w1"), eviction("w1"))).toEqual(
			refused(429, { ...said, details: { ...details, retryAfterSeconds: 10 } }, { "retry-after": "10" }),
		);
	});

	it("is not supported beside a second one", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p1", { labels: { app: "p1", g: "a" } }));
		store.create("poddisruptionbudgets", budget("a1", { g: "a" }, { disruptionsAllowed: 1 }));
		store.create("poddisruptionbudgets", budget("a2", { app: "p1" }, { disruptionsAllowed: 1 }));
		const message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
		expect(await ask("POST", path("p1"), eviction("p1"))).toEqual(refused(500, { message }));
	});

	it.each([
		[{ disruptionsAllowed: -1 }, "pdb disruptions allowed is negative"],
		[
			{ disruptionsAllowed: 1, disruptedPods: Object.fromEntries(Array.from({ length: 2001 }, (_, at) => [`p${at}`, ""])) },
			"DisruptedPods map too big - too many evictions not confirmed by PDB controller",
		],
	])("is forbidden to be spent when it is broken (%#)", async (status, why) => {
		const { store, ask } = ground();
		store.create("pods", pod("w1", { labels: { app: "web" } }));
		store.create("poddisruptionbudgets", budget("web", { app: "web" }, status));
		const details = { name: "web", group: "policy", kind: "poddisruptionbudget" };
		expect(await ask("POST", path("w1"), eviction("w1"))).toEqual(
			refused(403, { message: `poddisruptionbudget.policy "web" is forbidden: ${why}`, reason: "Forbidden", details }),
		);
	});

	it.each([
		["default", {}, { currentHealthy: 0, desiredHealthy: 1 }, 429],
		["default", {}, { currentHealthy: 1, desiredHealthy: 1 }, 201],
		["AlwaysAllow", { unhealthyPodEvictionPolicy: "AlwaysAllow" }, { currentHealthy: 0, desiredHealthy: 1 }, 201],
	])("lets an unready pod go by its policy (%s, %j, %j)", async (_policy, spec, health, expected) => {
		const { store, ask } = ground();
		store.create("pods", pod("u", { labels: { app: "u" }, status: { conditions: [{ type: "Ready", status: "False" }] } }));
		store.create("poddisruptionbudgets", budget("u", { app: "u" }, { disruptionsAllowed: 0, ...health }, spec));
		expect((await ask("POST", path("u"), eviction("u"))).status).toBe(expected);
	});

	it("is not spent by a dry run", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("w1", { labels: { app: "web" } }));
		store.create(
			"poddisruptionbudgets",
			budget("web", { app: "web" }, { disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2 }),
		);
		expect(await ask("POST", path("w1"), eviction("w1", { dryRun: ["All"] }))).toEqual(evicted);
		expect(store.get("poddisruptionbudgets", "x", "web")?.status?.disruptionsAllowed).toBe(1);
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
		expect(await ask("POST", path(name), eviction(name), { authorization: "Bearer t" })).toEqual(
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
		const first = await ask("POST", path("p1"), eviction("p1"));
		expect(first).toEqual({
			status: 429,
			headers: { "content-type": "text/plain; charset=utf-8", "retry-after": "1" },
			body: "Too many requests, please try again later.\n",
		});
	});
});
