import { Duration } from "aws-cdk-lib";
import {
	Choice,
	Condition,
	type Fail,
	type IChainable,
	JsonPath,
	Map as MapState,
	Pass,
	Timeout,
} from "aws-cdk-lib/aws-stepfunctions";
import {
	CallAwsService,
	DynamoAttributeValue,
	DynamoGetItem,
	DynamoProjectionExpression,
} from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";
import { integrationSeconds, repeatAfterSeconds } from "../time-outs.ts";
import type { Parts } from "./parts.ts";

const taskTimeout = Timeout.duration(Duration.seconds(integrationSeconds));
const everything = ["States.ALL"];
const once = { errors: everything, interval: Duration.seconds(repeatAfterSeconds), maxAttempts: 1 };

/** The fields of a record that the definition reads. Some are reserved words of DynamoDB. */
const fields = ["hooks", "beatSeconds", "laterBeat", "orders", "state", "cluster"] as const;

/** Stands at `$.record` until the record is read for the first time: no hooks, no cluster, and a read every minute. */
export const unreadRecord = {
	Item: { hooks: { L: [] }, beatSeconds: { N: "60" }, orders: { N: "none" }, state: { S: "open" }, cluster: { S: "" } },
};

/** Reads the record to `$.record`. When DynamoDB fails, what was read last stays there, and the way goes on to `otherwise`. */
export function readRecord(
	scope: Construct,
	name: string,
	{ table }: Pick<Parts, "table">,
	otherwise: IChainable,
): DynamoGetItem {
	const read = new DynamoGetItem(scope, name, {
		table,
		key: {
			instanceId: DynamoAttributeValue.fromString(JsonPath.stringAt("$.instanceId")),
			generation: DynamoAttributeValue.numberFromString(JsonPath.stringAt("$.generation")),
		},
		consistentRead: true,
		projectionExpression: fields.map((field) => new DynamoProjectionExpression().withAttribute(`#${field}`)),
		expressionAttributeNames: Object.fromEntries(fields.map((field) => [`#${field}`, field])),
		taskTimeout,
		resultPath: "$.record",
	});
	read.addRetry(once);
	read.addCatch(otherwise, { errors: everything, resultPath: "$.unread" });
	return read;
}

/** One heartbeat for every token of `$.record`. A hook that AWS no longer knows does not stop the others. */
export function heartbeats(scope: Construct, when: string, { groups }: Pick<Parts, "groups">): MapState {
	const all = new MapState(scope, `Heartbeat ${when}`, {
		itemsPath: "$.record.Item.hooks.L",
		itemSelector: { instanceId: JsonPath.stringAt("$.instanceId"), hook: JsonPath.objectAt("$$.Map.Item.Value.M") },
		resultPath: JsonPath.DISCARD,
	});
	const one = new CallAwsService(scope, `Heartbeat of one hook ${when}`, {
		service: "autoscaling",
		action: "recordLifecycleActionHeartbeat",
		iamAction: "autoscaling:RecordLifecycleActionHeartbeat",
		iamResources: [groups],
		parameters: {
			AutoScalingGroupName: JsonPath.stringAt("$.hook.group.S"),
			LifecycleHookName: JsonPath.stringAt("$.hook.hook.S"),
			LifecycleActionToken: JsonPath.stringAt("$.hook.token.S"),
			InstanceId: JsonPath.stringAt("$.instanceId"),
		},
		taskTimeout,
		resultPath: JsonPath.DISCARD,
	});
	one.addRetry(once);
	one.addCatch(new Pass(scope, `No heartbeat for this hook ${when}`), { errors: everything, resultPath: JsonPath.DISCARD });
	all.itemProcessor(one);
	return all;
}

/** Reads the record and sends its heartbeats, then goes on to `then`. Answers the first state. */
export function beat(scope: Construct, when: string, parts: Parts, recordMissing: Fail, then: IChainable): IChainable {
	const send = heartbeats(scope, when, parts);
	send.next(then);
	const read = readRecord(scope, `Read the hooks ${when}`, parts, send);
	return read.next(
		new Choice(scope, `Is there a record ${when}?`).when(Condition.isNotPresent("$.record.Item"), recordMissing).otherwise(send),
	);
}
