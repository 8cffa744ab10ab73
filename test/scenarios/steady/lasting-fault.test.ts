import { describe, expect, it, jest } from "@jest/globals";
import { minutes, oneVm } from "../bad-input/messages.ts";
import { type Drill, drill, HOOK, LEAVING, type Outcome, type Stage } from "../drill.ts";

jest.setTimeout(120_000);

/** Every look of ours is refused, as by a field of an object that nobody knows. */
const refusing = ({ cluster }: Stage): void =>
	void cluster.faults.api.add({
		match: ({ user, verb }) => user.startsWith("evacuator-") && verb === "list",
		effect: { status: 422, body: "no such thing" },
	});

const leaveAgainst = (hours: number, more: Partial<Drill> = {}): Promise<Outcome> =>
	drill({
		seed: oneVm,
		hours: hours + 1,
		prepare: refusing,
		play: async (stage) => {
			stage.ground.aws.terminate(LEAVING, "scale in");
			await minutes(stage, hours * 60);
		},
		...more,
	});

const subjects = ({ notices }: Outcome) => notices.map(({ subject }) => subject);
/** The minutes in which something was told. */
const toldAt = ({ trace }: Outcome) =>
	trace.filter((line) => / notice /.test(line)).map((line) => Math.floor(Number(line.split(" ")[0]) / 60));
const held = `Evacuator holds ${LEAVING} after a fault`;

describe("a fault that comes back in Assess", () => {
	it("is told about once an hour as long as it lasts", async () => {
		const outcome = await leaveAgainst(6);

		expect(new Set(subjects(outcome))).toEqual(new Set([held]));
		expect(toldAt(outcome)).toEqual([0, 50, 105, 150, 195, 240, 300]);
		expect(outcome.notices[0]?.message).toContain("ClusterRefused");
		expect(outcome.longestOutput).toBeLessThan(4_000);
	});

	it("is told although the first notices failed", async () => {
		let tries = 0;
		const outcome = await leaveAgainst(1, {
			onPublish: () => {
				tries += 1;
				if (tries <= 2) throw Object.assign(new Error("not now"), { name: "Throttled" });
			},
		});

		expect(subjects(outcome)).toEqual([held, held]);
	});

	it("until AWS takes the instance at the hook's limit, of which it is told that nobody could look at it", async () => {
		const outcome = await leaveAgainst(9, { hooks: [{ ...HOOK, heartbeatTimeoutSeconds: 300 }] });

		expect(outcome.record?.state).toBe("gone");
		expect(subjects(outcome).at(-1)).toBe(`Evacuator ${LEAVING}-1: instance-gone`);
		expect(outcome.notices.at(-1)?.message).toContain("Nobody could look at what ran on it");
	});
});
