import { type Item, validation } from "./expressions/attribute-value.ts";
import { named, type Path, type Scope, TokenReader } from "./expressions/token-reader.ts";
import type { ItemTable } from "./item-table.ts";

/** What the operations here have in common; every other field of a request is refused. */
export type Input = {
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
	readonly ConsistentRead?: boolean;
	readonly IndexName?: string;
	readonly ScanIndexForward?: boolean;
	readonly Limit?: number;
	readonly ReturnValues?: string;
};

export type Doing = { readonly table: ItemTable; readonly input: Input; readonly scope: (item: Item | undefined) => Scope };
/** `write` waits until the whole request is known to be well-formed. */
export type Done = { readonly answer: unknown; readonly write?: () => void };

/** What of an item a reader asks for. */
export function projected({ input: { ProjectionExpression }, scope }: Doing, item: Item): Item {
	if (ProjectionExpression === undefined) return item;
	const tokens = new TokenReader(ProjectionExpression);
	const paths = tokens.list(() => tokens.path());
	tokens.end();
	return attributesAt(
		paths.map((path) => named(path, scope(item))),
		item,
	);
}

/** The attributes that these paths name, as far as the item has them. */
export function attributesAt(paths: readonly Path[], item: Item): Item {
	if (paths.some((path) => path.length > 1)) throw validation("The embedded DynamoDB returns whole attributes only");
	return Object.fromEntries(paths.flatMap(([name]) => (item[String(name)] ? [[name, item[String(name)]]] : [])));
}
