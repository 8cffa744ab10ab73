import { describe, expect, it } from "@jest/globals";
import { functionNames, stepNames } from "../../infra/function-names.ts";
import { readEnvironment } from "../../lambdas/environment.ts";
import { cluster, readable, stackUnderTest } from "./stack-under-test.ts";

const stack = stackUnderTest();
const { evacuator, propertiesOf, idOf, ofType, Resources, Outputs } = stack;

describe("a queue that intake reads", () => {
	it.each(["events", "orders"] as const)(
		"of %s keeps messages for days, shows them again as soon as intake has ended, and gives up after half an hour of tries",
		(name) => {
			const { queue, deadLetters } = evacuator[name];

			expect(propertiesOf(queue)).toEqual({
				MessageRetentionPeriod: 4 * 86_400,
				VisibilityTimeout: 60,
				SqsManagedSseEnabled: true,
				RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": [idOf(deadLetters), "Arn"] }, maxReceiveCount: 30 },
			});
			expect(propertiesOf(deadLetters)).toEqual({ MessageRetentionPeriod: 14 * 86_400, SqsManagedSseEnabled: true });
		},
	);

	it("hands its messages over one at a time, and takes back those that failed", () => {
		const mappings = ofType("AWS::Lambda::EventSourceMapping").map(({ Properties }) => Properties);

		expect(mappings).toEqual(
			[evacuator.events, evacuator.orders].map(({ queue }) => ({
				BatchSize: 1,
				EventSourceArn: { "Fn::GetAtt": [idOf(queue), "Arn"] },
				FunctionName: { Ref: idOf(evacuator.functions.intake.lambda) },
				FunctionResponseTypes: ["ReportBatchItemFailures"],
				ScalingConfig: { MaximumConcurrency: 5 },
			})),
		);
	});

	it("is closed to plain HTTP, and to EventBridge but for our two rules", () => {
		const documents = ofType("AWS::SQS::QueuePolicy").map(
			({ Properties }) => Properties.PolicyDocument as { Statement: Statement[] },
		);
		const statements = documents.flatMap(({ Statement }) => Statement);
		const denied = statements.filter(({ Effect }) => Effect === "Deny");
		const sending = statements.filter(({ Effect }) => Effect === "Allow");

		expect(denied.map(({ Condition }) => Condition)).toEqual(Array(5).fill({ Bool: { "aws:SecureTransport": "false" } }));
		expect(
			sending.map(({ Action, Principal, Resource, Condition }) => [
				(Action as string[]).filter((action) => action === "sqs:SendMessage"),
				Principal,
				readable(Resource),
				readable((Condition as Sourced).ArnEquals["aws:SourceArn"]),
			]),
		).toEqual([
			[["sqs:SendMessage"], { Service: "events.amazonaws.com" }, "<Events>", "<Terminations>"],
			[["sqs:SendMessage"], { Service: "events.amazonaws.com" }, "<Events>", "<ExecutionEnds>"],
		]);
	});
});

type Statement = { readonly [key: string]: unknown };
type Sourced = { readonly ArnEquals: Record<string, unknown> };

describe("the rules", () => {
	const rules = ofType("AWS::Events::Rule").map(({ Properties }) => Properties);
	const patterns = rules.flatMap(({ EventPattern }) => EventPattern ?? []);

	it("let in the terminations that wait for our hooks, and the ends of our executions that were no Done", () => {
		expect(patterns).toEqual([
			{
				source: ["aws.autoscaling"],
				"detail-type": ["EC2 Instance-terminate Lifecycle Action"],
				detail: {
					LifecycleHookName: ["evacuator", "evacuator-spot"],
					LifecycleTransition: ["autoscaling:EC2_INSTANCE_TERMINATING"],
				},
			},
			{
				source: ["aws.states"],
				"detail-type": ["Step Functions Execution Status Change"],
				detail: { stateMachineArn: [{ Ref: idOf(evacuator.machine) }], status: ["FAILED", "TIMED_OUT", "ABORTED"] },
			},
		]);
	});
});

