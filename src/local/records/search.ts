import { type Item, validation } from "./expressions/attribute-value.ts";
import { conditionOf } from "./expressions/condition.ts";
import { type Doing, type Done, projected } from "./operation.ts";

/** Query, of the table or of its index, and Scan. */
export function search(doing: Doing): Done {
	const { table, input, scope } = doing;
	const holds = (text: string | undefined) => (item: Item) => text === undefined || conditionOf(text)(scope(item));
	const listed =
		input.IndexName === undefined ? table.list(input.ExclusiveStartKey, input.ScanIndexForward ?? true) : indexed(doing);
	const all = listed.filter(holds(input.KeyConditionExpression));
	const read = all.slice(0, input.Limit);
	const found = read.filter(holds(input.FilterExpression));
	const last = read.length < all.length || read.length === input.Limit ? read.at(-1) : undefined;
	const Items = found.map((item) => projected(doing, item));
	const counts = { Count: found.length, ScannedCount: read.length };
	return { answer: { Items, ...counts, ...(last && { LastEvaluatedKey: table.keyOf(last) }) } };
}

function indexed({ table, input }: Doing): readonly Item[] {
	const { IndexName = "", ConsistentRead, ExclusiveStartKey, Limit, ScanIndexForward } = input;
	if (ConsistentRead) throw validation("Consistent reads are not supported on global secondary indexes");
	if (ExclusiveStartKey || Limit !== undefined || ScanIndexForward !== undefined) {
		throw validation("The embedded DynamoDB answers all of an index at once, in no order");
	}
	return table.index(IndexName);
}
