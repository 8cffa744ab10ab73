import { describe, expect, it } from "@jest/globals";
import { budget, eviction, ground, pod } from "./api-ground.ts";
import { budgetSays, evicted, evictionPath, refused } from "./eviction-answers.ts";

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
		expect(await ask("POST", evictionPath("w1"), eviction("w1"))).toEqual(evicted);
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
		expect(await ask("POST", evictionPath("w2"), eviction("w2"))).toEqual(
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
		expect(await ask("POST", evictionPath("w1"), eviction("w1"))).toEqual(
			refused(429, budgetSays("The disruption budget web needs 2 healthy pods and has 2 currently")),
		);
	});

	it("says why its status could not be computed", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("w1", { labels: { app: "web" } }));
		const condition = { type: "DisruptionAllowed", status: "False", reason: "SyncFailed", message: "no scale" };
		store.create("poddisruptionbudgets", budget("web", { app: "web" }, { disruptionsAllowed: 0, conditions: [condition] }));
		expect(await ask("POST", evictionPath("w1"), eviction("w1"))).toEqual(
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
		expect(await ask("POST", evictionPath("w1"), eviction("w1"))).toEqual(
			refused(429, { ...said, details: { ...details, retryAfterSeconds: 10 } }, { "retry-after": "10" }),
		);
	});

	it("is not supported beside a second one", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("p1", { labels: { app: "p1", g: "a" } }));
		store.create("poddisruptionbudgets", budget("a1", { g: "a" }, { disruptionsAllowed: 1 }));
		store.create("poddisruptionbudgets", budget("a2", { app: "p1" }, { disruptionsAllowed: 1 }));
		const message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
		expect(await ask("POST", evictionPath("p1"), eviction("p1"))).toEqual(refused(500, { message }));
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
		expect(await ask("POST", evictionPath("w1"), eviction("w1"))).toEqual(
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
		expect((await ask("POST", evictionPath("u"), eviction("u"))).status).toBe(expected);
	});

	it("is not spent by a dry run", async () => {
		const { store, ask } = ground();
		store.create("pods", pod("w1", { labels: { app: "web" } }));
		store.create(
			"poddisruptionbudgets",
			budget("web", { app: "web" }, { disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2 }),
		);
		expect(await ask("POST", evictionPath("w1"), eviction("w1", { dryRun: ["All"] }))).toEqual(evicted);
		expect(store.get("poddisruptionbudgets", "x", "web")?.status?.disruptionsAllowed).toBe(1);
	});
});
