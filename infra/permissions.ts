import { ArnFormat, type Stack } from "aws-cdk-lib";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { FunctionName } from "./function-names.ts";

export type Permitted = {
	readonly stack: Stack;
	readonly roles: Readonly<Record<FunctionName, Role>>;
	readonly table: ITable;
	readonly machine: StateMachine;
	readonly quarantine: IQueue;
};

/** Of all the tags of an instance, the one that Release may set, and take away when it is no longer true. */
const SAFE_TO_TERMINATE = "evacuator.io/safe-to-terminate";

/** These know no resource level: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html */
const describe = new PolicyStatement({
	actions: ["autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeLifecycleHooks", "ec2:DescribeInstances"],
	resources: ["*"],
});

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
export function permit({ stack, roles, table, machine, quarantine }: Permitted): void {
	const records = (...actions: string[]) =>
		new PolicyStatement({ actions: actions.map((action) => `dynamodb:${action}`), resources: [table.tableArn] });
	const instances = stack.formatArn({ service: "ec2", resource: "instance", resourceName: "*" });
	const tagSafe = new PolicyStatement({
		actions: ["ec2:CreateTags", "ec2:DeleteTags"],
		resources: [instances],
		conditions: {
			"ForAllValues:StringEquals": { "aws:TagKeys": [SAFE_TO_TERMINATE] },
			Null: { "aws:TagKeys": "false" },
		},
	});
	const onGroups = (action: string) => new PolicyStatement({ actions: [`autoscaling:${action}`], resources: [groupsArn(stack)] });
	const executions = stack.formatArn({
		service: "states",
		resource: "execution",
		resourceName: `${machine.stateMachineName}:*`,
		arnFormat: ArnFormat.COLON_RESOURCE_NAME,
	});

	const rows: Readonly<Record<FunctionName, readonly PolicyStatement[]>> = {
		intake: [
			records("GetItem", "PutItem", "Query", "UpdateItem"),
			new PolicyStatement({ actions: ["states:StartExecution"], resources: [machine.stateMachineArn] }),
			new PolicyStatement({ actions: ["states:DescribeExecution"], resources: [executions] }),
			new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [quarantine.queueArn] }),
			describe,
		],
		assess: [records("GetItem", "UpdateItem"), describe],
		cordon: [records("GetItem", "UpdateItem")],
		evict: [records("GetItem", "UpdateItem")],
		watch: [records("GetItem", "UpdateItem"), describe, onGroups("RecordLifecycleActionHeartbeat")],
		release: [records("GetItem", "UpdateItem"), describe, onGroups("CompleteLifecycleAction"), tagSafe],
	};
	for (const [name, statements] of Object.entries(rows)) {
		for (const statement of statements) roles[name as FunctionName].addToPolicy(statement);
	}
}
