import { describe, expect, it, jest } from "@jest/globals";
import { strictPolicy } from "../../../src/domain/policy.ts";
import { HOOK, LEAVING, type Stage } from "../drill.ts";
import {
	completions,
	drains,
	drillOfSeveral,
	entriesOf,
	firstEntered,
	lost,
	marked,
	mostAtOnce,
	order,
	SHORT_HOOK,
	saysOf,
	slotsOf,
	tellsOfEnd,
	terminateAll,
	untilAllAreTaken,
} from "./several.ts";

jest.setTimeout(120_000);

const oneAtATime = { ...strictPolicy, maxConcurrentDrains: 1 };
const HOUR_MS = 3_600_000;

const isWaiting = (stage: Stage, count: number) => async () => Object.keys((await slotsOf(stage)).waiting).length === count;
const idsOf = ({ leaving }: Stage): readonly string[] => leaving.map(({ instanceId }) => instanceId);

/** The first drains; the others are ordered one after the other and wait. */
async function orderInTurn(stage: Stage, more: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
	const [first, ...rest] = idsOf(stage);
	await order(stage, first ?? "");
	await stage.until(drains(stage, first ?? ""), "the first has a slot");
	for (const [index, instanceId] of rest.entries()) {
		await order(stage, instanceId, more[index]);
		await stage.until(isWaiting(stage, index + 1), `${index + 1} wait`);
	}
}

