import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

type Stored = Record<string, AttributeValue>;
type Body = {
	readonly Item?: Stored;
	readonly Key?: Stored;
	readonly UpdateExpression?: string;
	readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
	readonly ExpressionAttributeValues?: Stored;
};

/** As `src/adapters/aws/update-expression.ts` writes them. */
const understood = /^SET #\w+ = :\w+(, #\w+ = :\w+)*( REMOVE #\w+(, #\w+)*)?$/;

const assignments = ({ UpdateExpression = "" }: Body): readonly (readonly [string, string])[] =>
	[...UpdateExpression.matchAll(/(#\w+) = (:\w+)/g)].map(([, name = "", value = ""]) => [name, value]);

const nameOf = ({ ExpressionAttributeNames: names = {} }: Body, placeholder: string): string => names[placeholder] ?? placeholder;

/** The fields that an update sets. */
const valuesSet = (body: Body): Stored =>
	Object.fromEntries(
		assignments(body).map(([name, value]) => [nameOf(body, name), body.ExpressionAttributeValues?.[value] ?? { NULL: true }]),
	);

/** The fields that an update takes away. */
function valuesGone(body: Body): Readonly<Record<string, undefined>> {
	const [, removed = ""] = body.UpdateExpression?.split(" REMOVE ") ?? [];
	return Object.fromEntries([...removed.matchAll(/#\w+/g)].map(([name]) => [nameOf(body, name), undefined]));
}

/**
 * What a PutItem or an UpdateItem writes of an instance's record, its key included; a field that it takes away is undefined.
 * Undefined for what is another's. Throws for an update that it does not understand, so that no judge goes blind.
 */
export function fieldsWritten(text: string, instanceId: string): Readonly<Record<string, unknown>> | undefined {
	const body = JSON.parse(text) as Body;
	const { Item, Key, UpdateExpression: expression } = body;
	if ((Item ?? Key)?.instanceId?.S !== instanceId) return undefined;
	if (expression !== undefined && !understood.test(expression))
		throw new Error(`cannot judge a write of a record: ${expression}`);
	return { ...unmarshall({ ...Item, ...Key, ...valuesSet(body) }), ...valuesGone(body) };
}
