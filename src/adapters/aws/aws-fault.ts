import { AwsRefused, AwsUnavailable } from "../../faults.ts";

const PASSING = /throttl|limitexceeded|toomanyrequests|overlimit|resourcecontention|expired|requesttimeout/i;

const statusOf = (error: unknown): number | undefined => {
	if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
	const metadata = error.$metadata;
	if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
	return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
};

const passes = (name: string, status: number | undefined): boolean => {
	if (name === "CredentialsProviderError") return false;
	if (status === undefined || status < 400) return true;
	return status >= 500 || status === 408 || status === 429 || PASSING.test(name);
};

/**
 * The fault for an SDK error. No answer, an unreadable one, throttling and 5xx are AwsUnavailable: the same request may
 * succeed later. Everything else is AwsRefused. `cannot` completes the sentence: "describe the instance i-…".
 */
export function awsFault(cannot: string, error: unknown): AwsUnavailable | AwsRefused {
	const name = error instanceof Error ? error.name : "Error";
	const says = error instanceof Error ? error.message : String(error);
	const message = `cannot ${cannot}: ${name}: ${says}`;
	return passes(name, statusOf(error))
		? new AwsUnavailable(message, { cause: error })
		: new AwsRefused(message, { cause: error });
}

/** Whether AWS refused with this error: its code begins with `code`, its text matches `text`. */
export function isAwsError(error: unknown, code: string, text: RegExp = /(?:)/): boolean {
	return error instanceof Error && error.name.startsWith(code) && text.test(error.message);
}
