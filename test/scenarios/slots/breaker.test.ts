import { expect, it, jest } from "@jest/globals";
import { isPaused } from "../../../src/domain/slots.ts";
import type { Stage } from "../drill.ts";
import {
	completions,
	drillOfSeveral,
	entriesOf,
	isTaken,
	mostAtOnce,
	order,
	slotsOf,
	terminateAll,
	untilAllAreTaken,
} from "./several.ts";

jest.setTimeout(120_000);

const told = (notices: Stage["notices"]) => notices.map(({ subject }) => subject.replace(/^.*: /, ""));
const pauses = (stage: Stage) => async () => isPaused(await slotsOf(stage));
const takenOf = (stage: Stage): number => stage.leaving.filter(({ instanceId }) => isTaken(stage, instanceId)).length;

/** All are told to go, and those that began before so many were known have gone. */
async function untilNobodyMoves(stage: Stage): Promise<void> {
	terminateAll(stage);
	await stage.until(pauses(stage), "new drains pause");
	await stage.until(async () => Object.keys((await slotsOf(stage)).leases).length === 0, "what had begun has ended", 120);
}

it("where half of the VM nodes leave, new drains pause, hooks are kept alive, one page tells, and all goes on with more nodes", async () => {
	let pausedFor = 0;
	const outcome = await drillOfSeveral(6, {
		otherNodes: 6,
		play: async (stage) => {
			await untilNobodyMoves(stage);
			const gone = takenOf(stage);
			await stage.clock.sleep(50 * 60_000);
			expect(takenOf(stage)).toBe(gone);
			pausedFor = 6 - gone;
			for (let more = 0; more < 12; more++) stage.cluster.add.node();
			await untilAllAreTaken(stage);
		},
	});

	expect(outcome.violations).toEqual([]);
	expect(pausedFor).toBeGreaterThanOrEqual(4);
	expect(told(outcome.notices)).toEqual(["too-many-leave"]);
	expect(outcome.notices[0]?.message).toMatch(
		/^\d of the 1\d nodes of cluster prod that host VMs are leaving, more than 34 %, so/,
	);
	expect(completions(outcome.stage)).toBe(6);
	expect(mostAtOnce(outcome)).toBeLessThanOrEqual(2);
	expect(outcome.record?.trouble).toEqual([]);
});

it("an urgent order lets one of the paused nodes go, and no other", async () => {
	let urgent = "";
	const outcome = await drillOfSeveral(6, {
		otherNodes: 4,
		play: async (stage) => {
			await untilNobodyMoves(stage);
			urgent = stage.leaving.find(({ instanceId }) => !isTaken(stage, instanceId))?.instanceId ?? "";
			const gone = takenOf(stage);
			await order(stage, urgent, { urgent: true });
			await stage.until(() => isTaken(stage, urgent), "it is gone", 120);
			await stage.clock.sleep(10 * 60_000);
			expect(takenOf(stage)).toBe(gone + 1);
		},
	});

	expect(outcome.violations).toEqual([]);
	expect(told(outcome.notices)).toEqual(["too-many-leave"]);
	expect(entriesOf(outcome, "Evict").has(urgent)).toBe(true);
});

it("of three VM nodes two that leave go one after the other, and nobody is paged", async () => {
	const outcome = await drillOfSeveral(2, {
		otherNodes: 1,
		play: async (stage) => {
			terminateAll(stage);
			await untilAllAreTaken(stage);
		},
	});

	expect(outcome.violations).toEqual([]);
	expect(mostAtOnce(outcome)).toBe(1);
	expect(outcome.notices).toEqual([]);
});
