import { ArnFormat, type Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { FunctionName } from "./function-names.ts";
import { recordItemsOnly, slotItemsOnly } from "./items.ts";

type Permitted = {
	readonly stack: Stack;
	readonly roles: Readonly<Record<FunctionName, Role>>;
	readonly table: Table;
	readonly machine: StateMachine;
	readonly quarantine: IQueue;
};

/** Of all the tags of an instance, the one that Release may set, and take away when it is no longer true, as Restore and Sweep may. */
const SAFE_TO_TERMINATE = "evacuator.io/safe-to-terminate";

/** These know no resource level: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html */
const describe = new PolicyStatement({
	actions: ["autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeLifecycleHooks", "ec2:DescribeInstances"],
	resources: ["*"],
});

/** Sweep looks for instances that nobody has told of. */
const search = new PolicyStatement({ actions: ["autoscaling:DescribeAutoScalingGroups"], resources: ["*"] });

/** Every Auto Scaling group of this account and region: a group's ARN holds a unique id that no configuration knows. */
export function groupsArn(stack: Stack): string {
	return stack.formatArn({
		service: "autoscaling",
		resource: "autoScalingGroup",
		resourceName: "*:autoScalingGroupName/*",
		arnFormat: ArnFormat.COLON_RESOURCE_NAME,
	});
}

/**
 * The AWS side of the table of functions in the architecture. What they may do in the clusters is in `cluster-roles.ts`.
 * Reading the queues comes with their event sources, writing its own log with the function.
 */
export function permit(permitted: Permitted): void {
	for (const [name, statements] of Object.entries(rows(permitted))) {
		for (const statement of statements) permitted.roles[name as FunctionName].addToPolicy(statement);
	}
}

function rows({ stack, table, machine, quarantine }: Permitted): Readonly<Record<FunctionName, readonly PolicyStatement[]>> {
	const allow = (resource: string, ...actions: string[]) => new PolicyStatement({ actions, resources: [resource] });
	const items = (conditions: PolicyStatement["conditions"], ...actions: string[]) =>
		new PolicyStatement({ actions, resources: [table.tableArn], conditions });
	const record = items(recordItemsOnly, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem");
	const open = items(recordItemsOnly, "dynamodb:PutItem", "dynamodb:Query");
	const start = allow(machine.stateMachineArn, "states:StartExecution");
	const heartbeat = allow(groupsArn(stack), "autoscaling:RecordLifecycleActionHeartbeat");
	const executions = stack.formatArn({
		service: "states",
		resource: "execution",
		resourceName: `${machine.stateMachineName}:*`,
		arnFormat: ArnFormat.COLON_RESOURCE_NAME,
	});
	return {
		intake: [
			record,
			open,
			start,
			allow(executions, "states:DescribeExecution"),
			allow(quarantine.queueArn, "sqs:SendMessage"),
			describe,
		],
		assess: [record, describe],
		cordon: [record],
		admit: [record, items(slotItemsOnly, "dynamodb:GetItem", "dynamodb:UpdateItem"), heartbeat],
		evict: [record],
		watch: [record, describe, heartbeat],
		release: [
			record,
			describe,
			allow(groupsArn(stack), "autoscaling:CompleteLifecycleAction"),
			tagSafe(stack, "ec2:CreateTags", "ec2:DeleteTags"),
		],
		restore: [record, tagSafe(stack, "ec2:DeleteTags")],
		sweep: [
			record,
			open,
			// The index has a partition key of its own.
			allow(`${table.tableArn}/index/open`, "dynamodb:Query"),
			start,
			allow(executions, "states:DescribeExecution"),
			describe,
			search,
			heartbeat,
			tagSafe(stack, "ec2:DeleteTags"),
		],
	};
}

const tagSafe = (stack: Stack, ...actions: readonly string[]) =>
	new PolicyStatement({
		actions: [...actions],
		resources: [stack.formatArn({ service: "ec2", resource: "instance", resourceName: "*" })],
		conditions: {
			"ForAllValues:StringEquals": { "aws:TagKeys": [SAFE_TO_TERMINATE] },
			Null: { "aws:TagKeys": "false" },
		},
	});
