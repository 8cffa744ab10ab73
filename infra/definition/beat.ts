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
const fields = ["hooks", "tokenless", "beatSeconds", "laterBeat", "orders", "state", "cluster"] as const;

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

/** The two ways to send heartbeats. */
type Heartbeats = {
	/** For hooks that all have their tokens, which is the rule: it takes no more of the history than it must. */
	readonly byToken: MapState;
	/** For hooks some of which Sweep has taken in: the instance's id stands for the token that is not known yet. */
	readonly byEither: MapState;
};

/** Some hook of the record that was read has no token yet. */
export const isTokenless = Condition.isPresent("$.record.Item.tokenless");

/** One heartbeat for every hook of `$.record`, then on to `then`. One that AWS no longer knows does not stop the others. */
export function heartbeats(scope: Construct, when: string, parts: Pick<Parts, "groups">, then: IChainable): Heartbeats {
	const each = (name: string, send: IChainable) => {
		const all = new MapState(scope, name, {
			itemsPath: "$.record.Item.hooks.L",
			itemSelector: { instanceId: JsonPath.stringAt("$.instanceId"), hook: JsonPath.objectAt("$$.Map.Item.Value.M") },
			resultPath: JsonPath.DISCARD,
		});
		all.itemProcessor(send);
		all.next(then);
		return all;
	};
	const token = { LifecycleActionToken: JsonPath.stringAt("$.hook.token.S") };
	const known = heartbeat(scope, `Heartbeat of one hook ${when}`, parts, token);
	const either = new Choice(scope, `Is its token known ${when}?`)
		.when(Condition.stringEquals("$.hook.token.S", ""), heartbeat(scope, `Heartbeat by instance ${when}`, parts, {}))
		.otherwise(heartbeat(scope, `Heartbeat by token ${when}`, parts, token));
	return { byToken: each(`Heartbeat ${when}`, known), byEither: each(`Heartbeat without tokens ${when}`, either) };
}

function heartbeat(scope: Construct, name: string, { groups }: Pick<Parts, "groups">, token: object): CallAwsService {
	const send = new CallAwsService(scope, name, {
		service: "autoscaling",
		action: "recordLifecycleActionHeartbeat",
		iamAction: "autoscaling:RecordLifecycleActionHeartbeat",
		iamResources: [groups],
		parameters: {
			AutoScalingGroupName: JsonPath.stringAt("$.hook.group.S"),
			LifecycleHookName: JsonPath.stringAt("$.hook.hook.S"),
			InstanceId: JsonPath.stringAt("$.instanceId"),
			...token,
		},
		taskTimeout,
		resultPath: JsonPath.DISCARD,
	});
	send.addRetry(once);
	send.addCatch(new Pass(scope, `No ${name.charAt(0).toLowerCase()}${name.slice(1)}`), {
		errors: everything,
		resultPath: JsonPath.DISCARD,
	});
	return send;
}

/** Reads the record and sends its heartbeats, then goes on to `then`. Answers the first state. */
export function beat(scope: Construct, when: string, parts: Parts, recordMissing: Fail, then: IChainable): IChainable {
	const { byToken, byEither } = heartbeats(scope, when, parts, then);
	const read = readRecord(scope, `Read the hooks ${when}`, parts, byEither);
	return read.next(
		new Choice(scope, `Is there a record ${when}?`)
			.when(Condition.isNotPresent("$.record.Item"), recordMissing)
			.when(isTokenless, byEither)
			.otherwise(byToken),
	);
}
