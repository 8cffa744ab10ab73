import { describe, expect, it, jest } from "@jest/globals";
import { overloaded } from "../../../src/local/cluster/api/provoked-faults.ts";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { type Drill, drill, LEAVING, type Stage } from "../drill.ts";
import { during, type Effect, fault, onFirst, ours, realEviction } from "./faults-in-flight.ts";
import { allIsWell, becameOf, fiveThings } from "./five-things.ts";
import { leaveWhile, longestSilence, shortHook, takenAfter } from "./ways-to-leave.ts";
import { endOf, noticesOf, released, truthOf } from "./what-became.ts";

jest.setTimeout(60_000);

const held = `Evacuator holds ${LEAVING} after a fault`;

/** Drains a node of five things in spite of this; answers what humans were told, and after how many seconds it was over. */
const drainInSpite = async (options: Partial<Drill>) => {
	const outcome = await drill({ seed: fiveThings, hooks: [shortHook], ...options });
	expect(becameOf(outcome)).toEqual(allIsWell);
	// Half a time-out, as long as our functions and AWS work.
	expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(150);
	return { notices: noticesOf(outcome), seconds: takenAfter(outcome.stage) ?? Number.NaN };
};

describe("the drain goes on when", () => {
	it("virt-api is down for four minutes: nothing is evicted past KubeVirt's guard, and a human is told", async () => {
		const down = during(0, 240, ({ cluster }) => {
			cluster.faults.virtApi("down");
			return () => cluster.faults.virtApi("up");
		});
		const { notices, seconds } = await drainInSpite({ prepare: down });
		expect(notices).toEqual(["guard-unreachable"]);
		expect(seconds).toBeGreaterThan(240);
		expect(seconds).toBeLessThan(240 + 300);
	});

	it("virt-controller is down for ten minutes", async () => {
		const down = during(0, 600, ({ cluster }) => {
			cluster.faults.program("virt-controller", "down");
			return () => cluster.faults.program("virt-controller", "up");
		});
		const { notices, seconds } = await drainInSpite({ prepare: down });
		expect(notices).toEqual([]);
		expect(seconds).toBeLessThan(600 + 120);
	});

	const isOurWatch = (request: Parameters<ReturnType<typeof ours>>[0]) => request.verb === "watch" && ours()(request);

	it.each(["end", "mid-line", "reset", "gone"] as const)("its watches break off again and again: %s", async (how) => {
		const { notices, seconds } = await drainInSpite({
			prepare: (stage) => void fault({ cutWatch: { how, afterEvents: 2 } }, isOurWatch, 6)(stage),
		});
		expect(notices).toEqual([]);
		expect(seconds).toBeLessThan(75);
	});

	it("watches are refused with the status 410", async () => {
		const message = "too old resource version: 1 (2)";
		const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", reason: "Expired", message, code: 410 };
		const { notices, seconds } = await drainInSpite({
			prepare: (stage) => void fault({ status: 410, body }, isOurWatch, 6)(stage),
		});
		expect(notices).toEqual([]);
		expect(seconds).toBeLessThan(75);
	});

	it.each([
		[0, 60],
		[20, 90],
	])("the API server sheds load from second %d to %d", async (from, to) => {
		const { notices } = await drainInSpite({ prepare: during(from, to, fault(overloaded)) });
		expect(notices).toEqual([held]);
	});

	it("every answer takes a second", async () => {
		const { notices, seconds } = await drainInSpite({ prepare: (stage) => void fault({ delayMs: 1_000 })(stage) });
		expect(notices).toEqual([]);
		expect(seconds).toBeLessThan(120);
	});

	it("every answer takes so long that no look is fresh any more: it is released when they are quicker again", async () => {
		const { notices, seconds } = await drainInSpite({ prepare: during(0, 600, fault({ delayMs: 3_000 })) });
		expect(notices).toEqual([]);
		expect(seconds).toBeGreaterThan(590);
		expect(seconds).toBeLessThan(630);
	});
});

