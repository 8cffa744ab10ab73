import { Stack } from "aws-cdk-lib";
import { CfnLifecycleHook } from "aws-cdk-lib/aws-autoscaling";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Code } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { ClusterConfiguration } from "../lambdas/environment.ts";
import type { Policy } from "../src/domain/policy.ts";
import { accessEntries } from "./access-entries.ts";
import { alarms } from "./alarms.ts";
import { maintenance } from "./definition/maintenance.ts";
import { commonVariables, type Variables } from "./environment-variables.ts";
import { type FunctionName, functionNames, stepNames } from "./function-names.ts";
import { EvacuatorFunction } from "./functions.ts";
import { groupsArn, permit } from "./permissions.ts";
import { type InboundQueue, inboundQueue, keepingQueue } from "./queues.ts";
import { recordTable } from "./record-table.ts";
import { executionEndRule, sweepRule, terminationRule } from "./rules.ts";
import { delivery } from "./time-outs.ts";

export type EvacuatorProps = {
	/** The EKS clusters whose nodes may leave, all in the stack's region. */
	readonly clusters: readonly ClusterConfiguration[];
	/** Lifecycle hooks of these names are answered by this Evacuator and by nobody else. */
	readonly hookNames: readonly string[];
	readonly policy: Policy;
	/** The bundle of each function, with `handler` exported from its `index.mjs`. */
	readonly code: (name: FunctionName) => Code;
	/** Names of Auto Scaling groups that get a hook from this stack, under the first of the names. */
	readonly groups?: readonly string[];
	/** Where the functions run, when the clusters' endpoints are private. */
	readonly vpc?: IVpc;
};

/**
 * Hears on its queues that AWS will take an instance, drains the node on it, and says when it is safe.
 * The clusters also need the manifest of `clusterManifest()`.
 */
export class Evacuator extends Construct {
	readonly events: InboundQueue;
	readonly orders: InboundQueue;
	readonly quarantine: Queue;
	readonly notices: Topic;
	readonly table: Table;
	readonly functions: Readonly<Record<FunctionName, EvacuatorFunction>>;
	readonly machine: StateMachine;
	readonly #hookNames: readonly string[];

	constructor(scope: Construct, id: string, props: EvacuatorProps) {
		super(scope, id);
		refuseIncomplete(props);
		this.#hookNames = props.hookNames;
		this.events = inboundQueue(this, "Events");
		this.orders = inboundQueue(this, "Orders");
		this.quarantine = keepingQueue(this, "Quarantine");
		this.notices = new Topic(this, "Notices", { enforceSSL: true });
		this.table = recordTable(this);
		this.functions = this.#functions(props);
		this.machine = this.#machine();
		this.#connectIntake();

		const roles = eachFunction((name) => this.functions[name].role);
		permit({ stack: Stack.of(this), roles, table: this.table, machine: this.machine, quarantine: this.quarantine });
		accessEntries(this, props.clusters, roles);
		terminationRule(this, props.hookNames, this.events.queue);
		executionEndRule(this, this.machine, this.events.queue);
		sweepRule(this, this.functions.sweep.lambda);
		alarms(new Construct(this, "Alarms"), this);
		for (const group of props.groups ?? []) this.hookFor(group);
	}

	/**
	 * Makes the instances of a group wait for Evacuator before they end, 48 hours at most. ABANDON, when all that time
	 * passes, lets a group with an instance lifecycle policy retain them.
	 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
	 */
	hookFor(group: string): CfnLifecycleHook {
		const [lifecycleHookName] = this.#hookNames;
		return new CfnLifecycleHook(this, `Hook-${group}`, {
			autoScalingGroupName: group,
			...(lifecycleHookName && { lifecycleHookName }),
			lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
			defaultResult: "ABANDON",
			heartbeatTimeout: 3_600,
		});
	}

	#functions({ clusters, hookNames, policy, code, vpc }: EvacuatorProps): Readonly<Record<FunctionName, EvacuatorFunction>> {
		const variables = commonVariables(Stack.of(this), { table: this.table.tableName, clusters, hookNames, policy });
		const idOf = (name: FunctionName) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
		return eachFunction(
			(name) => new EvacuatorFunction(this, idOf(name), { name, code: code(name), variables, ...(vpc && { vpc }) }),
		);
	}

	#machine(): StateMachine {
		const groups = groupsArn(Stack.of(this));
		const steps = eachFunction((name) => this.functions[name].lambda.currentVersion);
		const role = new Role(this, "MachineRole", {
			assumedBy: new ServicePrincipal("states.amazonaws.com"),
			description: "Evacuator: what its executions may do",
		});
		// A drain in flight keeps the definition it began with and the versions that names, but uses the role as it is now.
		const versions = stepNames.map((name) => `${this.functions[name].lambda.functionArn}:*`);
		role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: versions }));
		const start = maintenance(new Construct(this, "Definition"), { steps, table: this.table, notices: this.notices, groups });
		return new StateMachine(this, "Machine", {
			stateMachineType: StateMachineType.STANDARD,
			definitionBody: DefinitionBody.fromChainable(start),
			role,
			comment: "Drains one node and its virtual machines before AWS takes the instance",
		});
	}

	#connectIntake(): void {
		const { lambda } = this.functions.intake;
		const startsExecutions = ["EVACUATOR_STATE_MACHINE_ARN", this.machine.stateMachineArn] as const;
		const own: Variables = {
			[startsExecutions[0]]: startsExecutions[1],
			EVACUATOR_QUARANTINE_URL: this.quarantine.queueUrl,
			EVACUATOR_ORDERS_QUEUE_ARN: this.orders.queue.queueArn,
		};
		for (const [name, value] of Object.entries(own)) lambda.addEnvironment(name, value);
		this.functions.sweep.lambda.addEnvironment(...startsExecutions);
		for (const { queue } of [this.events, this.orders]) {
			const { batchSize } = delivery;
			lambda.addEventSource(new SqsEventSource(queue, { batchSize, reportBatchItemFailures: true, maxConcurrency: 5 }));
		}
	}
}

function eachFunction<Value>(of: (name: FunctionName) => Value): Readonly<Record<FunctionName, Value>> {
	return Object.fromEntries(functionNames.map((name) => [name, of(name)])) as Record<FunctionName, Value>;
}

function refuseIncomplete({ clusters, hookNames }: EvacuatorProps): void {
	if (clusters.length === 0) throw new Error("cannot build Evacuator without a cluster: name at least one in `clusters`");
	if (hookNames.length === 0) {
		throw new Error("cannot build Evacuator without a lifecycle hook: name at least one in `hookNames`");
	}
}
