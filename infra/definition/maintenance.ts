import { Choice, Condition, Fail, type IChainable, Pass, Succeed, Wait, WaitTime } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { LISTENING_ROUNDS } from "../../src/domain/history-budget.ts";
import { beat, unreadRecord } from "./beat.ts";
import { hold } from "./hold.ts";
import type { Parts } from "./parts.ts";
import { giveBackSlot } from "./slots.ts";
import { callStep, follow } from "./steps.ts";

/**
 * One maintenance, from `{ instanceId, generation }` to Done. The state holds the last step's answer at `$.step`, the
 * hooks as last read at `$.record`, and, on the way to Hold, the fault at `$.fault`.
 *
 * No way between two heartbeats is longer than half the time-out of a hook of 300 s: whoever adds a state runs the test
 * that walks this definition.
 */
export function maintenance(scope: Construct, parts: Parts): IChainable {
	const ends = endsOf(scope);
	const steps = {
		assess: callStep(scope, "Assess", "assess", parts),
		cordon: callStep(scope, "Cordon", "cordon", parts),
		admit: callStep(scope, "Admit", "admit", parts),
		evict: callStep(scope, "Evict", "evict", parts),
		watch: callStep(scope, "Watch", "watch", parts),
		release: callStep(scope, "Release", "release", parts),
		restore: callStep(scope, "Restore", "restore", parts),
	};
	const held = giveBackSlot(scope, "before Hold", parts, hold(scope, parts, { ...ends, assess: steps.assess }));
	for (const step of Object.values(steps)) step.addCatch(held, { errors: ["States.ALL"], resultPath: "$.fault" });

	const afterBeat = (name: string, then: IChainable) => beat(scope, `before ${name}`, parts, ends.recordMissing, then);
	const assess = afterBeat("Assess", steps.assess);
	const evict = afterBeat("Evict", steps.evict);
	const watch = afterBeat("Watch", steps.watch);
	const release = afterBeat("Release", steps.release);
	const wait = new Wait(scope, "Wait", { time: WaitTime.secondsPath("$.step.waitSeconds") });
	wait.next(assess);
	const waitAfterBeat = afterBeat("Wait", wait);
	const admit = afterBeat("Admit", steps.admit);
	const waitForSlot = new Wait(scope, "Wait for a slot", { time: WaitTime.secondsPath("$.step.waitSeconds") });
	waitForSlot.next(steps.admit);
	const restore = afterBeat("Restore", steps.restore);

	// Whatever a step finds, it may say; only Assess sees enough to cordon.
	const ways = {
		assess,
		admit,
		evict,
		watch,
		release,
		wait: waitAfterBeat,
		hold: held,
		restore,
		"hand over": ends.handOver,
		done: withoutSlot(scope, parts, ends.done),
	};
	const lost = notUnderstood(scope, held);
	follow(steps.assess, "Assess", parts, { ...ways, cordon: steps.cordon, wait }, lost);
	follow(steps.cordon, "Cordon", parts, ways, lost);
	// The first thing that Admit does is a heartbeat.
	follow(steps.admit, "Admit", parts, { ...ways, admit: waitForSlot, evict: steps.evict }, lost);
	follow(steps.evict, "Evict", parts, ways, lost);
	// The last thing that Watch does is a heartbeat.
	follow(steps.watch, "Watch", parts, { ...ways, watch: steps.watch, release: steps.release, wait }, lost);
	follow(steps.release, "Release", parts, ways, lost);
	follow(steps.restore, "Restore", parts, ways, lost);
	return begin(scope, assess);
}

/** Another generation that goes on has the slot of this one. */
function withoutSlot(scope: Construct, parts: Parts, done: Succeed): IChainable {
	return new Choice(scope, "Is its slot passed on?")
		.when(Condition.isPresent("$.step.slot"), done)
		.otherwise(giveBackSlot(scope, "in the end", parts, done));
}

/** Only the two names of the maintenance are taken from the input. */
function begin(scope: Construct, assess: IChainable): IChainable {
	const parameters = {
		"instanceId.$": "$.instanceId",
		"generation.$": "$.generation",
		step: { events: 0 },
		record: unreadRecord,
		hold: { listens: LISTENING_ROUNDS, rounds: 0 },
	};
	return new Pass(scope, "Begin", { parameters }).next(assess);
}

function endsOf(scope: Construct) {
	return {
		done: new Succeed(scope, "Done"),
		handOver: new Fail(scope, "Hand over", {
			error: "HandOver",
			cause: "The history is nearly full. Intake hears of this end and opens the next generation.",
		}),
		recordMissing: new Fail(scope, "Record missing", {
			error: "RecordMissing",
			cause: "The table has no record of this maintenance. Executions are started by intake, never by hand.",
		}),
	};
}

function notUnderstood(scope: Construct, held: IChainable): IChainable {
	return new Pass(scope, "Answer not understood", {
		parameters: {
			Error: "AnswerNotUnderstood",
			Cause: "The step answered with a way on that this definition does not have.",
		},
		resultPath: "$.fault",
	}).next(held);
}
