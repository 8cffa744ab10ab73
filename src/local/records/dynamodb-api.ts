import { ApiError } from "../aws/api-error.ts";
import { type Item, validation } from "./expressions/attribute-value.ts";
import { conditionOf } from "./expressions/condition.ts";
import { named, type Scope, TokenReader } from "./expressions/token-reader.ts";
import { updateOf } from "./expressions/update.ts";
import type { ItemTable } from "./item-table.ts";

/** What the operations here have in common; every other field of a request is refused. */
type Input = {
	readonly TableName?: string;
	readonly Key?: Item;
	readonly Item?: Item;
	readonly ConditionExpression?: string;
	readonly KeyConditionExpression?: string;
	readonly FilterExpression?: string;
	readonly UpdateExpression?: string;
	readonly ProjectionExpression?: string;
	readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
	readonly ExpressionAttributeValues?: Item;
	readonly ExclusiveStartKey?: Item;
	readonly ScanIndexForward?: boolean;
	readonly Limit?: number;
	readonly ReturnValues?: string;
};

const expressions = ["ExpressionAttributeNames", "ExpressionAttributeValues"];
const reading = ["ProjectionExpression", "ConsistentRead", ...expressions];
const writing = ["ConditionExpression", "ReturnValues", ...expressions];
const searching = ["FilterExpression", "ExclusiveStartKey", "Limit", ...reading];

const operations: Readonly<Record<string, { readonly takes: readonly string[]; readonly does: (doing: Doing) => Done }>> = {
	GetItem: { takes: ["Key", ...reading], does: get },
	PutItem: { takes: ["Item", ...writing], does: put },
	UpdateItem: { takes: ["Key", "UpdateExpression", ...writing], does: update },
	DeleteItem: { takes: ["Key", ...writing], does: remove },
	Query: { takes: ["KeyConditionExpression", "ScanIndexForward", ...searching], does: search },
	Scan: { takes: searching, does: search },
};

type Doing = { readonly table: ItemTable; readonly input: Input; readonly scope: (item: Item | undefined) => Scope };
/** `write` waits until the whole request is known to be well-formed. */
type Done = { readonly answer: unknown; readonly write?: () => void };

/**
 * Does one operation on the table as DynamoDB would: the operations, expressions and fields that are written here and no
 * others. Reserved words are the one thing that it lets pass: the emulator on loopback does not. Throws ApiError.
 */
export function answerDynamoDb(table: ItemTable, tableName: string, operation: string, body: unknown): unknown {
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

function projected({ input: { ProjectionExpression }, scope }: Doing, item: Item): Item {
	if (ProjectionExpression === undefined) return item;
	const tokens = new TokenReader(ProjectionExpression);
	const paths = tokens.list(() => tokens.path());
	tokens.end();
	const names = paths.map((path) => named(path, scope(item)));
	if (names.some((path) => path.length > 1)) throw validation("The embedded DynamoDB projects whole attributes only");
	return Object.fromEntries(names.flatMap(([name]) => (item[String(name)] ? [[name, item[String(name)]]] : [])));
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
	const is = updateOf(input.UpdateExpression ?? "")(scope(was ?? input.Key));
	return { answer: answerOf(doing, was, is), write: () => table.set(is) };
}

function remove(doing: Doing): Done {
	const { table, input } = doing;
	const was = table.get(input.Key);
	check(doing, was);
	return { answer: answerOf(doing, was, undefined), write: () => table.delete(input.Key) };
}

function search(doing: Doing): Done {
	const { table, input, scope } = doing;
	const holds = (text: string | undefined) => (item: Item) => text === undefined || conditionOf(text)(scope(item));
	const all = table.list(input.ExclusiveStartKey, input.ScanIndexForward ?? true).filter(holds(input.KeyConditionExpression));
	const read = all.slice(0, input.Limit);
	const found = read.filter(holds(input.FilterExpression));
	const last = read.length < all.length || read.length === input.Limit ? read.at(-1) : undefined;
	const Items = found.map((item) => projected(doing, item));
	const counts = { Count: found.length, ScannedCount: read.length };
	return { answer: { Items, ...counts, ...(last && { LastEvaluatedKey: table.keyOf(last) }) } };
}
