import { Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";

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
