import { describe, expect, it, jest } from "@jest/globals";
import { strictPolicy } from "../../../src/domain/policy.ts";
import { HOOK, type Stage } from "../drill.ts";
import { drillOfSeveral, isTaken, marked, mostAtOnce, order, slotsOf } from "../slots/several.ts";

jest.setTimeout(120_000);

const refuseHeartbeats = ({ ground }: Stage) =>
	void ground.aws.faults.add({ operation: "RecordLifecycleActionHeartbeat", kind: "refused", times: Number.POSITIVE_INFINITY });

describe("heartbeats that AWS refuses for ever", () => {
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
