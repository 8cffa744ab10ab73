import { type Fields, isFields } from "./fields.ts";
import { ignored, malformed, type Reading } from "./reading.ts";
import { quote } from "./wording.ts";

/** A message out of its wrappings, or why there is none. */
type Opened = { readonly fields: Fields } | { readonly refused: Reading };

const MOST_WRAPPINGS = 3;
const DEEPEST = 64;

/**
 * Takes a message out of what carried it: SNS's envelope, or an object that holds nothing but `Message`, up to three deep.
 * The content is JSON or Auto Scaling's `Key: value` lines.
 *
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html; for `Message` alone:
 * https://github.com/aws/aws-node-termination-handler/blob/62a8761d812b331620a0f006b55f70bcadb0462e/pkg/monitor/sqsevent/sqs-monitor.go
 */
export const openEnvelope = (body: string): Opened => open(body, 0);

function open(content: unknown, wrappings: number): Opened {
	const parsed = typeof content === "string" ? parse(content) : { value: content };
	if ("refused" in parsed) return parsed;
	const fields = parsed.value;
	if (!isFields(fields)) return refuse(malformed(`the message is ${quote(fields)}, not a JSON object`));
	if (fields.Type === "SubscriptionConfirmation" || fields.Type === "UnsubscribeConfirmation") {
		return refuse(
			ignored(`SNS's ${fields.Type}: whoever owns the topic has to confirm it, Evacuator follows no link out of a message`),
		);
	}
	if (!isWrapping(fields)) return { fields };
	if (wrappings === MOST_WRAPPINGS) return refuse(malformed(`the message is wrapped more than ${MOST_WRAPPINGS} deep`));
	if (typeof fields.Message !== "string" && !isFields(fields.Message)) {
		return refuse(malformed(`Message is ${quote(fields.Message)}, not the text or the object that it carries`));
	}
	return open(fields.Message, wrappings + 1);
}

const isWrapping = (fields: Fields) =>
	Object.hasOwn(fields, "Message") && (fields.Type === "Notification" || Object.keys(fields).length === 1);

const refuse = (refused: Reading) => ({ refused });

function parse(text: string): { readonly value: unknown } | { readonly refused: Reading } {
	if (isDeep(text)) return refuse(malformed(`the message is nested more than ${DEEPEST} deep`));
	try {
		return { value: JSON.parse(text) };
	} catch {
		return parseLines(text);
	}
}

/**
 * Counts the brackets outside strings, so that no parser has to survive the depth. One pass by hand: a pattern for strings
 * needs quadratic time on a body that leaves them open.
 */
function isDeep(text: string): boolean {
	let depth = 0;
	let inString = false;
	for (let at = 0; at < text.length; at++) {
		const character = text.charAt(at);
		if (character === '"') inString = !inString;
		else if (!inString) depth += turns.get(character) ?? 0;
		else if (character === "\\") at += 1;
		if (depth > DEEPEST) return true;
	}
	return false;
}

const turns: ReadonlyMap<string, number> = new Map([
	["{", 1],
	["[", 1],
	["}", -1],
	["]", -1],
]);

/**
 * Lines as Auto Scaling writes them for SNS: https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html
 * A line of another form is passed over; a key that comes twice is refused, since one of the two was not AWS's.
 */
function parseLines(text: string): { readonly value: Fields } | { readonly refused: Reading } {
	const found = new Map<string, string>();
	for (const [, key = "", value = ""] of text.matchAll(/^([A-Za-z0-9]{1,64}): ?([^\r\n]*)$/gm)) {
		if (found.has(key)) return refuse(malformed(`${key} is there twice`));
		found.set(key, value);
	}
	if (found.has("LifecycleActionToken") || found.has("LifecycleTransition") || found.has("Event")) {
		return { value: Object.fromEntries(found) };
	}
	return refuse(malformed(`the message is neither JSON nor a notification of Auto Scaling; it begins with ${quote(text)}`));
}
