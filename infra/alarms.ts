import { Duration, Stack } from "aws-cdk-lib";
import {
	Alarm,
	type AlarmProps,
	ComparisonOperator,
	type IMetric,
	MathExpression,
	TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { FilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import type { InboundQueue } from "./queues.ts";
import { delivery, sweepSeconds } from "./time-outs.ts";

type Watched = {
	readonly events: InboundQueue;
	readonly orders: InboundQueue;
	readonly quarantine: Queue;
	readonly machine: StateMachine;
	readonly notices: Topic;
	readonly functions: { readonly sweep: { readonly lambda: LambdaFunction; readonly log: ILogGroup } };
};

type Rule = {
	/** What is wrong, in a sentence or two. */
	readonly says: string;
	/** Of the runbook, as its address has it. */
	readonly heading: string;
	readonly metric: IMetric;
	/** Above it is too much, unless `unlike` says otherwise. */
	readonly threshold: number;
	readonly unlike?: Partial<AlarmProps>;
};

type Named = readonly [id: string, rule: Rule];

const period = Duration.minutes(1);
const sweepPeriod = Duration.seconds(sweepSeconds);
const sum = { period, statistic: "Sum" };
const maximum = { period, statistic: "Maximum" };
const minutes = (seconds: number): string => `${Math.round(seconds / 60)} minutes`;

/** So many periods without a sweep that succeeds. */
const SWEEPS = 3;
/** Seconds that a message may wait for intake. */
const WAITS = 60;

/** One alarm for each thing that no drain can tell of itself. The runbook has a heading of the same name for each. */
export function alarms(scope: Construct, watched: Watched): readonly Alarm[] {
	const { notices, functions } = watched;
	const stack = Stack.of(scope);
	notices.grantPublish(
		new ServicePrincipal("cloudwatch.amazonaws.com", { conditions: { StringEquals: { "aws:SourceAccount": stack.account } } }),
	);
	const action = new SnsAction(notices);
	const alarm = (id: string, { says, heading, metric, threshold, unlike }: Rule) => {
		const made = new Alarm(scope, id, {
			alarmName: `${stack.stackName}-${id}`,
			alarmDescription: `${says} Read on: docs/runbook.md#${heading}`,
			metric,
			threshold,
			comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
			evaluationPeriods: 1,
			treatMissingData: TreatMissingData.NOT_BREACHING,
			...unlike,
		});
		made.addAlarmAction(action);
		return made;
	};
	const marks = marksRevoked(scope, functions.sweep.log);
	return [...ofQueues(watched), ...ofTheSecondNet(watched, marks)].map(([id, rule]) => alarm(id, rule));
}

function ofTheSecondNet({ machine, functions }: Watched, marks: IMetric): readonly Named[] {
	const tooFew: Partial<AlarmProps> = {
		comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
		evaluationPeriods: SWEEPS,
		// One that is never called has no data.
		treatMissingData: TreatMissingData.BREACHING,
	};
	return [
		[
			"ExecutionFailed",
			{
				says: "An execution ended before its drain did. Intake opens the next generation; after HandOver that is as it should be.",
				heading: "executionfailed",
				metric: endedEarly(machine),
				threshold: 0,
			},
		],
		[
			"SweepFails",
			{
				says: `For ${minutes(SWEEPS * sweepSeconds)} no sweep has run and looked after everything that no event has told of.`,
				heading: "sweepfails",
				metric: succeeded(functions.sweep.lambda),
				threshold: 1,
				unlike: tooFew,
			},
		],
		[
			"MarkRevoked",
			{
				says: "A drained node is in use again, and its instance is not marked safe any more.",
				heading: "markrevoked",
				metric: marks,
				threshold: 0,
			},
		],
	];
}

function ofQueues({ events, orders, quarantine }: Watched): readonly Named[] {
	const { maxReceiveCount, visibilitySeconds } = delivery;
	const depth = (queue: Queue) => ({ metric: queue.metricApproximateNumberOfMessagesVisible(maximum), threshold: 0 });
	// No more than this: with its third receive, at 120 s, SQS moves a message that keeps failing to the back of the queue and
	// leaves it out of the metric, so that it shows here between 60 and 120 s only.
	// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
	const age = (queue: Queue) => ({ metric: queue.metricApproximateAgeOfOldestMessage(maximum), threshold: WAITS });
	const dead = (what: string) => ({
		says: `${what} could not be taken in, in ${maxReceiveCount} tries over ${minutes(maxReceiveCount * visibilitySeconds)}.`,
		heading: "eventsdeadletters-ordersdeadletters",
	});
	const late = (what: string) => ({
		says: `${what} has waited for intake for over a minute.`,
		heading: "eventswait-orderswait",
	});
	return [
		["EventsDeadLetters", { ...dead("An event"), ...depth(events.deadLetters) }],
		["OrdersDeadLetters", { ...dead("An order"), ...depth(orders.deadLetters) }],
		["Quarantine", { says: "A message that nobody acts on waits for a human.", heading: "quarantine", ...depth(quarantine) }],
		["EventsWait", { ...late("An event"), ...age(events.queue) }],
		["OrdersWait", { ...late("An order"), ...age(orders.queue) }],
	];
}

/** All the ends that come back to intake: see the rule that sends them. */
function endedEarly(machine: StateMachine): MathExpression {
	return new MathExpression({
		label: "Executions that ended early",
		expression: "FILL(failed, 0) + FILL(aborted, 0) + FILL(timedOut, 0)",
		usingMetrics: {
			failed: machine.metricFailed(sum),
			aborted: machine.metricAborted(sum),
			timedOut: machine.metricTimedOut(sum),
		},
		period,
	});
}

/** Lambda counts neither an invocation that it throttles nor one that nobody asks for. */
function succeeded(sweep: LambdaFunction): MathExpression {
	const sumOfPeriod = { period: sweepPeriod, statistic: "Sum" };
	return new MathExpression({
		label: "Sweeps that succeeded",
		expression: "invocations - FILL(errors, 0)",
		usingMetrics: { invocations: sweep.metricInvocations(sumOfPeriod), errors: sweep.metricErrors(sumOfPeriod) },
		period: sweepPeriod,
	});
}

/** Most often the drain of such a node is over: nobody else tells whoever waits for the mark. */
function marksRevoked(scope: Construct, log: ILogGroup): IMetric {
	const filter = new MetricFilter(scope, "MarksRevoked", {
		logGroup: log,
		filterPattern: FilterPattern.stringValue("$.event", "=", "mark revoked"),
		metricNamespace: Stack.of(scope).stackName,
		metricName: "MarksRevoked",
	});
	return filter.metric({ period: sweepPeriod, statistic: "Sum" });
}
