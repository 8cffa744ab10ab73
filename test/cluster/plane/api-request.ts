import { Agent, request } from "node:https";
import type { Identity } from "./plane.ts";

/** An answer of the API server; `body` is parsed when it is JSON. */
type ApiAnswer = { readonly status: number; readonly body: unknown };

/** Sends one request as one user. Throws when there is no answer. */
export type ApiClient = (method: string, path: string, body?: unknown) => Promise<ApiAnswer>;

const TIMEOUT_MS = 15_000;

/** Talks to the API server at `url` as the user of this certificate. */
export function createApiClient(url: string, ca: string, identity: Identity): ApiClient {
	const agent = new Agent({ keepAlive: true, ca, cert: identity.cert, key: identity.key });
	return (method, path, body) =>
		new Promise((resolve, reject) => {
			const headers = body === undefined ? {} : { "content-type": "application/json" };
			const outgoing = request(new URL(path, url), { agent, method, headers, timeout: TIMEOUT_MS }, (incoming) => {
				const chunks: Buffer[] = [];
				incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
				incoming.on("error", reject);
				incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) }));
			});
			outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer to ${method} ${path} within ${TIMEOUT_MS} ms`)));
			outgoing.on("error", reject);
			outgoing.end(body === undefined ? undefined : JSON.stringify(body));
		});
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
