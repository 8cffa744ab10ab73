import { describe, expect, it } from "@jest/globals";
import { type FunctionName, functionNames } from "../../infra/function-names.ts";
import { SAFE_TO_TERMINATE_TAG } from "../../src/adapters/aws/instance-search.ts";
import { stackUnderTest } from "./stack-under-test.ts";

const stack = stackUnderTest();
const names = [...functionNames, "machine"] as const;
const all = new Map(names.map((name) => [name, stack.permissionsOf(name)]));
const may = (name: FunctionName | "machine", action: RegExp) => (all.get(name) ?? []).filter((line) => action.test(line));
/** Who may do it, of the functions and the executions. */
const whoMay = (action: RegExp) => names.filter((name) => may(name, action).length > 0);

const groups = "arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:*:autoScalingGroupName/*";
const itemsOf = (keys: string) => `if {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${keys}"]}}`;
const mayWith = (keys: string, ...actions: string[]) =>
	actions.map((action) => `dynamodb:${action} on <Records> ${itemsOf(keys)}`);
const record = mayWith("i-*", "BatchGetItem", "GetItem", "UpdateItem");
const slots = mayWith("cluster#*", "GetItem", "UpdateItem");
const heartbeat = `autoscaling:RecordLifecycleActionHeartbeat on ${groups}`;
const describing = [
	"autoscaling:DescribeAutoScalingInstances on *",
	"autoscaling:DescribeLifecycleHooks on *",
	"ec2:DescribeInstances on *",
];
const instances = "arn:aws:ec2:eu-central-1:111122223333:instance/*";
const condition = {
	"ForAllValues:StringEquals": { "aws:TagKeys": [SAFE_TO_TERMINATE_TAG] },
	Null: { "aws:TagKeys": "false" },
};
const logs = (id: string) => [`logs:CreateLogStream on <${id}Log>`, `logs:PutLogEvents on <${id}Log>`];

describe("in AWS", () => {
	it("assess reads, and writes its record", () => {
		expect(all.get("assess")).toEqual([...describing, ...record, ...logs("Assess")].sort());
	});

	it("cordon and evict do nothing but write their record", () => {
		expect(all.get("cordon")).toEqual([...record, ...logs("Cordon")].sort());
		expect(all.get("evict")).toEqual([...record, ...logs("Evict")].sort());
	});

	it("admit writes its record and the slots of clusters, and sends heartbeats", () => {
		expect(all.get("admit")).toEqual([...record, ...slots, heartbeat, ...logs("Admit")].sort());
	});

	it("watch sends heartbeats besides", () => {
		expect(all.get("watch")).toEqual([...describing, ...record, heartbeat, ...logs("Watch")].sort());
	});

	it("release completes, and sets and takes away the one tag", () => {
		const own = [
			`autoscaling:CompleteLifecycleAction on ${groups}`,
			`ec2:CreateTags on ${instances} if ${JSON.stringify(condition)}`,
			`ec2:DeleteTags on ${instances} if ${JSON.stringify(condition)}`,
		];
		expect(all.get("release")).toEqual([...describing, ...record, ...own, ...logs("Release")].sort());
	});

	it("restore takes the one tag away, and can neither set it nor answer a hook", () => {
		const condition = {
			"ForAllValues:StringEquals": { "aws:TagKeys": [SAFE_TO_TERMINATE_TAG] },
			Null: { "aws:TagKeys": "false" },
		};
		const instances = "arn:aws:ec2:eu-central-1:111122223333:instance/*";
		const own = `ec2:DeleteTags on ${instances} if ${JSON.stringify(condition)}`;
		expect(all.get("restore")).toEqual([...record, own, ...logs("Restore")].sort());
	});

	it("intake reads its queues, writes and starts", () => {
		const queue = (id: string) =>
			["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"].map(
				(action) => `sqs:${action} on <${id}>`,
			);
		const own = [
			...mayWith("i-*", "PutItem", "Query"),
			"sqs:SendMessage on <Quarantine>",
			"states:DescribeExecution on arn:aws:states:eu-central-1:111122223333:execution:<Machine>:*",
			"states:StartExecution on <Machine>",
		];
		expect(all.get("intake")).toEqual(
			[...describing, ...record, ...queue("Events"), ...queue("Orders"), ...own, ...logs("Intake")].sort(),
		);
	});

	it("sweep looks, writes records, starts, keeps alive what it finds, and takes the one tag away", () => {
		const own = [
			heartbeat,
			"autoscaling:DescribeAutoScalingGroups on *",
			...mayWith("i-*", "PutItem", "Query"),
			"dynamodb:Query on <Records>/index/open",
			`ec2:DeleteTags on ${instances} if ${JSON.stringify(condition)}`,
			"states:DescribeExecution on arn:aws:states:eu-central-1:111122223333:execution:<Machine>:*",
			"states:StartExecution on <Machine>",
		];
		expect(all.get("sweep")).toEqual([...describing, ...record, ...own, ...logs("Sweep")].sort());
	});

	it("an execution may call every version of its steps, so that a deployment never stops a drain in flight", () => {
		const steps = ["Assess", "Cordon", "Admit", "Evict", "Watch", "Release", "Restore"];
		const versions = steps.map((step) => `lambda:InvokeFunction on <${step}Function>:*`);
		const table = "arn:aws:dynamodb:eu-central-1:111122223333:table/<Records>";
		const current = steps.map((step) => `lambda:InvokeFunction on <${step}Function>`);
		const own = [
			heartbeat,
			`dynamodb:GetItem on ${table}`,
			`dynamodb:UpdateItem on ${table} ${itemsOf("cluster#*")}`,
			"sns:Publish on <Notices>",
		];
		expect(all.get("machine")).toEqual([...own, ...versions, ...current].sort());
	});
});

