import { describe, expect, it, jest } from "@jest/globals";
import { type StepName, stepNames } from "../../../infra/function-names.ts";
import { synthesiseDefinition } from "../../../infra/synthesised-definition.ts";
import type { StepResult } from "../../../src/domain/step-result.ts";
import type { Callable } from "../../../src/local/workflow/load-definition.ts";
import { StatesError } from "../../../src/local/workflow/states-faults.ts";
import { compareOnOracle, validateOnOracle } from "./oracle.ts";

jest.setTimeout(60_000);

const { definition, functionOf } = synthesiseDefinition();
const input = { instanceId: "i-0aaaaaaaaaaaaaaa1", generation: "1" };

type Answer = Partial<StepResult> | { readonly fault: string };
type Script = {
	/** What each function answers, one call after the other. */
	readonly steps: Readonly<Partial<Record<StepName, readonly Answer[]>>>;
	/** `orders` of the record at each read; the last stays. */
	readonly orders?: readonly number[];
	/** Reads of the record that fail, heartbeats that fail, notices that fail: by the number of the call, from 1. */
	readonly unread?: readonly number[];
	readonly unheard?: readonly number[];
	readonly untold?: readonly number[];
	/** Slots that are not given back. */
	readonly ungiven?: readonly number[];
	readonly tokens?: readonly string[];
	readonly state?: string;
	readonly beatSeconds?: number;
};

const hookOf = (token: string) => ({
	M: { group: { S: "workers" }, hook: { S: `hook-${token}` }, token: { S: token }, timeoutSeconds: { N: "300" } },
});

class Named extends Error {
	override readonly name: string;
	constructor(name: string) {
		super(`cannot go on: ${name}`);
		this.name = name;
	}
}

/** What the Tasks of the definition call, by the script. */
function tasksOf({
	steps,
	orders = [0],
	unread = [],
	unheard = [],
	untold = [],
	ungiven = [],
	tokens = ["one"],
	state = "open",
	beatSeconds = 100,
}: Script) {
	const calls = new Map<string, number>();
	const count = (what: string): number => {
		const number = (calls.get(what) ?? 0) + 1;
		calls.set(what, number);
		return number;
	};
	const failing = (what: string, numbers: readonly number[], answer: (number: number) => unknown): Callable => {
		return async () => {
			const number = count(what);
			if (numbers.includes(number)) throw new StatesError(`${what}.Failed`, "no answer");
			return answer(number);
		};
	};
	const step = (name: StepName): Callable => {
		return async () => {
			const answer = steps[name]?.[count(name) - 1];
			// A script that is too short ends; it must not turn in Hold for ever.
			if (answer === undefined) return { next: "done", waitSeconds: 30, watchTimeoutSeconds: 128, events: 1 };
			if ("fault" in answer) throw new Named(answer.fault);
			return { waitSeconds: 30, watchTimeoutSeconds: 128, events: 1, ...answer };
		};
	};
	const record = (number: number) => ({
		Item: {
			hooks: { L: tokens.map(hookOf) },
			...(tokens.includes("") && { tokenless: { BOOL: true } }),
			beatSeconds: { N: String(beatSeconds) },
			orders: { N: String(orders[Math.min(number, orders.length) - 1]) },
			state: { S: state },
			cluster: { S: "prod" },
		},
	});
	return {
		...Object.fromEntries(stepNames.map((name) => [arnOf(name), step(name)])),
		"arn:aws:states:::dynamodb:getItem": failing("Read", unread, record),
		"arn:aws:states:::dynamodb:updateItem": failing("GiveBack", ungiven, (number) => {
			if (number % 2 === 1) return {};
			throw new StatesError("DynamoDB.ConditionalCheckFailedException", "The conditional request failed");
		}),
		"arn:aws:states:::aws-sdk:autoscaling:recordLifecycleActionHeartbeat": failing("Heartbeat", unheard, () => ({})),
		"arn:aws:states:::sns:publish": failing("Publish", untold, () => ({ MessageId: "1" })),
	};
}

const arns = Object.values(definition.States).map(({ Resource }) => String(Resource));
const arnOf = (name: StepName): string => arns.find((arn) => functionOf(arn) === name) ?? "";

