import { describe, expect, it, jest } from "@jest/globals";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { type Drill, drill, LEAVING, type Stage } from "../drill.ts";
import { during, fault, hangs, throttled } from "./faults-in-flight.ts";
import { allIsWell, becameOf, fiveThings } from "./five-things.ts";
import { leaveFor, longestSilence, shortHook, takenAfter } from "./ways-to-leave.ts";
import { endOf, noticesOf, open, truthOf } from "./what-became.ts";

jest.setTimeout(60_000);

const held = `Evacuator holds ${LEAVING} after a fault`;
const steps = ["assess", "cordon", "evict", "watch", "release"] as const;
const forEver = Number.POSITIVE_INFINITY;

/** Drains a node of five things in spite of this; answers what humans were told, and some figures in seconds. */
const drainInSpite = async (options: Partial<Drill>) => {
	const outcome = await drill({ seed: fiveThings, hooks: [shortHook], ...options });
	expect(becameOf(outcome)).toEqual(allIsWell);
	const { stage } = outcome;
	return { notices: noticesOf(outcome), seconds: takenAfter(stage) ?? Number.NaN, silence: longestSilence(stage), stage };
};

const failing = (operation: string, kind: "throttled" | "failed" | "unreachable" | "lost" | "late", times = 1) => ({
	prepare: ({ ground }: Stage) => void ground.aws.faults.add({ operation, kind, times }),
});

describe("Lambda", () => {
	it("refuses to run each step once: the machine asks again", async () => {
		const { notices, seconds } = await drainInSpite({ aroundInvoke: throttled(steps, 1) });
		expect(notices).toEqual([]);
		expect(seconds).toBeLessThan(80);
	});

	it("refuses to run Watch five times: Hold keeps the hook alive meanwhile", async () => {
		const { notices, silence } = await drainInSpite({ aroundInvoke: throttled(["watch"], 5) });
		expect(notices).toEqual([held]);
		expect(silence).toBeLessThanOrEqual(150);
	});

	it("refuses to run intake: the queue delivers again", async () => {
		const { notices, seconds } = await drainInSpite({ aroundInvoke: throttled(["intake"], 1) });
		expect(notices).toEqual([]);
		expect(seconds).toBeLessThan(180 + 80);
	});

	describe.each([
		["while the maintenance holds", 200],
		["when all is over", 700],
	])("hangs, and the hung one wakes up %s", (_, hungSeconds) => {
		it.each(steps)("%s", async (step) => {
			const { silence, seconds } = await drainInSpite({ aroundInvoke: hangs(step, hungSeconds) });
			expect(silence).toBeLessThanOrEqual(150);
			expect(seconds).toBeLessThan(450);
		});
	});
});

describe("Auto Scaling", () => {
	it.each(["throttled", "failed", "unreachable", "lost", "late"] as const)(
		"has heartbeats %s for a minute and a half",
		async (kind) => {
			const prepare = during(20, 110, ({ ground }) =>
				ground.aws.faults.add({ operation: "RecordLifecycleActionHeartbeat", kind, times: forEver }),
			);
			const { notices, seconds } = await drainInSpite({ prepare });
			expect(notices).toEqual([]);
			expect(seconds).toBeLessThan(80);
		},
	);

	it("takes no heartbeat for three minutes of a long drain: the next one still comes in time", async () => {
		const slowVm = (cluster: SimulatedCluster, on: string) =>
			void cluster.add.vm({ namespace: "shop", name: "slow", on, evictionStrategy: "LiveMigrate", migrationSeconds: 500 });
		const prepare = during(20, 200, ({ ground }) =>
			ground.aws.faults.add({ operation: "RecordLifecycleActionHeartbeat", kind: "refused", times: forEver }),
		);
		const outcome = await drill({ seed: slowVm, hooks: [shortHook], prepare });
		expect(truthOf(outcome.stage.cluster)).toEqual({ slow: "moved" });
		expect(longestSilence(outcome.stage)).toBeLessThan(210);
		expect(endOf(outcome)).toEqual({ state: "released", violations: [] });
	});

	it.each(["lost", "late", "failed", "throttled", "unreachable"] as const)(
		"answers the completion %s: the hook is completed once, and the maintenance ends",
		async (kind) => {
			const { notices, seconds, stage } = await drainInSpite(failing("CompleteLifecycleAction", kind));
			expect(notices).toEqual([]);
			expect(seconds).toBeLessThan(75);
			const ends = stage.ground.aws.log.flatMap((event) => (event.kind === "ended" ? [event.how] : []));
			expect(ends).toEqual(["completed"]);
		},
	);

	it("throttles the completion again and again: the hook is kept alive until it can be completed", async () => {
		const { notices, silence } = await drainInSpite(failing("CompleteLifecycleAction", "throttled", 5));
		expect(notices).toEqual([held, held]);
		expect(silence).toBeLessThanOrEqual(150);
	});

	it.each(["lost", "throttled"] as const)("has the mark %s", async (kind) => {
		const { notices, seconds } = await drainInSpite(failing("CreateTags", kind));
		expect(notices).toEqual([]);
		expect(seconds).toBeLessThan(75);
	});
});

describe("DynamoDB", () => {
	const failsFor = (from: number, to: number) =>
		during(from, to, ({ ground }) => {
			ground.store.fail("failing");
			return () => ground.store.fail("serving");
		});

	it("fails for a minute while VMs move: Hold sends heartbeats for the hooks that it knows", async () => {
		const { notices, silence } = await drainInSpite({ prepare: failsFor(20, 80) });
		expect(notices).toEqual([held]);
		expect(silence).toBeLessThanOrEqual(150);
	});

	it("fails for six minutes while VMs move", async () => {
		const { notices, silence } = await drainInSpite({ prepare: failsFor(20, 380) });
		expect(notices).toEqual([held]);
		expect(silence).toBeLessThanOrEqual(150);
	});

	it("fails when the message comes: the queue delivers it again", async () => {
		const { notices, seconds } = await drainInSpite({ prepare: failsFor(0, 60) });
		expect(notices).toEqual([]);
		expect(seconds).toBeLessThan(180 + 80);
	});
});

describe("SNS", () => {
	const down = () => {
		throw new Error("SNS does not answer");
	};

	it("fails while the maintenance holds: the hook is kept alive all the same", async () => {
		const bareVmi = (cluster: SimulatedCluster, on: string) => void cluster.add.vmi({ namespace: "shop", name: "bare", on });
		const outcome = await drill({ seed: bareVmi, hooks: [shortHook], onPublish: down, play: leaveFor(2 * 3600) });
		expect(outcome.stage.ground.aws.instance(LEAVING).lifecycle).toBe("Terminating:Wait");
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(150);
		expect(endOf(outcome)).toEqual(open);
	});

	it("fails when Hold tells of a fault: the fault is overcome all the same", async () => {
		const { notices, silence } = await drainInSpite({ onPublish: down, prepare: during(20, 110, fault("reset")) });
		expect(notices).toEqual([]);
		expect(silence).toBeLessThanOrEqual(150);
	});
});

describe("Step Functions", () => {
	it.each(["lost", "throttled"] as const)("has the start of the execution %s: it is started once", async (kind) => {
		const { seconds, stage } = await drainInSpite(failing("StartExecution", kind));
		expect(stage.ground.machine.list()).toHaveLength(1);
		expect(seconds).toBeLessThan(80);
	});
});
