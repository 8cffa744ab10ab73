import { StatesError } from "./states-faults.ts";

/**
 * Bytes of UTF-8 that an input or output may have.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const PAYLOAD_LIMIT = 262_144;

/** The JSON text of a payload; States.DataLimitExceeded when it is too long. `what` begins the Cause. */
export function encodePayload(value: unknown, what: string): string {
	const text = JSON.stringify(value ?? null);
	if (exceedsLimit(text)) {
		throw new StatesError(
			"States.DataLimitExceeded",
			`${what} has a size exceeding the maximum number of bytes service limit (${PAYLOAD_LIMIT}).`,
		);
	}
	return text;
}

/** Whether a text has more bytes than a payload may have. */
export function exceedsLimit(text: string): boolean {
	return text.length > PAYLOAD_LIMIT || (text.length > PAYLOAD_LIMIT / 3 && Buffer.byteLength(text) > PAYLOAD_LIMIT);
}
