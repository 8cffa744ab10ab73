import { Duration } from "aws-cdk-lib";
import { Choice, Condition, type IChainable, Pass, Wait, WaitTime } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { LISTENING_SECONDS } from "../../src/domain/history-budget.ts";
import { oneMoreRound, same } from "./hold-memory.ts";

const item = "$.record.Item";

/** What Hold does when nothing else is to do after these `choices`: it waits, at the pace of the hooks that are left, and reads again. */
export function rest(scope: Construct, choices: readonly Choice[], read: IChainable): void {
	const waits = wait(scope, read);
	const later = count(scope, "Count the time after the shortest hook", `${item}.laterBeat.M.seconds.N`).next(waits);
	const sooner = count(scope, "Count the time in Hold", `${item}.beatSeconds.N`).next(waits);
	for (const choice of choices) choice.when(isLater, later).otherwise(sooner);
}

/** The hooks that need the most heartbeats have reached their limits. */
const isLater = Condition.and(
	Condition.isPresent(`${item}.laterBeat`),
	Condition.timestampLessThanJsonPath(`${item}.laterBeat.M.after.S`, "$$.State.EnteredTime"),
);

const untold = false;

/** Counts the time until the next heartbeat as if it had passed. */
function count(scope: Construct, name: string, beatSeconds: string): Pass {
	const beat = `States.StringToJson(${beatSeconds})`;
	return new Pass(scope, name, {
		parameters: {
			"before.$": "$.hold.seconds",
			"seconds.$": `States.MathAdd($.hold.seconds, ${beat})`,
			"pause.$": beat,
			untold,
			...same("patience", "toldAgo", "orders", "listens"),
			...oneMoreRound,
		},
		resultPath: "$.hold",
	});
}

/**
 * Waits until the next heartbeat is due, or until its patience ends, if that is sooner. The first rounds of an execution
 * are short: an order or a new token comes soonest after the notice of the trouble.
 */
function wait(scope: Construct, read: IChainable): IChainable {
	const until = (name: string, path: string) => new Wait(scope, name, { time: WaitTime.secondsPath(path) }).next(read);
	const listening = new Pass(scope, "Listen", {
		parameters: {
			"seconds.$": `States.MathAdd($.hold.before, ${LISTENING_SECONDS})`,
			"listens.$": "States.MathAdd($.hold.listens, -1)",
			untold,
			...same("patience", "toldAgo", "orders", "rounds"),
		},
		resultPath: "$.hold",
	});
	const moment = new Wait(scope, "Wait for an order", { time: WaitTime.duration(Duration.seconds(LISTENING_SECONDS)) });
	return new Choice(scope, "Which comes first?")
		.when(
			Condition.and(
				Condition.numberGreaterThan("$.hold.listens", 0),
				Condition.numberGreaterThan("$.hold.pause", LISTENING_SECONDS),
			),
			listening.next(moment.next(read)),
		)
		.when(Condition.numberLessThanJsonPath("$.hold.patience", "$.hold.pause"), until("Wait for the next try", "$.hold.patience"))
		.otherwise(until("Wait for the next heartbeat", "$.hold.pause"));
}
