import { ApiError } from "../aws/api-error.ts";
import { type Item, validation } from "./expressions/attribute-value.ts";
import type { ItemTable } from "./item-table.ts";

/** DynamoDB's limit for one request: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MOST_KEYS = 100;

type Asked = { readonly Keys?: readonly Item[] };

/** The items that there are, in the order of their keys here; DynamoDB promises none. */
export function batchGet(table: ItemTable, tableName: string, body: unknown): unknown {
	const { RequestItems = {}, ...more } = body as { readonly RequestItems?: Readonly<Record<string, Asked>> };
	const { [tableName]: asked, ...others } = RequestItems;
	const { Keys = [], ...rest } = asked ?? {};
	const strange = [...Object.keys(more), ...Object.keys(rest).filter((field) => field !== "ConsistentRead")];
	if (strange.length > 0) throw validation(`The embedded DynamoDB does not know ${strange.join(", ")} of BatchGetItem`);
	if (Object.keys(others).length > 0) throw new ApiError("ResourceNotFoundException", "Requested resource not found");
	if (Keys.length === 0 || Keys.length > MOST_KEYS) throw validation(`Give 1 to ${MOST_KEYS} keys; ${Keys.length} were given`);
	if (new Set(Keys.map((key) => table.nameOf(key))).size < Keys.length) {
		throw validation("Provided list of item keys contains duplicates");
	}
	const items = Keys.flatMap((key) => table.get(key) ?? []);
	return { Responses: { [tableName]: items }, UnprocessedKeys: {} };
}
