import type { AttributeValue, UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";

export const toItem = (value: Readonly<Record<string, unknown>>): Record<string, AttributeValue> =>
	marshall(value, { removeUndefinedValues: true });

type Update = Required<
	Pick<UpdateItemCommandInput, "UpdateExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues">
>;

/** Sets each field that has a value and removes each that is undefined; whatever else the item has stays. */
export function updateOf(fields: Readonly<Record<string, unknown>>): Update {
	const entries = Object.entries(fields).map(([field, value], index) => ({ field, value, index }));
	const set = entries.filter(({ value }) => value !== undefined);
	const gone = entries.filter(({ value }) => value === undefined);
	const expression = `SET ${set.map(({ index }) => `#f${index} = :f${index}`).join(", ")}`;
	return {
		UpdateExpression: gone.length === 0 ? expression : `${expression} REMOVE ${gone.map(({ index }) => `#f${index}`).join(", ")}`,
		ExpressionAttributeNames: Object.fromEntries(entries.map(({ field, index }) => [`#f${index}`, field])),
		ExpressionAttributeValues: toItem(Object.fromEntries(set.map(({ value, index }) => [`:f${index}`, value]))),
	};
}