it("a schedule calls Sweep every five minutes, and a sweep that fails waits for the next", () => {
	const scheduled = ofType("AWS::Events::Rule").flatMap(({ Properties }) => (Properties.ScheduleExpression ? [Properties] : []));
	const targets = scheduled.flatMap(({ Targets }) => Targets as readonly { readonly Arn: Record<string, unknown> }[]);

	expect(scheduled.map(({ ScheduleExpression }) => ScheduleExpression)).toEqual(["rate(5 minutes)"]);
	expect(targets.map(({ Arn }) => Arn)).toEqual([{ "Fn::GetAtt": [idOf(evacuator.functions.sweep.lambda), "Arn"] }]);
	expect(ofType("AWS::Lambda::EventInvokeConfig").map(({ Properties }) => Properties.MaximumRetryAttempts)).toEqual([0]);
});

describe("the functions", () => {
	it.each(functionNames)("%s runs Node 24 on arm64 and can read its environment", (name) => {
		const { Runtime, Architectures, Handler, Environment } = propertiesOf(evacuator.functions[name].lambda);
		const { Variables } = Environment as { readonly Variables: Readonly<Record<string, unknown>> };
		const deployed = Object.fromEntries(
			Object.entries(Variables).map(([key, value]) => [key, key.endsWith("_URL") ? "https://queue.example" : readable(value)]),
		);
		const intakeOnly = {
			EVACUATOR_STATE_MACHINE_ARN: "<Machine>",
			EVACUATOR_QUARANTINE_URL: "https://queue.example",
			EVACUATOR_ORDERS_QUEUE_ARN: "<Orders>",
		};

		expect([Runtime, Architectures, Handler]).toEqual(["nodejs24.x", ["arm64"], "index.handler"]);
		expect(readEnvironment({ ...deployed, AWS_REGION: "eu-central-1" })).toEqual({
			AWS_REGION: "eu-central-1",
			EVACUATOR_TABLE: "<Records>",
			EVACUATOR_CLUSTERS: [cluster],
			EVACUATOR_HOOKS: ["evacuator", "evacuator-spot"],
			EVACUATOR_POLICY: { mayEnd: [] },
			...(name === "intake" && intakeOnly),
			...(name === "sweep" && { EVACUATOR_STATE_MACHINE_ARN: "<Machine>" }),
		});
	});

	it("keep their versions, for a drain in flight calls the one it began with", () => {
		const versions = ofType("AWS::Lambda::Version").map(({ DeletionPolicy }) => DeletionPolicy);
		const { DefinitionString } = propertiesOf(evacuator.machine);
		const called = JSON.stringify(DefinitionString).match(/\{"Ref":"[^"]*Function[^"]*"\}/g) ?? [];
		const types = called.map((ref) => Resources[(JSON.parse(ref) as { Ref: string }).Ref]?.Type);

		expect(versions).toEqual(Array(functionNames.length).fill("Retain"));
		expect(types).toEqual(stepNames.map(() => "AWS::Lambda::Version"));
	});

	it("run in the VPC that is given", () => {
		const inVpc = stackUnderTest({}, { inVpc: true });
		const configured = functionNames.map((name) => inVpc.propertiesOf(inVpc.evacuator.functions[name].lambda).VpcConfig);

		expect(configured).toEqual(configured.map(() => expect.objectContaining({ SubnetIds: ["subnet-1"] })));
	});
});

it("the records outlive the stack and can be restored to any second", () => {
	expect(Resources[idOf(evacuator.table)]?.DeletionPolicy).toBe("Retain");
	expect(propertiesOf(evacuator.table)).toEqual({
		AttributeDefinitions: [
			{ AttributeName: "instanceId", AttributeType: "S" },
			{ AttributeName: "generation", AttributeType: "N" },
			{ AttributeName: "open", AttributeType: "S" },
		],
		KeySchema: [
			{ AttributeName: "instanceId", KeyType: "HASH" },
			{ AttributeName: "generation", KeyType: "RANGE" },
		],
		GlobalSecondaryIndexes: [
			{
				IndexName: "open",
				KeySchema: [{ AttributeName: "open", KeyType: "HASH" }],
				Projection: { ProjectionType: "KEYS_ONLY" },
			},
		],
		BillingMode: "PAY_PER_REQUEST",
		TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
		PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
	});
});