describe("nodes of one cluster that leave at the same time", () => {
	it.each([HOOK, SHORT_HOOK])("are drained two at a time, each once; hook of $heartbeatTimeoutSeconds s", async (hook) => {
		const outcome = await drillOfSeveral(5, {
			hooks: [hook],
			play: async (stage) => {
				terminateAll(stage);
				await untilAllAreTaken(stage);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(mostAtOnce(outcome)).toBe(2);
		expect(completions(outcome.stage)).toBe(5);
		expect(outcome.notices).toEqual([]);
		expect(saysOf(outcome, "waits for a slot").map(({ place }) => place)).toEqual([1, 2, 3]);
		expect(saysOf(outcome, "has a slot")).toHaveLength(3);
	});

	it("have the earliest deadline first, are cordoned while they wait, and leave nothing behind in the slots", async () => {
		const at = (hours: number) => ({ deadline: new Date(Date.UTC(2026, 0, 1) + hours * HOUR_MS).toISOString() });
		let waited: readonly unknown[] = [];
		const outcome = await drillOfSeveral(4, {
			policy: oneAtATime,
			play: async (stage) => {
				await orderInTurn(stage, [at(20), {}, at(10)]);
				waited = stage.leaving.map(({ node }) => stage.cluster.store.get("nodes", undefined, node)?.spec?.unschedulable);
				expect((await stage.record(idsOf(stage)[3]))?.slot).toMatchObject({ place: 1 });
				await stage.until(() => idsOf(stage).every((id) => marked(stage, id)), "all are safe", 240);
				await stage.until(async () => Object.keys((await slotsOf(stage)).leases).length === 0, "all slots are given back");
				expect((await slotsOf(stage)).waiting).toEqual({});
			},
		});

		const [first, second, third, fourth] = idsOf(outcome.stage);
		expect(outcome.violations).toEqual([]);
		expect(waited).toEqual([true, true, true, true]);
		expect(firstEntered(outcome, "Evict")).toEqual([first, fourth, second, third]);
		expect(mostAtOnce(outcome)).toBe(1);
	});

	it("let an urgent one pass, which counts: the next waits for both", async () => {
		const outcome = await drillOfSeveral(3, {
			policy: oneAtATime,
			play: async (stage) => {
				const [, second = "", third = ""] = idsOf(stage);
				await orderInTurn({ ...stage, leaving: stage.leaving.slice(0, 2) }, [{}]);
				await order(stage, third, { urgent: true });
				await stage.until(drains(stage, third), "the urgent one drains");
				expect(Object.keys((await slotsOf(stage)).waiting)).toEqual([second]);
				await stage.until(() => idsOf(stage).every((id) => marked(stage, id)), "all are safe", 240);
			},
		});

		const [evict, done] = [entriesOf(outcome, "Evict"), entriesOf(outcome, "Done")];
		const [first = "", second = "", third = ""] = idsOf(outcome.stage);
		expect(outcome.violations).toEqual([]);
		expect(evict.get(third)).toBeLessThan(done.get(first) ?? 0);
		expect(evict.get(second)).toBeGreaterThan(Math.max(done.get(first) ?? 0, done.get(third) ?? 0));
	});

	it("hear of an order while they wait: one that has become urgent goes within a turn", async () => {
		let [ordered, drained] = [0, 0];
		const outcome = await drillOfSeveral(2, {
			policy: oneAtATime,
			hooks: [SHORT_HOOK],
			play: async (stage) => {
				const [, second = ""] = idsOf(stage);
				await orderInTurn(stage, [{}]);
				await order(stage, second, { urgent: true });
				ordered = stage.clock.now();
				await stage.until(drains(stage, second), "it drains too");
				drained = stage.clock.now();
				await stage.until(() => idsOf(stage).every((id) => marked(stage, id)), "all are safe", 240);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(drained - ordered).toBeLessThan(20_000);
		expect(mostAtOnce(outcome)).toBe(2);
	});
});

describe("the slot of a drain", () => {
	it("goes to the next one while it is held, and it asks again when it goes on", async () => {
		const outcome = await drillOfSeveral(2, {
			policy: oneAtATime,
			also: ({ add }, node) =>
				add.vm({ namespace: "lab", name: "bench", on: node, evictionStrategy: "None", runStrategy: "Manual" }),
			play: async (stage) => {
				const [first = "", second = ""] = idsOf(stage);
				terminateAll(stage);
				await stage.until(() => stage.hasEntered("Hold"), "the first is held");
				await stage.until(() => stage.ground.aws.instance(second).ec2 === "terminated", "the second is drained", 120);
				expect(stage.ground.aws.instance(first).ec2).toBe("running");
				stage.allow("lab/bench");
				await order(stage, first, { mayEnd: ["lab/bench"] });
				await untilAllAreTaken(stage);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(completions(outcome.stage)).toBe(2);
	});

	it("stays with it from one generation to the next", async () => {
		const outcome = await drillOfSeveral(2, {
			policy: oneAtATime,
			play: async (stage) => {
				const [first = ""] = idsOf(stage);
				await orderInTurn(stage, [{}]);
				await stage.until(() => stage.hasEntered("Watch"), "it drains");
				await stage.clock.rest(stage.ground.machine.stop(`${first}-1`));
				await stage.until(async () => (await slotsOf(stage)).leases[first]?.generation === 2, "its next generation has the slot");
				await stage.until(() => idsOf(stage).every((id) => marked(stage, id)), "all are safe", 240);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(mostAtOnce(outcome)).toBe(1);
	});

	it("stays with it when Sweep goes on for an execution of whose end nobody heard", async () => {
		const outcome = await drillOfSeveral(2, {
			policy: oneAtATime,
			aroundInvoke: async (invocation, run) => (tellsOfEnd(invocation) ? lost : run()),
			play: async (stage) => {
				const [first = ""] = idsOf(stage);
				await orderInTurn(stage, [{}]);
				await stage.until(() => stage.hasEntered("Watch"), "it drains");
				await stage.clock.rest(stage.ground.machine.stop(`${first}-1`));
				await stage.until(async () => (await slotsOf(stage)).leases[first]?.generation === 2, "its next one has the slot", 6);
				await stage.until(() => idsOf(stage).every((id) => marked(stage, id)), "all are safe", 240);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(mostAtOnce(outcome)).toBe(1);
		expect(saysOf(outcome, "slot taken back")).toEqual([]);
	});

	it("frees itself when its execution is dead and nobody heard of that, nor does Sweep run", async () => {
		let killed = 0;
		const outcome = await drillOfSeveral(2, {
			policy: oneAtATime,
			aroundInvoke: async (invocation, run) => (tellsOfEnd(invocation) || invocation.name === "sweep" ? lost : run()),
			play: async (stage) => {
				const [first = "", second = ""] = idsOf(stage);
				await orderInTurn(stage, [{}]);
				await stage.until(() => stage.hasEntered("Watch"), "it drains");
				await stage.clock.rest(stage.ground.machine.stop(`${first}-1`));
				killed = stage.clock.now();
				await stage.until(drains(stage, second), "the next one drains");
				expect(stage.clock.now() - killed).toBeLessThan(31 * 60_000);
				await stage.until(() => marked(stage, second), "the next one is safe", 120);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(saysOf(outcome, "slot taken back").map(({ maintenance }) => maintenance)).toEqual([`${LEAVING}-1`]);
	});

	it("does not come back to one that died in the queue: whoever stands behind goes on", async () => {
		const outcome = await drillOfSeveral(3, {
			policy: oneAtATime,
			aroundInvoke: async (invocation, run) => (tellsOfEnd(invocation) || invocation.name === "sweep" ? lost : run()),
			play: async (stage) => {
				const [first = "", second = "", third = ""] = idsOf(stage);
				await orderInTurn(stage, [{}, {}]);
				await stage.clock.rest(stage.ground.machine.stop(`${second}-1`));
				await stage.until(() => marked(stage, first), "the first is safe", 120);
				await stage.until(() => marked(stage, third), "the third is safe", 120);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(saysOf(outcome, "slot taken back")).toHaveLength(1);
	});
});
