import { ClusterForbidden, ClusterRefused, ClusterUnauthorized, ClusterUnreachable } from "../../faults.ts";
import type { Clock } from "../../ports.ts";
import { readWhole } from "./body.ts";
import type { Send } from "./send.ts";

export type Call = {
	readonly method: string;
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
	readonly signal?: AbortSignal;
	/** Asked while its caller rests: waits for the transport alone, not by the clock, and is not repeated after a pause. */
	readonly atRest?: boolean;
};

/** The headers that say who asks. `renew`: the last ones were refused. */
export type Authorize = (ask: { readonly renew: boolean }) => Promise<Readonly<Record<string, string>>>;

export type Exchange = (call: Call) => Promise<Response>;

type ExchangeOptions = {
	readonly cluster: string;
	readonly send: Send;
	readonly authorize?: Authorize;
	readonly clock: Clock;
};

/**
 * For the head of an answer, by the clock. KubeVirt's eviction webhook alone may take 10 s, and Cordon, which has 15 s, must
 * still be able to say which cluster is silent: a function that Lambda ends says nothing.
 */
const PATIENCE_MS = 12_000;
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 2_000;
const STALE_SOCKET = new Set(["ECONNRESET", "EPIPE"]);

/**
 * Sends a call with our headers. A 401 renews them once, then throws ClusterUnauthorized. A GET that meets an overloaded
 * or failing server, or a socket that the server had closed, is sent a second time; writes never are.
 */
export function createExchange({ cluster, send, authorize, clock }: ExchangeOptions): Exchange {
	const sendOnce = async (call: Call, renew: boolean) => {
		const who = (await authorize?.({ renew })) ?? {};
		const patience = new AbortController();
		const answer = send(requestOf(call, who, patience.signal)).catch((cause) => {
			throw asFault(cause, cluster);
		});
		const response = call.atRest ? await answer : await clock.within(answer, PATIENCE_MS);
		if (response) return response;
		patience.abort();
		throw new ClusterUnreachable(`cannot reach cluster ${cluster}: no answer within ${PATIENCE_MS / 1_000} s`);
	};
	const sendAsSomebody = async (call: Call) => {
		const first = await sendOnce(call, false);
		if (first.status !== 401) return first;
		await readWhole(first);
		const second = await sendOnce(call, true);
		if (second.status !== 401) return second;
		throw new ClusterUnauthorized(
			`cannot authenticate at cluster ${cluster}, not with a fresh token either (401): check the access entry of our role`,
		);
	};
	return async (call) => {
		if (call.method !== "GET") return sendAsSomebody(call);
		const first = await sendAsSomebody(call).catch((fault: Error) => {
			if (isStaleSocket(fault)) return undefined;
			throw fault;
		});
		if (call.atRest && first !== undefined) return first;
		const pause = first === undefined ? 0 : pauseBeforeRepeat(first);
		if (first !== undefined && pause === undefined) return first;
		await first?.body?.cancel();
		if (pause) await clock.sleep(pause);
		return sendAsSomebody(call);
	};
}

function requestOf(call: Call, who: Readonly<Record<string, string>>, patience: AbortSignal): Request {
	return new Request(call.url, {
		method: call.method,
		headers: { ...call.headers, ...who },
		body: call.body ?? null,
		signal: call.signal ? AbortSignal.any([call.signal, patience]) : patience,
	});
}

/** Milliseconds, or undefined when a repetition would not help: not overload, or the server asks for a longer pause. */
function pauseBeforeRepeat(response: Response): number | undefined {
	if (response.status !== 429 && response.status < 500) return undefined;
	const asked = retryAfterSeconds(response.headers.get("retry-after"));
	if (asked === undefined) return PAUSE_MS;
	return asked * 1_000 <= LONGEST_PAUSE_MS ? asked * 1_000 : undefined;
}

/** The seconds of a Retry-After header; undefined without one, or when it holds a date. */
export function retryAfterSeconds(header: string | null | undefined): number | undefined {
	return header && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

function isStaleSocket(fault: Error): boolean {
	const code = (fault.cause as { code?: unknown } | undefined)?.code;
	return fault instanceof ClusterUnreachable && typeof code === "string" && STALE_SOCKET.has(code);
}

function asFault(cause: unknown, cluster: string): Error {
	const known = [ClusterUnreachable, ClusterUnauthorized, ClusterForbidden, ClusterRefused];
	if (known.some((fault) => cause instanceof fault)) return cause as Error;
	return new ClusterUnreachable(`cannot reach cluster ${cluster}: ${(cause as Error).message}`, { cause });
}
