import type { UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import type { StepName } from "../../infra/function-names.ts";
import { synthesiseDefinition } from "../../infra/synthesised-definition.ts";
import { functionSeconds } from "../../infra/time-outs.ts";
import type { StepResult } from "../../src/domain/step-result.ts";
import { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { ExecutionDescription } from "../../src/local/workflow/execution-event.ts";
import { createStateMachine } from "../../src/local/workflow/state-machine.ts";
import { StatesError } from "../../src/local/workflow/states-faults.ts";

const { definition, functionOf } = synthesiseDefinition();
const arn = "arn:aws:states:eu-central-1:111122223333:stateMachine:Evacuator";
const name = "i-0123456789abcdef0-1";

/** Seconds since the start. */
type Elapsed = { readonly seconds: number };

/** The world of one execution. Whatever throws, or is left out, fails as it would on AWS. */
export type Script = {
	readonly steps: Partial<Record<StepName, (clock: VirtualClock, input: Input) => Promise<StepResult>>>;
	/** The record as DynamoDB has it; undefined for none. */
	readonly item: (at: Elapsed) => Readonly<Record<string, unknown>> | undefined;
	readonly heartbeat?: (token: string, at: Elapsed) => void;
	readonly publish?: (at: Elapsed) => void;
	/** Whether the execution has a slot or waits for one; when left out it never does. To throw is to fail. */
	readonly hasSlot?: (at: Elapsed) => boolean;
	/** The execution is stopped then. */
	readonly untilSeconds: number;
};

export type Input = {
	readonly step: Partial<StepResult>;
	readonly generation: string;
	/** Hold's memory. */
	readonly hold: { readonly rounds: number };
	/** How many events the history has as this step begins. */
	readonly counted: number;
};

type Outcome = {
	readonly end: Pick<ExecutionDescription, "status" | "error">;
	/** Number of history events. */
	readonly events: number;
	/** What happened outside, with the second it happened at. */
	readonly trace: readonly string[];
	/** The longest time without a heartbeat, the end included. */
	readonly longestSilence: number;
};

/** When an execution begins; epoch milliseconds. */
export const START = Date.UTC(2026, 0, 1);

/** A record with one hook for each token, an empty one where it is not known; `later` is the pace from that second on. */
export function item(
	tokens: readonly string[],
	beatSeconds: number,
	{ orders = 0, state = "open", later }: { orders?: number; state?: string; later?: { at: number; seconds: number } } = {},
) {
	const laterBeat = later && {
		M: { after: { S: new Date(START + later.at * 1000).toISOString() }, seconds: { N: String(later.seconds) } },
	};
	const hooks = tokens.map((token) => ({ M: { group: { S: "nodes" }, hook: { S: "evacuator" }, token: { S: token } } }));
	return {
		hooks: { L: hooks },
		...(tokens.includes("") && { tokenless: { BOOL: true } }),
		beatSeconds: { N: String(beatSeconds) },
		...(laterBeat && { laterBeat }),
		orders: { N: String(orders) },
		state: { S: state },
		cluster: { S: "prod" },
	};
}

/** Runs the synthesised definition on virtual time. */
export async function runDefinition(script: Script): Promise<Outcome> {
	const clock = new VirtualClock({ start: START });
	const began = clock.now();
	const at = (): Elapsed => ({ seconds: (clock.now() - began) / 1000 });
	const trace: string[] = [];
	const beats = [0];
	const say = (what: string) => trace.push(`${at().seconds} ${what}`);
	const integrations = {
		"arn:aws:states:::dynamodb:getItem": async () => {
			const Item = script.item(at());
			return Item ? { Item } : {};
		},
		"arn:aws:states:::dynamodb:updateItem": async (parameters: unknown) => {
			if (!script.hasSlot?.(at()))
				throw new StatesError("DynamoDB.ConditionalCheckFailedException", "The conditional request failed");
			const { Key, ExpressionAttributeNames: names } = parameters as UpdateItemCommandInput;
			say(`slot of ${names?.["#instance"]} given back to ${Key?.instanceId?.S}`);
			return {};
		},
		"arn:aws:states:::sns:publish": async (parameters: unknown) => {
			const { Subject, Message } = parameters as { readonly Subject: string; readonly Message: string };
			script.publish?.(at());
			say(`notice: ${Subject}: ${Message}`);
			return {};
		},
		"arn:aws:states:::aws-sdk:autoscaling:recordLifecycleActionHeartbeat": async (parameters: unknown) => {
			const { LifecycleActionToken: token = "unknown" } = parameters as { readonly LifecycleActionToken?: string };
			script.heartbeat?.(token, at());
			beats.push(at().seconds);
			say(`heartbeat ${token}`);
			return {};
		},
	};
	const machine = createStateMachine({
		definition,
		arn,
		clock,
		integrations,
		lambda: (resource) => {
			const step = functionOf(resource);
			return step && ((input) => call(step, { ...(input as Input), counted: machine.history(name).length }));
		},
		lambdaTimeoutSeconds: (resource) => functionSeconds[functionOf(resource) ?? "intake"],
	});
	const call = async (step: StepName, input: Input) => {
		say(step);
		const run = script.steps[step];
		if (!run) throw new Error(`the script has no ${step}`);
		return run(clock, input);
	};

	const end = await clock.run(async () => {
		machine.start(name, { instanceId: "i-0123456789abcdef0", generation: "1" });
		const ended = await clock.within(machine.ended(name), script.untilSeconds * 1000);
		return ended ?? clock.rest(machine.stop(name));
	});
	beats.push(at().seconds);
	const silences = beats.slice(1).map((beat, index) => beat - (beats[index] ?? 0));
	const { status, error } = end;
	return { end: { status, error }, events: machine.history(name).length, trace, longestSilence: Math.max(...silences) };
}
