import { describe, expect, it, jest } from "@jest/globals";
import { strictPolicy } from "../../../src/domain/policy.ts";
import { drill, HOOK, LEAVING, type Outcome, type Stage } from "../drill.ts";
import { drillOfSeveral, isTaken, marked, mostAtOnce, order, slotsOf } from "../slots/several.ts";

jest.setTimeout(120_000);

const db = { namespace: "shop", name: "db", evictionStrategy: "LiveMigrate" } as const;
const refuseHeartbeats = ({ ground }: Stage) =>
	void ground.aws.faults.add({ operation: "RecordLifecycleActionHeartbeat", kind: "refused", times: Number.POSITIVE_INFINITY });
const minuteOf = ({ trace }: Outcome, text: string) =>
	Math.floor(Number(trace.find((line) => line.includes(text))?.split(" ")[0]) / 60);

describe("heartbeats that AWS refuses for ever", () => {
	it("are told before the drain holds, whenever they began, for Hold tells nobody of them", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node, migrationSeconds: 3 * 3_600 }),
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => stage.hasEntered("Watch"), "it watches");
				refuseHeartbeats(stage);
				await stage.clock.sleep(300_000);
				await stage.ground.queues.send(
					"orders",
					JSON.stringify({ kind: "cancel", version: 1, requestId: "op-1", instanceId: LEAVING, reason: "changed my mind" }),
				);
				await stage.until(() => stage.hasEntered("Hold"), "it holds");
				await stage.clock.sleep(60_000);
			},
		});

		expect(outcome.notices[0]?.subject).toBe(`Evacuator ${LEAVING}-1: cancel-held, heartbeat-refused`);
		expect(outcome.violations).toEqual([]);
	});

	it("are told when half the hook's time-out has passed, and so before it lapses", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node, migrationSeconds: 3 * 3_600 }),
			prepare: refuseHeartbeats,
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => isTaken(stage, LEAVING), "the hook has lapsed", 90);
			},
		});

		expect(outcome.notices).toContainEqual({
			subject: expect.stringContaining("heartbeat-refused"),
			message: expect.stringMatching(/AWS refuses the heartbeats of hook evacuator of group workers, .*AccessDenied/),
		});
		expect([minuteOf(outcome, "heartbeat-refused"), minuteOf(outcome, " taken ")]).toEqual([30, 60]);
	});

	it("are told by one that waits for a slot", async () => {
		const outcome = await drillOfSeveral(2, {
			policy: { ...strictPolicy, maxConcurrentDrains: 1 },
			prepare: refuseHeartbeats,
			play: async (stage) => {
				const { cluster, ground, leaving, clock } = stage;
				const [first = "", second = ""] = leaving.map(({ instanceId }) => instanceId);
				cluster.knobs.turn("shop", "vm-0", { migrationSeconds: 5_000 });
				await order(stage, first);
				await stage.until(async () => (await slotsOf(stage)).leases[first] !== undefined, "the first has a slot");
				ground.aws.terminate(second, "scale in");
				await clock.sleep(40 * 60_000);
				expect((await stage.record(second))?.slot).toBeDefined();
			},
		});

		expect(outcome.violations).toEqual([]);
		const [, second] = outcome.stage.leaving;
		const subjects = outcome.notices.map(({ subject }) => subject);
		expect(subjects.filter((subject) => subject.includes(`${second?.instanceId}-1`))).toEqual([
			`Evacuator ${second?.instanceId}-1: heartbeat-refused`,
		]);
	});

	it("cost a drain that goes on no slot: another one waits for its end", async () => {
		const outcome = await drillOfSeveral(2, {
			policy: { ...strictPolicy, maxConcurrentDrains: 1 },
			hooks: [{ ...HOOK, heartbeatTimeoutSeconds: 7_200 }],
			prepare: refuseHeartbeats,
			play: async (stage) => {
				const { cluster, ground, leaving } = stage;
				const [first = "", second = ""] = leaving.map(({ instanceId }) => instanceId);
				cluster.knobs.turn("shop", "vm-0", { migrationSeconds: 5_000 });
				ground.aws.terminate(first, "scale in");
				await stage.until(async () => (await slotsOf(stage)).leases[first] !== undefined, "the first has a slot");
				await order(stage, second);
				await stage.until(() => isTaken(stage, first), "the first is drained", 110);
				await stage.until(() => marked(stage, second), "the second is drained", 60);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(mostAtOnce(outcome)).toBe(1);
		expect(outcome.says.filter(({ event }) => event === "slot taken back")).toEqual([]);
	});
});
