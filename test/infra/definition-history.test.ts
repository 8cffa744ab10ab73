import { describe, expect, it, jest } from "@jest/globals";
import { beatPlanOf } from "../../src/domain/beat-plan.ts";
import { EVENTS_OF_STEP, eventsOfRound, eventsOfTurn, mustHandOver, NOTICE_EVENTS } from "../../src/domain/history-budget.ts";
import { paceOf } from "../../src/domain/pace.ts";
import type { Hook } from "../../src/domain/record.ts";
import type { Next, StepResult } from "../../src/domain/step-result.ts";
import type { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import { type Input, item, runDefinition, type Script, START } from "./definition-under-test.ts";

jest.setTimeout(60_000);

const HOURS_48 = 48 * 3_600;
/** Step Functions ends an execution at 25,000. */
const LIMIT = 20_000;
/** The time-outs of the hooks that wait for us, all at once. */
const HOOKS = [[[300]], [[600]], [[1_728]], [[3_600]], [[7_200]], [[300, 3_600]], [[600, 7_200]], [[1_728, 1_728, 1_728, 1_728]]];

const limitSeconds = (timeoutSeconds: number) => Math.min(HOURS_48, 100 * timeoutSeconds);
const tokenOf = (index: number) => `h${index}`;

/** What AWS and the functions do with these hooks: AWS knows none any more that has reached its limit. */
function worldOf(timeouts: readonly number[], isLost: (index: number) => boolean = () => false, tokenless = false) {
	const hooks: Hook[] = timeouts.map((timeoutSeconds, index) => ({
		group: "nodes",
		hook: "evacuator",
		...(!tokenless && { token: tokenOf(index) }),
		timeoutSeconds,
		limitAt: START + limitSeconds(timeoutSeconds) * 1000,
		...(isLost(index) && { lostAt: START }),
	}));
	const plan = beatPlanOf({ hooks });
	const { waitSeconds, watchTimeoutSeconds, watchSeconds } = paceOf({ hooks });
	const later = plan.laterBeat && { at: (Date.parse(plan.laterBeat.after) - START) / 1000, seconds: plan.laterBeat.seconds };
	const heartbeat: Script["heartbeat"] = (token, { seconds }) => {
		if (timeouts.some((one, index) => token === tokenOf(index) && seconds >= limitSeconds(one)))
			refuse("ValidationErrorException");
	};
	const record = { hooks, ...plan };
	/** Counts as the functions do; what goes on for ever hands over when it must. */
	const answer = (next: Next, { step, hold, counted }: Input, clock: VirtualClock, from?: string): StepResult => {
		const events = (step.events ?? 0) + (step.tell ? NOTICE_EVENTS : 0);
		estimates.push({ counted, estimated: events + hold.rounds * eventsOfRound(record) });
		const after = events + (next === "cordon" || (from === "watch" && next === "watch") ? EVENTS_OF_STEP : eventsOfTurn(record));
		const isFull = mustHandOver(after + hold.rounds * eventsOfRound(record), record, clock.now());
		return { next: isFull ? "hand over" : next, waitSeconds, watchTimeoutSeconds, events: after };
	};
	const estimates: { readonly counted: number; readonly estimated: number }[] = [];
	const script = {
		item: () =>
			item(
				hooks.map(({ token = "" }) => token),
				plan.beatSeconds,
				{ ...(later && { later }) },
			),
		heartbeat,
		untilSeconds: Math.max(...timeouts.map(limitSeconds)),
	};
	return { record, watchSeconds, answer, estimates, script };
}

/** The longest time that a hook heard nothing before its limit, as a share of its time-out. */
function longestShare(trace: readonly string[], timeouts: readonly number[]): number {
	return Math.max(
		...timeouts.map((timeoutSeconds, index) => {
			const beats = trace
				.filter((line) => line.endsWith(` heartbeat ${tokenOf(index)}`))
				.map((line) => Number(line.split(" ")[0]));
			const all = [0, ...beats, limitSeconds(timeoutSeconds)];
			return Math.max(...all.slice(1).map((at, beat) => at - (all[beat] ?? 0))) / timeoutSeconds;
		}),
	);
}

describe("as long as AWS lets an instance wait, every heartbeat comes within half of its hook's time-out", () => {
	it.each(HOOKS)("in Hold, because no function works, with under 20,000 events: hooks of %j s", async (timeouts) => {
		const { script } = worldOf(timeouts);

		const { events, trace } = await runDefinition({ ...script, steps: {} });

		expect(events).toBeLessThan(LIMIT);
		expect(longestShare(trace, timeouts)).toBeLessThanOrEqual(0.5);
	});

	it("in Hold, because no function works, also with three hooks, if it begins with that", async () => {
		const timeouts = [300, 3_600, 7_200];
		const { script } = worldOf(timeouts);

		const { events, trace } = await runDefinition({ ...script, steps: {} });

		expect(events).toBeLessThan(25_000);
		expect(longestShare(trace, timeouts)).toBeLessThanOrEqual(0.5);
	});

	it.each(HOOKS)("for a day, when no function works any more just before it would hand over: hooks of %j s", async (timeouts) => {
		const { record, script } = worldOf(timeouts);
		const before = Array.from({ length: 25_000 }, (_, events) => events).findIndex((events) =>
			mustHandOver(events, record, START),
		);

		const { events, end } = await runDefinition({
			...script,
			untilSeconds: Math.min(script.untilSeconds, 24 * 3_600),
			steps: {},
		});

		expect(end.status).toBe("ABORTED");
		expect(before + events).toBeLessThan(25_000);
	});

	it.each(HOOKS)("while something is awaited, until it hands over: hooks of %j s", async (timeouts) => {
		const { script, answer } = worldOf(timeouts);

		const { longestSilence } = await runDefinition({
			...script,
			steps: { assess: async (clock, input) => answer("wait", input, clock) },
		});

		expect(longestSilence).toBeLessThanOrEqual(Math.min(...timeouts) / 2);
	});
});

/** Every way on which an execution may go round for days: what each step says. */
const LOOPS: readonly (readonly [string, Partial<Record<"assess" | "cordon" | "evict" | "watch", Next>>])[] = [
	["of all states", { assess: "cordon", cordon: "evict", evict: "watch", watch: "wait" }],
	["of evictions", { assess: "evict", evict: "watch", watch: "evict" }],
	["of looks that lead nowhere", { assess: "wait" }],
	["of Watch", { assess: "watch", watch: "watch" }],
	["of Hold", { assess: "hold" }],
];

/** What makes each round dearer. */
const MISFORTUNES: readonly (readonly [string, Misfortune])[] = [
	["when all is well", {}],
	["with a notice every time that cannot be published", { untold: true }],
	["with a hook that AWS does not know any more", { lost: true }],
	["with functions that only answer when asked again", { flaky: true }],
	["with hooks whose tokens nobody knows", { tokenless: true }],
];
type Misfortune = {
	readonly untold?: boolean;
	readonly lost?: boolean;
	readonly flaky?: boolean;
	readonly tokenless?: boolean;
};

const refuse = (name: string) => {
	throw Object.assign(new Error("no"), { name });
};

async function goRound(loop: (typeof LOOPS)[number][1], timeouts: readonly number[], misfortune: Misfortune) {
	const { untold, lost, flaky, tokenless } = misfortune;
	const isLost = (index: number) => lost === true && index === 0;
	const { script, answer, estimates } = worldOf(timeouts, isLost, tokenless);
	const told = untold ? { tell: { subject: "again", message: "and again" } } : {};
	let calls = 0;
	const step = (name: string, next: Next) => async (clock: VirtualClock, input: Input) => {
		calls += 1;
		if (flaky && calls % 2 === 1) refuse("Lambda.TooManyRequestsException");
		return { ...answer(next, input, clock, name), ...told };
	};
	const outcome = await runDefinition({
		...script,
		untilSeconds: 1e7,
		heartbeat: (token) => {
			if (isLost(Number(token.slice(1)))) refuse("ValidationErrorException");
		},
		publish: () => {
			if (untold) refuse("Throttled");
		},
		steps: Object.fromEntries(Object.entries(loop).map(([name, next]) => [name, step(name, next)])),
	});
	return { ...outcome, estimates };
}

it("with hooks whose tokens nobody knows, Hold goes on for two days, and each heartbeat comes in time", async () => {
	const timeouts = [3_600, 3_600];
	const { script } = worldOf(timeouts, undefined, true);

	const { events, longestSilence, trace } = await runDefinition({ ...script, steps: {} });

	expect(events).toBeLessThan(LIMIT);
	expect(longestSilence).toBeLessThanOrEqual(1_800);
	expect(new Set(trace.filter((line) => / heartbeat /.test(line)).map((line) => line.split(" ").at(-1)))).toEqual(
		new Set(["unknown"]),
	);
});

describe.each(LOOPS)("a round %s", (_, loop) => {
	describe.each([[[3_600]], [[300, 3_600]], [[300, 300, 300, 3_600]]])("with hooks of %j s", (timeouts) => {
		it.each(MISFORTUNES)("hands over in time %s, and counts no fewer events than there are", async (_, misfortune) => {
			const { end, events, estimates } = await goRound(loop, timeouts, misfortune);

			expect(end).toEqual({ status: "FAILED", error: "HandOver" });
			expect(events).toBeLessThan(15_500);
			expect(estimates.filter(({ counted, estimated }) => counted > estimated + 100)).toEqual([]);
			expect(estimates.at(-1)?.estimated).toBeLessThan(2.5 * (estimates.at(-1)?.counted ?? 0));
		});
	});
});
