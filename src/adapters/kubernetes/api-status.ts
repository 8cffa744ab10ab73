import { ApiException } from "@kubernetes/client-node";
import * as z from "zod";
import { ClusterForbidden, ClusterRefused, ClusterUnauthorized, ClusterUnreachable } from "../../faults.ts";
import { retryAfterSeconds } from "./exchange.ts";

/** What an API server says instead of an answer: a Status object, or bare text from what stands before it. */
export type ApiStatus = {
	readonly code: number;
	/** Whether it was a Status object. */
	readonly structured: boolean;
	readonly reason?: string | undefined;
	readonly message: string;
	/** details.kind: the resource that the Status is about. */
	readonly about?: string | undefined;
	readonly causes: readonly { readonly reason?: string | undefined; readonly message?: string | undefined }[];
	readonly retryAfterSeconds?: number | undefined;
};

const statusSchema = z.object({
	kind: z.literal("Status"),
	reason: z.string().optional(),
	message: z.string().default(""),
	details: z
		.object({
			kind: z.string().optional(),
			causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })).nullish(),
			retryAfterSeconds: z.number().optional(),
		})
		.nullish(),
});

/** Reads an error's body, which client-node leaves as a string for the codes that its specification does not declare. */
export function statusOf(code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ApiStatus {
	const wait = retryAfterSeconds(headers["retry-after"]);
	const read = statusSchema.safeParse(typeof body === "string" ? parsed(body) : body);
	if (!read.success) {
		const message = typeof body === "string" ? body.trim().slice(0, 300) : "";
		return { code, structured: false, message: message || `HTTP ${code}`, causes: [], retryAfterSeconds: wait };
	}
	const { reason, message, details } = read.data;
	return {
		code,
		structured: true,
		reason,
		message,
		about: details?.kind,
		causes: details?.causes ?? [],
		retryAfterSeconds: wait ?? details?.retryAfterSeconds,
	};
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** What client-node and JSON throw for an answer that is not what was asked for; our own faults have names. */
const FROM_PARSING = new Set(["Error", "SyntaxError", "TypeError"]);

/** The answer, or what the API server said instead of one. An answer that client-node cannot read throws ClusterRefused. */
export async function answerOf<T>(call: Promise<T>): Promise<{ readonly value: T } | { readonly status: ApiStatus }> {
	try {
		return { value: await call };
	} catch (cause) {
		if (cause instanceof ApiException) return { status: statusOf(cause.code, cause.body, cause.headers) };
		if (!(cause instanceof Error && FROM_PARSING.has(cause.name))) throw cause;
		throw new ClusterRefused(`cannot read the API server's answer: ${cause.message}`, { cause });
	}
}

const NOT_SERVED = new Set([502, 503, 504]);

/** The fault that a Status is when it is not an outcome. `doing` completes the sentence "cannot …". */
export function faultOf(status: ApiStatus, doing: string): Error {
	const message = `cannot ${doing}: ${status.message} (${status.code})`;
	if (status.code === 401) return new ClusterUnauthorized(message);
	if (status.code === 403) return new ClusterForbidden(message);
	if (NOT_SERVED.has(status.code)) return new ClusterUnreachable(message);
	return new ClusterRefused(message);
}
