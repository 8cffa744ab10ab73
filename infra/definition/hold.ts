import { Choice, Condition, type Fail, type IChainable, JsonPath, Pass, type Succeed } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { holdSeconds } from "../time-outs.ts";
import { heartbeats, isTokenless, readRecord } from "./beat.ts";
import { oneMoreRound, same } from "./hold-memory.ts";
import { lastWord } from "./last-word.ts";
import type { Parts } from "./parts.ts";
import { rest } from "./rest.ts";
import { faultNotice, tell } from "./tell.ts";

type Ends = { readonly done: Succeed; readonly recordMissing: Fail; readonly assess: IChainable };

const item = "$.record.Item";
const orders = { "orders.$": `${item}.orders.N` };
const fault = Condition.isPresent("$.fault");

/**
 * Keeps the hooks alive without any code of ours: read, heartbeat, decide, wait, and again.
 *
 * It goes back to Assess when an order has come in since the last read before it, or when its patience ends, and always
 * straight after a heartbeat. `$.hold` is its memory: how long it has held, for how long it will, the orders it knew, how long
 * before it began the fault was told; and of the whole execution its rounds, and how many of them will still be short, so that
 * it hears of orders sooner.
 */
export function hold(scope: Construct, parts: Parts, ends: Ends): IChainable {
	const decide = new Choice(scope, "Hold on?");
	const told = new Choice(scope, "Told, in Hold");
	const { byToken, byEither } = heartbeats(scope, "in Hold", parts, decide);
	const untold = lastWord(scope, ends.assess, ends.done);
	const over = new Choice(scope, "Is it over?")
		.when(Condition.isNotPresent("$.record.Item"), ends.recordMissing)
		.when(Condition.stringEquals("$.record.Item.state.S", "released"), ends.done)
		.when(Condition.stringEquals("$.record.Item.state.S", "gone"), untold)
		.when(Condition.stringEquals("$.record.Item.state.S", "restored"), untold)
		.when(Condition.stringEquals("$.record.Item.state.S", "handed over"), ends.done)
		.when(isTokenless, byEither)
		.otherwise(byToken);
	const read = readRecord(scope, "Read the hooks in Hold", parts, byEither);
	read.next(over);

	decide
		.when(Condition.booleanEquals("$.hold.untold", true), tellOfFault(scope, parts, told))
		.when(Condition.and(isPatienceOver, fault), tryAgain(scope, ends.assess))
		.when(isPatienceOver, lookAgain(scope, ends.assess));
	rest(scope, [decide, told], read);
	return enter(scope, read);
}

const isPatienceOver = Condition.or(
	Condition.not(Condition.stringEqualsJsonPath(`${item}.orders.N`, "$.hold.orders")),
	Condition.numberGreaterThanEqualsJsonPath("$.hold.seconds", "$.hold.patience"),
	Condition.numberGreaterThanEquals("$.hold.seconds", holdSeconds.trouble),
);

/**
 * A step's own notice has been published on the way here; only a fault has not been told of. One that comes back is told
 * again after a while: that heals every notice that was lost on its way, for the steps that would remind are what fails.
 */
function enter(scope: Construct, read: IChainable): IChainable {
	const begin = (name: string, memory: object) => {
		const parameters = { seconds: 0, ...memory, ...orders, ...same("listens", "rounds") };
		return new Pass(scope, name, { parameters, resultPath: "$.hold" }).next(read);
	};
	const sameFault = Condition.and(
		fault,
		Condition.isPresent("$.step.held"),
		Condition.stringEqualsJsonPath("$.fault.Error", "$.step.held.fault"),
	);
	const toldLongAgo = Condition.numberGreaterThanEquals("$.step.held.toldAgo", holdSeconds.reminder);
	const later = {
		"patience.$": `States.MathAdd($.step.held.patience, ${holdSeconds.fault})`,
		"toldAgo.$": "$.step.held.toldAgo",
	};
	return new Choice(scope, "Hold")
		.when(Condition.and(sameFault, toldLongAgo), begin("Hold after the same fault, and remind", { ...later, untold: true }))
		.when(sameFault, begin("Hold after the same fault", { ...later, untold: false }))
		.when(fault, begin("Hold after a fault", { patience: holdSeconds.fault, toldAgo: holdSeconds.reminder, untold: true }))
		.otherwise(begin("Hold for trouble", { patience: holdSeconds.trouble, toldAgo: 0, untold: false }));
}

/** After a heartbeat. What could not be told counts as told long ago, so that the next try tells it. */
function tellOfFault(scope: Construct, parts: Parts, then: IChainable): IChainable {
	const memory = { toldAgo: 0, untold: false, ...same("seconds", "patience", "orders", "listens", "rounds") };
	const told = new Pass(scope, "Told of the fault", { parameters: memory, resultPath: "$.hold" });
	const publish = tell(scope, "Tell of the fault", parts, faultNotice);
	publish.addCatch(then, { errors: ["States.ALL"], resultPath: JsonPath.DISCARD });
	return publish.next(told).next(then);
}

const kept = {
	"instanceId.$": "$.instanceId",
	"generation.$": "$.generation",
	"record.$": "$.record",
	hold: { ...same("listens"), ...oneMoreRound },
};
const counted = { "events.$": "$.step.events" };

/**
 * What was told, how long ago, and how patient Hold was goes along in `$.step`: the first step that succeeds replaces it, so
 * that only a fault which comes back at once is the same one.
 */
function tryAgain(scope: Construct, assess: IChainable): IChainable {
	const held = {
		"fault.$": "$.fault.Error",
		"patience.$": "$.hold.patience",
		"toldAgo.$": "States.MathAdd($.hold.toldAgo, $.hold.seconds)",
	};
	return new Pass(scope, "Try again", { parameters: { ...kept, step: { ...counted, held } } }).next(assess);
}

function lookAgain(scope: Construct, assess: IChainable): IChainable {
	return new Pass(scope, "Look again", { parameters: { ...kept, step: counted } }).next(assess);
}