const to = (next: StepResult["next"], more: Partial<StepResult> = {}): Answer => ({ next, ...more });
const drained = {
	assess: [to("cordon")],
	cordon: [to("admit")],
	admit: [to("evict")],
	evict: [to("watch")],
	watch: [to("release")],
	release: [to("done")],
};
const tell = { subject: "Evacuator holds", message: "A VM blocks." };
const told = {
	assess: [to("cordon", { tell })],
	cordon: [to("admit", { tell })],
	admit: [to("evict", { tell })],
	evict: [to("watch", { tell })],
	watch: [to("release", { tell })],
	release: [to("done", { tell })],
};

/** What both must agree on; the first column is what the execution comes to. */
const scripts: readonly (readonly [string, string, Script])[] = [
	["a drain from Assess to Done", "SUCCEEDED", { steps: drained }],
	["two hooks, one of which takes no heartbeat", "SUCCEEDED", { steps: drained, tokens: ["one", "two"], unheard: [2, 3] }],
	[
		"turns of waiting for a slot",
		"SUCCEEDED",
		{ steps: { ...drained, admit: [to("admit"), to("admit", { tell }), to("evict")] } },
	],
	[
		"a slot that is passed on, and one that is not given back",
		"SUCCEEDED",
		{ steps: { ...drained, watch: [to("hold")], assess: [to("cordon"), to("done", { slot: "passed on" })] }, ungiven: [1, 2] },
	],
	["no hook", "SUCCEEDED", { steps: drained, tokens: [] }],
	[
		"a hook without a token beside one that has it, and heartbeats that fail",
		"SUCCEEDED",
		{
			steps: {
				...drained,
				assess: [to("hold"), to("cordon"), to("evict")],
				evict: [to("wait"), to("watch")],
				watch: [to("evict"), to("wait"), to("release")],
				release: [to("watch"), to("release"), to("done")],
			},
			tokens: ["", "two"],
			orders: [0, 0, 0, 1],
			unheard: [1, 2, 3, 4],
		},
	],
	[
		"a hook without a token that is released at once",
		"SUCCEEDED",
		{ steps: { assess: [to("release")], release: [to("done")] }, tokens: [""] },
	],
	[
		"a hook without a token, and a drain that is taken back",
		"SUCCEEDED",
		{ steps: { assess: [to("restore")], restore: [to("done")] }, tokens: [""] },
	],
	["reads of the record that fail", "SUCCEEDED", { steps: drained, unread: [1, 2, 3, 5, 6] }],
	[
		"turns of Watch, waits and evictions",
		"SUCCEEDED",
		{
			steps: {
				...drained,
				assess: [to("cordon"), to("evict"), to("watch")],
				evict: [to("evict"), to("watch"), to("wait")],
				watch: [to("watch"), to("wait"), to("evict"), to("release"), to("release")],
				release: [to("watch"), to("done")],
			},
		},
	],
	[
		"trouble that is told of, Hold, and an order",
		"SUCCEEDED",
		{ steps: { ...drained, assess: [to("hold", { tell }), to("cordon")] }, orders: [0, 0, 0, 1] },
	],
	[
		"an hour of Hold without an order",
		"SUCCEEDED",
		{
			steps: {
				...drained,
				evict: [to("hold", { tell }), to("watch")],
				assess: [to("cordon"), to("cordon")],
				cordon: [to("admit"), to("admit")],
				admit: [to("evict"), to("evict")],
			},
		},
	],
	["a notice that cannot be published", "SUCCEEDED", { steps: { ...drained, assess: [to("cordon", { tell })] }, untold: [1, 2] }],
	[
		"a fault that passes at once",
		"SUCCEEDED",
		{
			steps: {
				...drained,
				assess: [{ fault: "ClusterUnreachable" }, to("cordon")],
				watch: [{ fault: "Lambda.TooManyRequestsException" }, to("release")],
			},
		},
	],
	[
		"a fault, Hold, Assess again",
		"SUCCEEDED",
		{
			steps: {
				...drained,
				evict: [{ fault: "ClusterForbidden" }, to("watch")],
				assess: [to("cordon"), to("cordon")],
				cordon: [to("admit"), to("admit")],
				admit: [to("evict"), to("evict")],
			},
		},
	],
	[
		"the same fault three times, another one, and notices that fail",
		"SUCCEEDED",
		{
			steps: {
				...drained,
				assess: [
					{ fault: "ClusterForbidden" },
					{ fault: "ClusterForbidden" },
					{ fault: "ClusterForbidden" },
					{ fault: "RecordUnreadable" },
					to("cordon"),
				],
			},
			untold: [1, 2],
		},
	],
	[
		"a fault that lasts until it is told again",
		"SUCCEEDED",
		{ steps: { assess: [...Array.from({ length: 6 }, () => ({ fault: "ClusterForbidden" })), to("done")] } },
	],
	["an answer that is no way on", "SUCCEEDED", { steps: { ...drained, assess: [to("no such state" as "done"), to("cordon")] } }],
	["a maintenance that is over while it holds", "SUCCEEDED", { steps: { assess: [to("hold")] }, state: "released" }],
	["an instance that is gone while it holds", "SUCCEEDED", { steps: { assess: [to("hold")] }, state: "gone" }],
	[
		"an instance that is gone, which nobody can be told of",
		"SUCCEEDED",
		{ steps: { assess: Array.from({ length: 12 }, () => ({ fault: "ClusterForbidden" })) }, state: "gone" },
	],
	["a notice after every step", "SUCCEEDED", { steps: told }],
	[
		"a notice after every step, none of which can be published",
		"SUCCEEDED",
		{ steps: told, untold: Array.from({ length: 12 }, (_, index) => index + 1) },
	],
	[
		"a fault that is tried again before the next heartbeat of a long hook",
		"SUCCEEDED",
		{ steps: { assess: [{ fault: "ClusterForbidden" }, to("release")], release: [to("done")] }, beatSeconds: 900 },
	],
	[
		"a drain that is taken back, in more than one turn",
		"SUCCEEDED",
		{
			steps: {
				assess: [to("cordon"), to("restore"), to("restore")],
				cordon: [to("evict")],
				evict: [to("restore")],
				restore: [to("wait"), { fault: "ClusterForbidden" }, to("restore"), to("done", { tell })],
			},
		},
	],
	[
		"a drain that was taken back, and a notice of it that cannot be published",
		"SUCCEEDED",
		{ steps: { assess: [to("restore")], restore: [to("done", { tell })] }, untold: [1, 2], state: "restored" },
	],
	["a maintenance that was taken back while it holds", "SUCCEEDED", { steps: { assess: [to("hold")] }, state: "restored" }],
	[
		"faults that are no longer tried again before the next heartbeat within a minute",
		"SUCCEEDED",
		{
			steps: {
				assess: [...Array.from({ length: 15 }, (_, time) => ({ fault: time % 2 === 0 ? "One" : "Another" })), to("done")],
			},
			beatSeconds: 900,
		},
	],
	["Hold for a hook of which one minute is long", "SUCCEEDED", { steps: { assess: [to("hold"), to("done")] }, beatSeconds: 50 }],
	["a history that is nearly full", "FAILED", { steps: { ...drained, watch: [to("hand over")] } }],
	["a step that does nothing but end", "SUCCEEDED", { steps: { assess: [to("done")] } }],
];

