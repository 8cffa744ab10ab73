import { describe, expect, it, jest } from "@jest/globals";
import { isPaused } from "../../../src/domain/slots.ts";
import { type Drill, LEAVING, type Stage } from "../drill.ts";
import {
	cancel,
	completions,
	drains,
	drillOfSeveral,
	entriesOf,
	isTaken,
	lost,
	marked,
	mostAtOnce,
	order,
	saysOf,
	slotsOf,
	tellsOfEnd,
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

const idsOf = ({ leaving }: Stage): readonly string[] => leaving.map(({ instanceId }) => instanceId);

/** The first drains, and its execution is stopped. */
async function stopTheFirst(stage: Stage): Promise<void> {
	const [first = ""] = idsOf(stage);
	await order(stage, first);
	await stage.until(drains(stage, first), "the first has a slot");
	await stage.clock.rest(stage.ground.machine.stop(`${first}-1`));
}

const cannotGiveBack: Drill["changeDefinition"] = ({ States, ...rest }) => ({
	...rest,
	States: { ...States, "Give back the slot in the end": { Type: "Succeed" } },
});

describe.each([
	{ otherNodes: 1, what: "that drains one node at a time" },
	{ otherNodes: 3, what: "of which two may not leave at once" },
])("in a cluster $what", ({ otherNodes }) => {
	it.each([{ the: "whose slot was not given back", also: { changeDefinition: cannotGiveBack }, dead: [`${LEAVING}-1`] }])(
		"one goes at once after another $the: its execution was stopped, and its drain cancelled",
		async ({ also, dead }) => {
			const outcome = await drillOfSeveral(2, {
				otherNodes,
				...also,
				play: async (stage) => {
					const [first = "", second = ""] = idsOf(stage);
					await stopTheFirst(stage);
					await cancel(stage, first);
					await stage.until(() => stage.ground.machine.describe(`${first}-2`)?.status === "SUCCEEDED", "the first is restored");
					await order(stage, second);
					await stage.until(() => marked(stage, second), "the second is safe", 30);
				},
			});

			expect(outcome.violations).toEqual([]);
			expect(told(outcome.notices)).toEqual(["restored"]);
			expect(saysOf(outcome, "slot taken back").map(({ maintenance }) => maintenance)).toEqual(dead);
		},
	);
});

it("of three VM nodes the second goes half an hour after the first died, though nobody heard of that, nor does Sweep run", async () => {
	const outcome = await drillOfSeveral(2, {
		otherNodes: 1,
		aroundInvoke: async (invocation, run) => (tellsOfEnd(invocation) || invocation.name === "sweep" ? lost : run()),
		play: async (stage) => {
			const [, second = ""] = idsOf(stage);
			await stopTheFirst(stage);
			await order(stage, second);
			await stage.until(drains(stage, second), "the second has a slot", 31);
			await stage.until(() => marked(stage, second), "the second is safe", 30);
		},
	});

	expect(outcome.violations).toEqual([]);
	expect(outcome.notices).toEqual([]);
	expect(saysOf(outcome, "slot taken back").map(({ maintenance }) => maintenance)).toEqual([`${LEAVING}-1`]);
});
