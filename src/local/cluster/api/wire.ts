import type { KubeObject } from "../store-object.ts";
import { apiVersionOf, type ResourceType } from "../store-resources.ts";

/** A response before it becomes one: bodies are text except for watches. */
export type Reply = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | ReadableStream<Uint8Array>;
};

/** `headers` are added to the content type. */
export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
	return textReply(status, typeof body === "string" ? body : JSON.stringify(body), "application/json", headers);
}

export function textReply(
	status: number,
	body: string,
	contentType: string,
	headers: Readonly<Record<string, string>> = {},
): Reply {
	return { status, headers: { "content-type": contentType, ...headers }, body };
}

const whole = new WeakMap<KubeObject, string>();
const listed = new WeakMap<KubeObject, string>();

/** The object as a response or a watch shows it. Kept per object: stored objects never change. */
export function objectJson(object: KubeObject): string {
	const kept = whole.get(object);
	if (kept !== undefined) return kept;
	const { kind, apiVersion, ...rest } = object;
	const text = JSON.stringify({ kind, apiVersion, ...rest });
	whole.set(object, text);
	return text;
}

/** The object as an item of a list: built-in kinds leave out `kind` and `apiVersion`, custom resources do not. */
function itemJson(type: ResourceType, object: KubeObject): string {
	if (type.custom) return objectJson(object);
	const kept = listed.get(object);
	if (kept !== undefined) return kept;
	const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
	const text = JSON.stringify(rest);
	listed.set(object, text);
	return text;
}

export type ListMeta = { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };

/** A list in the shape and order of fields of its kind. */
export function listJson(type: ResourceType, items: readonly KubeObject[], metadata: ListMeta): string {
	const texts = items.map((item) => itemJson(type, item)).join(",");
	const apiVersion = apiVersionOf(type);
	if (!type.custom)
		return `{"kind":"${type.kind}List","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[${texts}]}`;
	const { resourceVersion, remainingItemCount } = metadata;
	const meta = JSON.stringify({ continue: metadata.continue ?? "", remainingItemCount, resourceVersion });
	return `{"apiVersion":"${apiVersion}","items":[${texts}],"kind":"${type.kind}List","metadata":${meta}}`;
}
