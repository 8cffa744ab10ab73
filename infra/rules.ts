import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget, SqsQueue } from "aws-cdk-lib/aws-events-targets";
import type { IFunction, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { sweepSeconds } from "./time-outs.ts";

/** Sends the terminations that wait for one of our hooks to the queue; another one's hooks never reach it. */
export function terminationRule(scope: Construct, hookNames: readonly string[], events: Queue): Rule {
	return new Rule(scope, "Terminations", {
		description: "Evacuator: instances that wait for its lifecycle hooks",
		eventPattern: {
			source: ["aws.autoscaling"],
			detailType: ["EC2 Instance-terminate Lifecycle Action"],
			detail: { LifecycleHookName: [...hookNames], LifecycleTransition: ["autoscaling:EC2_INSTANCE_TERMINATING"] },
		},
		targets: [new SqsQueue(events)],
	});
}

/** Calls Sweep. One that fails is not repeated: the next one is near. */
export function sweepRule(scope: Construct, sweep: LambdaFunction): Rule {
	sweep.configureAsyncInvoke({ retryAttempts: 0 });
	return new Rule(scope, "Sweeps", {
		description: "Evacuator: what no event has told of",
		schedule: Schedule.rate(Duration.seconds(sweepSeconds)),
		targets: [new LambdaTarget(sweep as IFunction)],
	});
}

/** Sends the end of an execution that did not come to Done to the queue, so that intake opens the next generation. */
export function executionEndRule(scope: Construct, machine: StateMachine, events: Queue): Rule {
	return new Rule(scope, "ExecutionEnds", {
		description: "Evacuator: executions that ended before their drain did",
		eventPattern: {
			source: ["aws.states"],
			detailType: ["Step Functions Execution Status Change"],
			detail: { stateMachineArn: [machine.stateMachineArn], status: ["FAILED", "TIMED_OUT", "ABORTED"] },
		},
		targets: [new SqsQueue(events)],
	});
}