describe("in AWS only", () => {
	it.each([
		["release completes a lifecycle action", /CompleteLifecycleAction/, ["release"]],
		["admit, watch, sweep and the executions send heartbeats", /Heartbeat/, ["admit", "watch", "sweep", "machine"]],
		["admit takes a slot, and the executions give it back", /UpdateItem.*cluster#/, ["admit", "machine"]],
		["the functions write records", /UpdateItem.*"i-/, functionNames],
		["nobody writes whatever item it likes", /(Update|Put)Item on \S+$/, []],
		["release marks an instance", /CreateTags/, ["release"]],
		["release, restore and sweep revoke a mark", /DeleteTags/, ["release", "restore", "sweep"]],
		["intake and sweep start executions", /StartExecution/, ["intake", "sweep"]],
		["intake and sweep create records", /PutItem/, ["intake", "sweep"]],
		["intake reads or writes a queue", /sqs:/, ["intake"]],
		["the executions call functions", /lambda:/, ["machine"]],
		["the executions publish", /sns:/, ["machine"]],
		["nobody deletes a record", /dynamodb:.*Delete/, []],
		["nobody stops an execution", /StopExecution/, []],
		["nobody terminates, stops or changes an instance", /(Terminate|Stop|Reboot|Modify|Detach|Standby|SetInstance)/, []],
		["nobody takes another role", /sts:|iam:/, []],
		["nobody does everything of a service", /^\S*\*/, []],
	])("%s", (_, action, who) => {
		expect(whoMay(action)).toEqual(who);
	});

	it("what knows no resource level is allowed everywhere", () => {
		const everywhere = names.flatMap((name) => may(name, / on \*$/).map((line) => line.split(" ")[0]));

		expect([...new Set(everywhere)].sort()).toEqual(
			["autoscaling:DescribeAutoScalingGroups", ...describing.map((line) => line.split(" ")[0])].sort(),
		);
	});

	it("roles have no policies of AWS's or of others", () => {
		const roles = stack.ofType("AWS::IAM::Role").map(({ Properties }) => [Properties.ManagedPolicyArns, Properties.Policies]);

		expect(roles).toEqual(roles.map(() => [undefined, undefined]));
	});

	it("functions in a VPC may also have their network interfaces", () => {
		const inVpc = stackUnderTest({}, { inVpc: true }).permissionsOf("cordon");

		expect(inVpc.filter((line) => !all.get("cordon")?.includes(line))).toEqual([
			"ec2:AssignPrivateIpAddresses on *",
			"ec2:CreateNetworkInterface on *",
			"ec2:DeleteNetworkInterface on *",
			"ec2:DescribeNetworkInterfaces on *",
			"ec2:DescribeSubnets on *",
			"ec2:UnassignPrivateIpAddresses on *",
		]);
	});
});