it("a group gets a hook that waits an hour for each heartbeat and never lets go by itself", () => {
	expect(ofType("AWS::AutoScaling::LifecycleHook").map(({ Properties }) => Properties)).toEqual([
		{
			AutoScalingGroupName: "machines",
			LifecycleHookName: "evacuator",
			LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
			DefaultResult: "ABANDON",
			HeartbeatTimeout: 3_600,
		},
	]);
});

describe("an alarm tells of everything that no drain can tell of itself", () => {
	const alarms = ofType("AWS::CloudWatch::Alarm").map(({ Properties }) => Properties);
	const comparisons: Readonly<Record<string, string>> = { GreaterThanThreshold: ">", LessThanThreshold: "<" };
	const condition = ({ ComparisonOperator, Threshold, EvaluationPeriods, TreatMissingData }: (typeof alarms)[number]) =>
		`${comparisons[String(ComparisonOperator)]} ${Threshold}, ${EvaluationPeriods} in a row, missing data ${TreatMissingData}`;

	it("of one metric", () => {
		const plain = alarms.filter(({ MetricName }) => MetricName);

		expect(
			plain.map(
				(alarm) => `${alarm.AlarmName}: ${alarm.Statistic} of ${alarm.MetricName} in ${alarm.Period} s ${condition(alarm)}`,
			),
		).toEqual([
			"Drains-EventsDeadLetters: Maximum of ApproximateNumberOfMessagesVisible in 60 s > 0, 1 in a row, missing data notBreaching",
			"Drains-OrdersDeadLetters: Maximum of ApproximateNumberOfMessagesVisible in 60 s > 0, 1 in a row, missing data notBreaching",
			"Drains-Quarantine: Maximum of ApproximateNumberOfMessagesVisible in 60 s > 0, 1 in a row, missing data notBreaching",
			"Drains-EventsWait: Maximum of ApproximateAgeOfOldestMessage in 60 s > 60, 1 in a row, missing data notBreaching",
			"Drains-OrdersWait: Maximum of ApproximateAgeOfOldestMessage in 60 s > 60, 1 in a row, missing data notBreaching",
			"Drains-MarkRevoked: Sum of MarksRevoked in 300 s > 0, 1 in a row, missing data notBreaching",
		]);
	});

	it("or of several, where one does not say it all", () => {
		const combined = alarms.filter(({ Metrics }) => Metrics);
		const ofMachine = [{ Name: "StateMachineArn", Value: { Ref: idOf(evacuator.machine) } }];
		const ofSweep = [{ Name: "FunctionName", Value: { Ref: idOf(evacuator.functions.sweep.lambda) } }];
		const result = (Label: string, Expression: string) => ({ Id: "expr_1", Label, Expression, ReturnData: true });
		const sumOf = (Id: string, Namespace: string, MetricName: string, Dimensions: unknown, Period: number) => ({
			Id,
			MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: "Sum" },
			ReturnData: false,
		});

		expect(combined.map((alarm) => ({ says: `${alarm.AlarmName} ${condition(alarm)}`, Metrics: alarm.Metrics }))).toEqual([
			{
				says: "Drains-ExecutionFailed > 0, 1 in a row, missing data notBreaching",
				Metrics: [
					result("Executions that ended early", "FILL(failed, 0) + FILL(aborted, 0) + FILL(timedOut, 0)"),
					sumOf("failed", "AWS/States", "ExecutionsFailed", ofMachine, 60),
					sumOf("aborted", "AWS/States", "ExecutionsAborted", ofMachine, 60),
					sumOf("timedOut", "AWS/States", "ExecutionsTimedOut", ofMachine, 60),
				],
			},
			{
				says: "Drains-SweepFails < 1, 3 in a row, missing data breaching",
				Metrics: [
					result("Sweeps that succeeded", "invocations - FILL(errors, 0)"),
					sumOf("invocations", "AWS/Lambda", "Invocations", ofSweep, 300),
					sumOf("errors", "AWS/Lambda", "Errors", ofSweep, 300),
				],
			},
		]);
	});

	it("to whoever hears the notices, and says where to read on", () => {
		expect(alarms.map(({ AlarmActions }) => AlarmActions)).toEqual(alarms.map(() => [{ Ref: idOf(evacuator.notices) }]));
		expect(alarms.map(({ AlarmDescription }) => AlarmDescription)).toEqual([
			"An event could not be taken in, in 30 tries over 30 minutes. Read on: docs/runbook.md#eventsdeadletters-ordersdeadletters",
			"An order could not be taken in, in 30 tries over 30 minutes. Read on: docs/runbook.md#eventsdeadletters-ordersdeadletters",
			"A message that nobody acts on waits for a human. Read on: docs/runbook.md#quarantine",
			"An event has waited for intake for over a minute. Read on: docs/runbook.md#eventswait-orderswait",
			"An order has waited for intake for over a minute. Read on: docs/runbook.md#eventswait-orderswait",
			"An execution ended before its drain did. Intake opens the next generation; after HandOver that is as it should be. Read on: docs/runbook.md#executionfailed",
			"For 15 minutes no sweep has run and looked after everything that no event has told of. Read on: docs/runbook.md#sweepfails",
			"A drained node is in use again, and its instance is not marked safe any more. Read on: docs/runbook.md#markrevoked",
		]);
	});
});