describe("the API server is gone for three minutes", () => {
	const steps = ["assess", "cordon", "evict", "watch", "release"] as const;
	const goneFrom = (step: (typeof steps)[number], effect: Effect): Partial<Drill> => {
		const stages: Stage[] = [];
		const begin = () => {
			for (const stage of stages) stage.clock.at(180_000, fault(effect)(stage));
		};
		return { prepare: (stage) => void stages.push(stage), aroundInvoke: onFirst(step, begin) };
	};

	it.each(steps)("from %s on: connections are refused", async (step) => {
		const { notices, seconds } = await drainInSpite(goneFrom(step, "reset"));
		expect(notices).toEqual([held]);
		expect(seconds).toBeLessThan(400);
	});

	it.each(steps)("from %s on: nothing answers", async (step) => {
		const { notices, seconds } = await drainInSpite(goneFrom(step, "hang"));
		expect(notices).toEqual([held]);
		expect(seconds).toBeLessThan(420);
	});

	it("in the middle of a watch", async () => {
		const isWatch = (request: Parameters<ReturnType<typeof ours>>[0]) => request.verb === "watch";
		const { notices } = await drainInSpite({
			prepare: (stage) => {
				fault({ cutWatch: { how: "reset", afterMs: 20_000 } }, isWatch, 3)(stage);
				during(20, 200, fault("reset"))(stage);
			},
		});
		expect(notices).toEqual([held]);
	});
});

describe("the answer to an eviction is lost after it was done", () => {
	it.each(["reset", "hang"] as const)("%s: it is asked for again, and nothing happens twice", async (lost) => {
		const { notices, seconds } = await drainInSpite({
			prepare: (stage) => void fault({ lost }, realEviction, 1)(stage),
		});
		expect(notices).toEqual([]);
		expect(seconds).toBeLessThan(120);
	});
});

describe("the node's kubelet falls silent", () => {
	const silent = (toSeconds: number, atTheEnd: (stage: Stage) => void = () => {}) =>
		during(20, toSeconds, (stage) => {
			stage.cluster.faults.kubelet(stage.node, "down");
			return () => {
				atTheEnd(stage);
				stage.cluster.faults.kubelet(stage.node, "up");
			};
		});

	it("for four minutes: what is left migrates afterwards", async () => {
		const { notices, seconds } = await drainInSpite({ prepare: silent(260) });
		// The launchers whose VMs have gone cannot say that they have ended.
		expect(notices).toEqual(["eviction-refused", "node-not-ready"]);
		expect(seconds).toBeGreaterThan(260);
	});

	it("for half an hour: the node is not released while a VM may live on it", async () => {
		let inBetween: unknown;
		const outcome = await drill({
			seed: fiveThings,
			hooks: [shortHook],
			prepare: silent(1820, ({ cluster, ground }) => {
				inBetween = { two: truthOf(cluster).two, lifecycle: ground.aws.instance(LEAVING).lifecycle };
			}),
		});
		expect(inBetween).toEqual({ two: "", lifecycle: "Terminating:Wait" });
		// Kubernetes itself deleted the launcher meanwhile; the kubelet hears of it when it is back.
		expect(truthOf(outcome.stage.cluster)).toMatchObject({ two: "ended by taint, started elsewhere" });
		expect(endOf(outcome)).toEqual(released);
	});
});

describe("somebody uncordons the node", () => {
	const cordons = ({ cluster }: Stage) =>
		cluster.audit.filter(({ user, verb }) => user === "evacuator-cordon" && verb === "patch");
	const isCordoned = ({ cluster, node }: Stage) => cluster.store.get("nodes", undefined, node)?.spec?.unschedulable;
	const slowVms = (cluster: SimulatedCluster, on: string) => {
		for (const name of ["one", "two"])
			cluster.add.vm({ namespace: "shop", name, on, evictionStrategy: "LiveMigrate", migrationSeconds: 600 });
	};

	it("in the middle of the drain: it is cordoned again", async () => {
		const outcome = await drill({
			seed: slowVms,
			hooks: [shortHook],
			play: leaveWhile(60, ({ cluster, node }) =>
				cluster.kubectl("PATCH", `/api/v1/nodes/${node}`, { spec: { unschedulable: false } }),
			),
		});
		expect(cordons(outcome.stage)).toHaveLength(2);
		expect(isCordoned(outcome.stage)).toBe(true);
		expect(truthOf(outcome.stage.cluster)).toEqual({ one: "moved", two: "moved" });
		expect(endOf(outcome)).toEqual(released);
	});

	it("when it is about to be released, twice: it is not released uncordoned", async () => {
		let uncordoned = 0;
		const { seconds } = await drainInSpite({
			prepare: ({ cluster, node }) =>
				void cluster.faults.api.add({
					match: (request) => ours("release")(request) && request.resource === "nodes",
					times: 2,
					effect: {
						before: () => {
							uncordoned++;
							cluster.store.update("nodes", undefined, node, (draft) => {
								draft.spec = { ...draft.spec, unschedulable: false };
							});
						},
					},
				}),
		});
		expect(uncordoned).toBe(2);
		// Each time it is cordoned for half a minute before it is looked at again.
		expect(seconds).toBeGreaterThan(65 + 2 * 30);
	});
});