/**
 * Left out, because aws-local-stepfunctions is not what AWS does (`known-differences.test.ts`): a record that is missing
 * (`IsPresent: false` never matches there), a Task that runs into its time-out (real timers), and the pace of Hold after the
 * shortest hook's limit (there is no `$$.State`).
 */
describe("the definition that is deployed", () => {
	it("is one that the oracle's validator takes", () => {
		expect(() => validateOnOracle(definition)).not.toThrow();
	});

	it.each(scripts)("takes the same way on our interpreter and on the oracle: %s", async (_, status, script) => {
		const { ours, oracle } = await compareOnOracle(definition, input, () => tasksOf(script));
		expect(ours).toEqual(oracle);
		expect(ours.status).toBe(status);
	});

	it("is walked through as the design says", async () => {
		const { ours } = await compareOnOracle(definition, input, () => tasksOf({ steps: drained }));
		const named = ["Assess", "Cordon", "Admit", "Evict", "Watch", "Release", "Hold", "Done"];
		expect(ours.visited.filter((state) => named.includes(state))).toEqual([
			"Assess",
			"Cordon",
			"Admit",
			"Evict",
			"Watch",
			"Release",
			"Done",
		]);
	});

	it("visits every state in these scripts, but those that the oracle cannot come to", async () => {
		const visited = new Set<string>();
		for (const [, , script] of scripts) {
			const { ours } = await compareOnOracle(definition, input, () => tasksOf(script));
			for (const state of ours.visited) visited.add(state.replace(/\[\d+\]$/, ""));
		}
		expect(Object.keys(definition.States).filter((state) => !visited.has(state))).toEqual([
			"Count the time after the shortest hook",
			"Record missing",
		]);
	});
});
