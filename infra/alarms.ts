import { Duration, Stack } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { FilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import type { InboundQueue } from "./queues.ts";
import { sweepSeconds } from "./time-outs.ts";

export type Watched = {
	readonly events: InboundQueue;
	readonly orders: InboundQueue;
	readonly quarantine: Queue;
	readonly machine: StateMachine;
	readonly notices: Topic;
	readonly functions: { readonly sweep: { readonly lambda: LambdaFunction; readonly log: ILogGroup } };
};

const period = Duration.minutes(1);
const depth = (queue: Queue) => queue.metricApproximateNumberOfMessagesVisible({ period, statistic: "Maximum" });
const age = (queue: Queue) => queue.metricApproximateAgeOfOldestMessage({ period, statistic: "Maximum" });

/** One alarm for each thing that no drain can tell of itself. The runbook has a heading of the same name for each. */
export function alarms(scope: Construct, { events, orders, quarantine, machine, notices, functions }: Watched): readonly Alarm[] {
	const stack = Stack.of(scope);
	notices.grantPublish(
		new ServicePrincipal("cloudwatch.amazonaws.com", { conditions: { StringEquals: { "aws:SourceAccount": stack.account } } }),
	);
	const action = new SnsAction(notices);
	const alarm = (id: string, says: string, metric: IMetric, threshold: number, times = 1) => {
		const made = new Alarm(scope, id, {
			alarmName: `${stack.stackName}-${id}`,
			alarmDescription: says,
			metric,
			threshold,
			comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
			evaluationPeriods: times,
			treatMissingData: TreatMissingData.NOT_BREACHING,
		});
		made.addAlarmAction(action);
		return made;
	};
	// Its drain is over: nobody else tells whoever waits for the mark.
	const revoked = new MetricFilter(scope, "MarksRevoked", {
		logGroup: functions.sweep.log,
		filterPattern: FilterPattern.stringValue("$.event", "=", "mark revoked"),
		metricNamespace: stack.stackName,
		metricName: "MarksRevoked",
	});
	return [
		alarm("EventsDeadLetters", "An event could not be taken in after five tries.", depth(events.deadLetters), 0),
		alarm("OrdersDeadLetters", "An order could not be taken in after five tries.", depth(orders.deadLetters), 0),
		alarm("Quarantine", "A message was not understood and waits for a human.", depth(quarantine), 0),
		alarm("EventsWait", "An event has waited for intake for over a minute.", age(events.queue), 60),
		alarm("OrdersWait", "An order has waited for intake for over a minute.", age(orders.queue), 60),
		alarm(
			"ExecutionFailed",
			"An execution ended before its drain did. Intake opens the next generation; after HandOver that is as it should be.",
			machine.metricFailed({ period, statistic: "Sum" }),
			0,
		),
		alarm(
			"SweepFails",
			"Three sweeps in a row could not look after everything that no event has told of.",
			functions.sweep.lambda.metricErrors({ period: Duration.seconds(sweepSeconds), statistic: "Sum" }),
			0,
			3,
		),
		alarm(
			"MarkRevoked",
			"A drained node is in use again, and its instance is not marked safe any more.",
			revoked.metric({ period: Duration.seconds(sweepSeconds), statistic: "Sum" }),
			0,
		),
	];
}
