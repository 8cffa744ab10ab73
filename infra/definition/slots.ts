import { Duration } from "aws-cdk-lib";
import { type IChainable, JsonPath, Timeout } from "aws-cdk-lib/aws-stepfunctions";
import { DynamoAttributeValue, DynamoUpdateItem, type DynamoUpdateItemProps } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";
import { slotItemsOnly } from "../items.ts";
import { integrationSeconds, repeatAfterSeconds } from "../time-outs.ts";
import type { Parts } from "./parts.ts";

/** Of all the items of the table an execution may write those with the clusters' slots only. */
class UpdateSlots extends DynamoUpdateItem {
	constructor(scope: Construct, id: string, props: DynamoUpdateItemProps) {
		super(scope, id, props);
		for (const statement of this.taskPolicies ?? []) statement.addConditions(slotItemsOnly);
	}
}

/** DynamoDB's answer where this execution neither has a slot nor waits for one, which is nothing to repeat. */
const NOTHING_THERE = "DynamoDB.ConditionalCheckFailedException";

/** Those before this generation are over: what they have left is its own to give back. What a later one has stays. */
const OURS = [
	"(#leases.#instance.#generation <= :generation OR #waiting.#instance.#generation <= :generation)",
	"NOT (#leases.#instance.#generation > :generation OR #waiting.#instance.#generation > :generation)",
].join(" AND ");

/**
 * Gives back the slot of this maintenance, or its place in the queue, then goes on to `then`, also when that fails: whoever
 * waits finds out by itself in the end. What the next generation has taken over stays. Answers the first state.
 */
export function giveBackSlot(scope: Construct, when: string, { table }: Pick<Parts, "table">, then: IChainable): IChainable {
	const give = new UpdateSlots(scope, `Give back the slot ${when}`, {
		table,
		key: {
			instanceId: DynamoAttributeValue.fromString(JsonPath.format("cluster#{}", JsonPath.stringAt("$.record.Item.cluster.S"))),
			generation: DynamoAttributeValue.fromNumber(0),
		},
		updateExpression: "REMOVE #leases.#instance, #waiting.#instance ADD #version :one",
		conditionExpression: OURS,
		expressionAttributeNames: {
			"#leases": "leases",
			"#waiting": "waiting",
			"#instance": JsonPath.stringAt("$.instanceId"),
			"#generation": "generation",
			"#version": "version",
		},
		expressionAttributeValues: {
			":generation": DynamoAttributeValue.numberFromString(JsonPath.stringAt("$.generation")),
			":one": DynamoAttributeValue.fromNumber(1),
		},
		taskTimeout: Timeout.duration(Duration.seconds(integrationSeconds)),
		resultPath: JsonPath.DISCARD,
	});
	give.addRetry({ errors: [NOTHING_THERE], maxAttempts: 0 });
	give.addRetry({ errors: ["States.ALL"], interval: Duration.seconds(repeatAfterSeconds), maxAttempts: 1 });
	give.addCatch(then, { errors: ["States.ALL"], resultPath: JsonPath.DISCARD });
	give.next(then);
	return give;
}
