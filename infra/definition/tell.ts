import { Duration } from "aws-cdk-lib";
import { JsonPath, TaskInput, Timeout } from "aws-cdk-lib/aws-stepfunctions";
import { SnsPublish } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";
import { integrationSeconds, repeatAfterSeconds } from "../time-outs.ts";
import type { Parts } from "./parts.ts";

type Notice = { readonly subject: string; readonly message: string };

/** The notice that a step gives at `$.step.tell`. */
export const stepNotice: Notice = {
	subject: "$.step.tell.subject",
	message: "States.Format('{} (maintenance {}-{})', $.step.tell.message, $.instanceId, $.generation)",
};

/** The notice of a step that failed, from `$.fault`. */
export const faultNotice: Notice = {
	subject: "States.Format('Evacuator holds {} after a fault', $.instanceId)",
	message:
		"States.Format('{} (maintenance {}-{}): heartbeats go on, and the failed drain is tried again. {}', $.fault.Error, $.instanceId, $.generation, $.fault.Cause)",
};

/** Publishes a notice. Whoever adds the way on adds it for a failure too: a drain never waits for its notices. */
export function tell(
	scope: Construct,
	name: string,
	{ notices }: Pick<Parts, "notices">,
	{ subject, message }: Notice,
): SnsPublish {
	const publish = new SnsPublish(scope, name, {
		topic: notices,
		subject: JsonPath.stringAt(subject),
		message: TaskInput.fromJsonPathAt(message),
		taskTimeout: Timeout.duration(Duration.seconds(integrationSeconds)),
		resultPath: JsonPath.DISCARD,
	});
	publish.addRetry({ errors: ["States.ALL"], interval: Duration.seconds(repeatAfterSeconds), maxAttempts: 1 });
	return publish;
}
