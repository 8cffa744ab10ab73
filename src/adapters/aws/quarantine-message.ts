import { createHash } from "node:crypto";
import type { SendMessageCommandInput } from "@aws-sdk/client-sqs";

/** SQS counts the body and the attributes' names, types and values together, in bytes of UTF-8. */
const LIMIT_BYTES = 1_048_576;
const ATTRIBUTES_BYTES = 8_192;
const MAX_REASON_BYTES = 4_096;
const MAX_SOURCE_BYTES = 1_024;

/** What SQS does not take in a body or an attribute: everything XML 1.0 does not, and halves of surrogate pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be found
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const CONTROL = /\p{Cc}/gu;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The longest beginning that fits into `bytes` of UTF-8, without half a character at its end. */
function beginning(text: string, bytes: number): string {
	const whole = Buffer.from(text);
	if (whole.length <= bytes) return text;
	let end = bytes;
	while (end > 0 && ((whole[end] ?? 0) & 0xc0) === 0x80) end--;
	return whole.subarray(0, end).toString();
}

const attribute = (text: string, bytes: number) => ({
	DataType: "String",
	StringValue: beginning(text.replace(FORBIDDEN, escaped).replace(CONTROL, escaped), bytes) || "unknown",
});

const changeOf = (body: string, kept: string, legible: string): string => {
	if (kept === body) return "whole";
	if (kept === legible) return "escaped";
	return "cut";
};

/**
 * A message that keeps `body` for a human: whole where SQS can carry it; characters that it cannot carry escaped, the end
 * cut where it is too long. The attributes say the reason, the source, what was `kept` of the body (whole, escaped, cut),
 * and the original's sha256 and length in bytes.
 */
export function quarantineMessage(
	message: { readonly body: string; readonly source: string },
	reason: string,
): Pick<SendMessageCommandInput, "MessageBody" | "MessageAttributes"> {
	const legible = message.body.replace(FORBIDDEN, escaped);
	const kept = beginning(legible, LIMIT_BYTES - ATTRIBUTES_BYTES);
	return {
		// SQS refuses an empty body.
		MessageBody: kept || "(empty)",
		MessageAttributes: {
			reason: attribute(reason, MAX_REASON_BYTES),
			source: attribute(message.source, MAX_SOURCE_BYTES),
			kept: attribute(changeOf(message.body, kept, legible), 16),
			sha256: attribute(createHash("sha256").update(message.body).digest("hex"), 64),
			bytes: { DataType: "Number", StringValue: String(Buffer.byteLength(message.body)) },
		},
	};
}
