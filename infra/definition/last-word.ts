import { Choice, Condition, type IChainable, Pass, type Succeed, Wait, WaitTime } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { lastWordSeconds } from "../time-outs.ts";

/**
 * Where Hold finds that the maintenance ended without a release, its end has most likely not been told: the step that closed
 * the record died, or its notice could not be published. Assess gives the notice again. While that fails the way leads back
 * here, each time after a pause twice as long, until it is given up. No hook waits any more: nothing has to be kept alive.
 */
export function lastWord(scope: Construct, assess: IChainable, done: Succeed): IChainable {
	const pause = "$.lastWord.pause";
	const wait = new Wait(scope, "Wait for the last word", { time: WaitTime.secondsPath(pause) });
	wait.next(assess);
	const ask = (name: string, parameters: object) => new Pass(scope, name, { parameters, resultPath: "$.lastWord" }).next(wait);
	return new Choice(scope, "Was its end told?")
		.when(
			Condition.and(Condition.isPresent(pause), Condition.numberLessThan(pause, lastWordSeconds.longest)),
			ask("Ask for the last word again", { "pause.$": `States.MathAdd(${pause}, ${pause})` }),
		)
		.when(Condition.isPresent(pause), done)
		.otherwise(ask("Ask for the last word", { pause: lastWordSeconds.first }));
}