it("the stack says under plain keys what the commands of the runbook need", () => {
	const values = Object.entries(Outputs).map(([key, { Value }]) => [key, Value]);

	expect(Object.fromEntries(values)).toEqual({
		OrdersQueueUrl: { Ref: idOf(evacuator.orders.queue) },
		EventsQueueUrl: { Ref: idOf(evacuator.events.queue) },
		OrdersDeadLettersUrl: { Ref: idOf(evacuator.orders.deadLetters) },
		OrdersDeadLettersArn: { "Fn::GetAtt": [idOf(evacuator.orders.deadLetters), "Arn"] },
		EventsDeadLettersUrl: { Ref: idOf(evacuator.events.deadLetters) },
		EventsDeadLettersArn: { "Fn::GetAtt": [idOf(evacuator.events.deadLetters), "Arn"] },
		QuarantineUrl: { Ref: idOf(evacuator.quarantine) },
		NoticesTopicArn: { Ref: idOf(evacuator.notices) },
		RecordsTable: { Ref: idOf(evacuator.table) },
		StateMachineArn: { Ref: idOf(evacuator.machine) },
		IntakeLog: { Ref: idOf(evacuator.functions.intake.log) },
		SweepLog: { Ref: idOf(evacuator.functions.sweep.log) },
	});
	expect(Object.values(Outputs).filter(({ Description }) => !Description)).toEqual([]);
});

describe("what cannot be built is refused with its reason", () => {
	it.each([
		[{ clusters: [] }, "cannot build Evacuator without a cluster"],
		[{ hookNames: [] }, "cannot build Evacuator without a lifecycle hook"],
		[
			{ clusters: [{ ...cluster, region: "us-east-1" }] },
			"cannot give access to cluster production in us-east-1: this stack is in eu-central-1",
		],
		[
			{ clusters: [1, 2, 3].map((n) => ({ ...cluster, name: `c${n}`, certificateAuthority: "x".repeat(1_476) })) },
			/clusters, hooks and policy take \d+ bytes of their environment/,
		],
	])("%#", (props, reason) => {
		expect(() => stackUnderTest(props)).toThrow(reason);
	});
});
