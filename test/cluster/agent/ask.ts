import { statusOf } from "../../../src/adapters/kubernetes/api-status.ts";
import { readWhole } from "../../../src/adapters/kubernetes/body.ts";
import type { ClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import { isFields } from "../../../src/local/cluster/store-object.ts";

/** One request to the API server. */
type Question = {
	readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	/** With its query. */
	readonly path: string;
	/** A patch is a merge patch. */
	readonly body?: unknown;
	/** A bearer token; without one the caller's own certificate speaks. */
	readonly token?: string;
};

/** `message` is what the API server said instead of an object; empty when it gave one. */
export type Answer = { readonly code: number; readonly body: unknown; readonly message: string };

/** Asks, and reads the whole answer. Throws ClusterUnreachable when there is none, ClusterUnauthorized on a 401. */
export async function ask(api: ClusterApi, { method, path, body, token }: Question): Promise<Answer> {
	const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
	const text = body === undefined ? undefined : JSON.stringify(body);
	const headers = {
		accept: "application/json",
		// Node sends the body of a DELETE without its length otherwise, and it counts as another request.
		...(text === undefined ? {} : { "content-type": type, "content-length": String(Buffer.byteLength(text)) }),
		...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
	};
	const response = await api.exchange({
		method,
		url: `${api.server}${path}`,
		headers,
		...(text === undefined ? {} : { body: text }),
	});
	const answer = await readWhole(response);
	const isGood = response.status >= 200 && response.status < 300;
	const message = isGood ? "" : statusOf(response.status, answer).message;
	return { code: response.status, body: parsed(answer), message };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** The items of a list answer and the resource version that it shows. */
export function listOf({ body }: Answer): { readonly items: readonly unknown[]; readonly resourceVersion: string } {
	const list = isFields(body) ? body : {};
	const metadata = isFields(list.metadata) ? list.metadata : {};
	return { items: Array.isArray(list.items) ? list.items : [], resourceVersion: String(metadata.resourceVersion ?? "") };
}
