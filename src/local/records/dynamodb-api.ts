import { ApiError } from "../aws/api-error.ts";
import { batchGet } from "./batch-get.ts";
import { type Item, validation } from "./expressions/attribute-value.ts";
import { conditionOf } from "./expressions/condition.ts";
import type { Scope } from "./expressions/token-reader.ts";
import { updateOf } from "./expressions/update.ts";
import type { ItemTable } from "./item-table.ts";
import { attributesAt, type Doing, type Done, type Input, projected } from "./operation.ts";
import { search } from "./search.ts";

const expressions = ["ExpressionAttributeNames", "ExpressionAttributeValues"];
const reading = ["ProjectionExpression", "ConsistentRead", ...expressions];
const writing = ["ConditionExpression", "ReturnValues", ...expressions];
const searching = ["FilterExpression", "ExclusiveStartKey", "Limit", ...reading];

const operations: Readonly<Record<string, { readonly takes: readonly string[]; readonly does: (doing: Doing) => Done }>> = {
	GetItem: { takes: ["Key", ...reading], does: get },
	PutItem: { takes: ["Item", ...writing], does: put },
	UpdateItem: { takes: ["Key", "UpdateExpression", ...writing], does: update },
	DeleteItem: { takes: ["Key", ...writing], does: remove },
	Query: { takes: ["KeyConditionExpression", "IndexName", "ScanIndexForward", ...searching], does: search },
	Scan: { takes: searching, does: search },
};

/**
 * Does one operation on the table as DynamoDB would: the operations, expressions and fields that are written here and no
 * others. Reserved words are the one thing that it lets pass: the emulator on loopback does not. Throws ApiError.
 */
export function answerDynamoDb(table: ItemTable, tableName: string, operation: string, body: unknown): unknown {
	if (operation === "BatchGetItem") return batchGet(table, tableName, body);
	const known = operations[operation];
	if (!known) throw new ApiError("UnknownOperationException", `The embedded DynamoDB does not know the operation ${operation}`);
	const input = body as Input;
	const strange = Object.keys(input).filter((field) => field !== "TableName" && !known.takes.includes(field));
	if (strange.length > 0) throw validation(`The embedded DynamoDB does not know ${strange.join(", ")} of ${operation}`);
	if (input.TableName !== tableName) throw new ApiError("ResourceNotFoundException", "Requested resource not found");
	const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = input;
	const used = new Set<string>();
	const { answer, write } = known.does({ table, input, scope: (item = {}) => ({ item, names, values, used }) });
	// Where no item was held against an expression, nothing in it was looked up.
	if (operation !== "Query" && operation !== "Scan") refuseUnused({ names, values }, used);
	write?.();
	return answer;
}

function refuseUnused({ names, values }: Pick<Scope, "names" | "values">, used: ReadonlySet<string>): void {
	const unused = (of: object) => Object.keys(of).filter((placeholder) => !used.has(placeholder));
	for (const [kind, left] of [["Names", unused(names)] as const, ["Values", unused(values)] as const]) {
		if (left.length === 0) continue;
		throw validation(`Value provided in ExpressionAttribute${kind} unused in expressions: keys: {${left.join(", ")}}`);
	}
}

function check({ input: { ConditionExpression }, scope }: Doing, was: Item | undefined): void {
	if (ConditionExpression === undefined || conditionOf(ConditionExpression)(scope(was))) return;
	throw new ApiError("ConditionalCheckFailedException", "The conditional request failed");
}

const answerOf = ({ input: { ReturnValues = "NONE" } }: Doing, was: Item | undefined, is: Item | undefined): unknown => {
	if (ReturnValues === "NONE") return {};
	const returned = ReturnValues === "ALL_OLD" ? was : ReturnValues === "ALL_NEW" ? is : undefined;
	if (!returned && !ReturnValues.startsWith("ALL_")) throw validation(`The embedded DynamoDB does not return ${ReturnValues}`);
	return returned ? { Attributes: returned } : {};
};

function get(doing: Doing): Done {
	const item = doing.table.get(doing.input.Key);
	const Item = projected(doing, item ?? {});
	return { answer: item ? { Item } : {} };
}

function put(doing: Doing): Done {
	const { table, input } = doing;
	const { Item: is = {} } = input;
	const was = table.get(is);
	check(doing, was);
	return { answer: answerOf(doing, was, undefined), write: () => table.set(is) };
}

function update(doing: Doing): Done {
	const { table, input, scope } = doing;
	const was = table.get(input.Key);
	check(doing, was);
	const { itemAfter, pathsOf } = updateOf(input.UpdateExpression ?? "");
	const before = scope(was ?? input.Key);
	const is = itemAfter(before);
	const write = () => table.set(is);
	if (input.ReturnValues !== "UPDATED_NEW") return { answer: answerOf(doing, was, is), write };
	return { answer: { Attributes: attributesAt(pathsOf(before), is) }, write };
}

function remove(doing: Doing): Done {
	const { table, input } = doing;
	const was = table.get(input.Key);
	check(doing, was);
	return { answer: answerOf(doing, was, undefined), write: () => table.delete(input.Key) };
}
