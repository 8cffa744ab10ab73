import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Choice, Condition, type IChainable, JsonPath, type RetryProps, Timeout } from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";
import type { Next } from "../../src/domain/step-result.ts";
import type { StepName } from "../function-names.ts";
import { functionSeconds, repeatAfterSeconds } from "../time-outs.ts";
import type { Parts } from "./parts.ts";
import { stepNotice, tell } from "./tell.ts";

const REFUSED_AT_ONCE = "Lambda.TooManyRequestsException";

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html, and the transient ones of our own. */
const passing = [
	REFUSED_AT_ONCE,
	"Lambda.ClientExecutionTimeoutException",
	"Lambda.ServiceException",
	"Lambda.AWSLambdaException",
	"Lambda.SdkClientException",
	"ClusterUnreachable",
	"AwsUnavailable",
	"RecordConflict",
];

const once = (errors: string[]): RetryProps => ({ errors, interval: Duration.seconds(repeatAfterSeconds), maxAttempts: 1 });

/**
 * Calls the function of a step with the whole state and keeps its answer at `$.step`.
 *
 * Watch is repeated only when Lambda refused to run it at all: whatever else it dies of has taken time in which nobody
 * heard a heartbeat, so that Hold has to send the next one.
 */
export function callStep(scope: Construct, name: string, step: StepName, { steps }: Pick<Parts, "steps">): LambdaInvoke {
	const call = new LambdaInvoke(scope, name, {
		// A Version is one; CDK's types only do not say so where optional properties are exact.
		lambdaFunction: steps[step] as IFunction,
		payloadResponseOnly: true,
		retryOnServiceExceptions: false,
		resultPath: "$.step",
		taskTimeout:
			step === "watch" ? Timeout.at("$.step.watchTimeoutSeconds") : Timeout.duration(Duration.seconds(functionSeconds[step])),
	});
	call.addRetry(once(step === "watch" ? [REFUSED_AT_ONCE] : passing));
	return call;
}

/** Where the answer of a step leads, by its `next`. */
type Ways = Readonly<Partial<Record<Next, IChainable>>> & { readonly hold: IChainable };

/**
 * Goes where the step's answer leads, after its notice, if it gave one. An answer that is no way leads to `lost`.
 *
 * A notice that cannot be published holds nothing up; but nobody is there to repeat the last one, so that Hold sees to it.
 */
export function follow(call: LambdaInvoke, name: string, parts: Pick<Parts, "notices">, ways: Ways, lost: IChainable): void {
	const scope = call.node.scope as Construct;
	const branch = (id: string) => {
		const choice = new Choice(scope, id);
		return {
			choice,
			close: () => {
				for (const [next, way] of Object.entries(ways)) choice.when(Condition.stringEquals("$.step.next", next), way);
				choice.otherwise(lost);
			},
		};
	};
	const told = branch(`Told, after ${name}`);
	told.close();
	const publish = tell(scope, `Tell after ${name}`, parts, stepNotice);
	const untold = new Choice(scope, `Not told, after ${name}`)
		.when(Condition.stringEquals("$.step.next", "done"), ways.hold)
		.otherwise(told.choice);
	publish.addCatch(untold, { errors: ["States.ALL"], resultPath: JsonPath.DISCARD });
	publish.next(told.choice);
	const first = branch(`After ${name}`);
	first.choice.when(Condition.isPresent("$.step.tell"), publish);
	first.close();
	call.next(first.choice);
}
