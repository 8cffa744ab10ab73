import type { KubeObject, Store } from "../store.ts";
import type { ResourceType } from "../store-resources.ts";
import type { ApiRequest } from "./api-request.ts";
import { ApiRefusal, badRequest, expired, invalid, unclassified } from "./api-status.ts";
import { readSelection, type Selection, selectAt, sortKey } from "./selection.ts";
import { jsonReply, type ListMeta, listJson, type Reply } from "./wire.ts";

type Cursor = { readonly resourceVersion: number; readonly after: string };

const tooOldToContinue =
	"The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/**
 * Answers a list. `staleVersion` is what the server's cache has seen when it lags: only a list that asks for
 * `resourceVersion=0` may be answered from it.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list
 */
export function answerList(store: Store, type: ResourceType, request: ApiRequest, staleVersion?: number): Reply {
	const selection = readSelection(type, request);
	const limit = readCount("limit", request.query.limit);
	const cursor = readCursor(request.query);
	if (cursor !== undefined) return nextPage(store, selection, cursor, limit);
	const wanted = readVersions(store, request.query);
	const version = wanted === "any" ? Math.min(staleVersion ?? store.resourceVersion, store.resourceVersion) : wanted;
	const objects = selectAt(store, selection, version);
	if (objects === "expired") throw expired(`The resourceVersion for the provided list is too old.`);
	return page(selection, objects, version, wanted === "any" ? 0 : limit);
}

function nextPage(store: Store, selection: Selection, cursor: Cursor, limit: number): Reply {
	const version = cursor.resourceVersion < 0 ? store.resourceVersion : cursor.resourceVersion;
	const objects = selectAt(store, selection, version);
	if (objects === "expired")
		throw expired(tooOldToContinue, { continue: writeCursor({ resourceVersion: -1, after: cursor.after }) });
	const remaining = objects.filter((object) => sortKey(object) > cursor.after);
	return page(selection, remaining, version, limit);
}

function page(selection: Selection, objects: readonly KubeObject[], version: number, limit: number): Reply {
	const last = limit > 0 && objects.length > limit ? objects[limit - 1] : undefined;
	if (last === undefined) return jsonReply(200, listJson(selection.type, objects, { resourceVersion: String(version) }));
	const left = selection.labels.length + selection.fields.length === 0 ? { remainingItemCount: objects.length - limit } : {};
	const metadata: ListMeta = {
		resourceVersion: String(version),
		continue: writeCursor({ resourceVersion: version, after: sortKey(last) }),
		...left,
	};
	return jsonReply(200, listJson(selection.type, objects.slice(0, limit), metadata));
}

/** Throws a 400 refusal when it is not a whole number. */
export function readCount(name: string, text: string | undefined): number {
	if (text === undefined || text === "") return 0;
	if (/^-?\d+$/.test(text)) return Number(text);
	throw badRequest(`unable to read the parameter ${name}: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** `any` for "0"; throws what a version answers that is no number (500, as seen on 1.35) or lies in the future. */
export function readVersion(store: Store, text: string | undefined): number | "any" | undefined {
	if (text === undefined || text === "") return undefined;
	if (text === "0") return "any";
	if (!/^\d+$/.test(text)) {
		const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
		throw unclassified(`resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`);
	}
	if (Number(text) > store.resourceVersion) throw tooLarge(text, store.resourceVersion);
	return Number(text);
}

function tooLarge(text: string, current: number): ApiRefusal {
	const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }];
	const message = `Timeout: Too large resource version: ${text}, current: ${current}`;
	return new ApiRefusal({ code: 504, reason: "Timeout", message, details: { causes, retryAfterSeconds: 1 } });
}

function readVersions(store: Store, query: ApiRequest["query"]): number | "any" {
	const version = readVersion(store, query.resourceVersion);
	const match = query.resourceVersionMatch ?? "";
	if (match !== "" && version === undefined)
		throw matchForbidden("resourceVersionMatch is forbidden unless resourceVersion is provided");
	if (match === "Exact" && version === "any") {
		throw matchForbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
	}
	if (match === "Exact" && typeof version === "number") return version;
	return version === "any" ? "any" : store.resourceVersion;
}

/** 422 as the validation of list options words it. */
export function matchForbidden(why: string): ApiRefusal {
	const cause = { reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field: "resourceVersionMatch" };
	return invalid({ kind: "ListOptions", group: "meta.k8s.io", name: "" }, [cause]);
}

function writeCursor({ resourceVersion, after }: Cursor): string {
	return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: resourceVersion, start: `${after}\0` })).toString("base64url");
}

function readCursor(query: ApiRequest["query"]): Cursor | undefined {
	const token = query.continue ?? "";
	if (token === "") return undefined;
	if ((query.resourceVersion ?? "0") !== "0") {
		throw badRequest("specifying resource version is not allowed when using continue");
	}
	try {
		const read: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
		const { rv, start } = read as { rv: unknown; start: unknown };
		if (typeof rv === "number" && typeof start === "string") return { resourceVersion: rv, after: start.replace(/\0$/, "") };
	} catch {
		throw badRequest("continue key is not valid: invalid character");
	}
	throw badRequest("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
}
