import { describe, expect, it, jest } from "@jest/globals";
import { tolerant } from "../../rules/tricks.ts";
import { drill, LEAVING, type Outcome, type Stage } from "../drill.ts";

jest.setTimeout(120_000);

const HOUR = 3_600_000;
const db = { namespace: "shop", name: "db", evictionStrategy: "LiveMigrate" } as const;

const leaveFor = (ms: number) => async (stage: Stage) => {
	stage.ground.aws.terminate(LEAVING, "scale in");
	await stage.clock.sleep(ms);
};

/** The troubles that each notice is about, and what it says. */
const told = ({ notices }: Outcome) =>
	notices.map(({ subject, message }) => [subject.replace(/^Evacuator \S+: /, ""), message] as const);

describe("a node on which nothing is left, and which is never proved safe", () => {
	it("is told after half an hour and every hour, with the pending VM that tolerates the cordon", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => {
				add.vm({ ...db, on: node });
				add.vm({ ...db, name: "huge", memory: "10Ti", spec: tolerant });
			},
			play: leaveFor(3 * HOUR),
		});

		expect(outcome.violations).toEqual([]);
		expect(outcome.record?.state).toBe("open");
		const says = expect.stringMatching(/shop\/virt-launcher-huge-\S+ \(The launcher has no node yet, tolerates the cordon/);
		expect(told(outcome)).toEqual(Array(3).fill(["stalled", says]));
	});

	it("is told that somebody lifts its cordon again and again", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			play: async ({ ground, clock, cluster, node, until }) => {
				ground.aws.terminate(LEAVING, "scale in");
				await until(() => cluster.truth.migrations().length > 0);
				const end = clock.now() + HOUR;
				while (clock.now() < end) {
					await cluster.kubectl("PATCH", `/api/v1/nodes/${node}`, { spec: { unschedulable: null } });
					await clock.sleep(15_000);
				}
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(told(outcome)).toEqual([["stalled", expect.stringContaining("The Node is not cordoned")]]);
	});
});
