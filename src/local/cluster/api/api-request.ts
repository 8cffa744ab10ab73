import { findResourceType, type ResourceType } from "../store-resources.ts";

/** The verbs of Kubernetes' authorization. */
export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

/** One request as Kubernetes' authorization and audit see it. */
export type ApiRequest = {
	/** Epoch milliseconds at which it came in. */
	readonly at: number;
	readonly verb: Verb;
	readonly method: string;
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	/** False for paths outside of `/api/v1` and `/apis/GROUP/VERSION`, such as `/version`. */
	readonly isResource: boolean;
	readonly group: string;
	readonly version: string;
	/** Empty for discovery. */
	readonly resource: string;
	readonly subresource: string;
	readonly namespace: string;
	readonly name: string;
};

type Parts = Pick<ApiRequest, "isResource" | "group" | "version" | "resource" | "subresource" | "namespace" | "name">;

const outside: Parts = { isResource: false, group: "", version: "", resource: "", subresource: "", namespace: "", name: "" };

/** A path with invalid percent-encoding is one that nobody serves. */
export function readApiRequest(method: string, url: URL, at: number): ApiRequest {
	const parts = readPath(segmentsOf(url.pathname));
	const query = Object.fromEntries(url.searchParams);
	const name = parts.name === "" && parts.isResource ? nameSelected(query) : parts.name;
	return { at, verb: verbOf(method, parts, query), method, path: url.pathname, query, ...parts, name };
}

function segmentsOf(path: string): string[] {
	try {
		return path
			.split("/")
			.filter((segment) => segment !== "")
			.map(decodeURIComponent);
	} catch {
		return [];
	}
}

// https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go#L128
function readPath(segments: readonly string[]): Parts {
	const core = segments[0] === "api";
	if (!core && segments[0] !== "apis") return outside;
	const [group, version, rest] = core ? ["", segments[1], segments.slice(2)] : [segments[1], segments[2], segments.slice(3)];
	if (group === undefined || version === undefined) return outside;
	const [first, namespace, third] = rest;
	const namespaced = first === "namespaces" && namespace !== undefined;
	const inside = namespaced && third !== undefined && third !== "status" && third !== "finalize";
	const [resource = "", name = "", ...sub] = inside ? rest.slice(2) : rest;
	if (resource === "") return outside;
	return { isResource: true, group, version, resource, name, subresource: sub.join("/"), namespace: namespaced ? namespace : "" };
}

function verbOf(method: string, { name, isResource }: Parts, query: Readonly<Record<string, string>>): Verb {
	if (method === "POST") return "create";
	if (method === "PUT") return "update";
	if (method === "PATCH") return "patch";
	if (method === "DELETE") return isResource && name === "" ? "deletecollection" : "delete";
	if (!isResource || name !== "") return "get";
	return isOn(query.watch) ? "watch" : "list";
}

/** Booleans in a query: everything but absent, `0` and `false` is true. */
export function isOn(value: string | undefined): boolean {
	return value !== undefined && value !== "0" && value.toLowerCase() !== "false";
}

/** A selector for one name gives the request that name, also for authorization. */
function nameSelected(query: Readonly<Record<string, string>>): string {
	return /^metadata\.name==?([^,!=]+)$/.exec(query.fieldSelector ?? "")?.[1] ?? "";
}

/** The kind this request is for, if this cluster serves it under that group, version and scope. */
export function servedType(request: ApiRequest): ResourceType | undefined {
	const type = findResourceType(request.resource);
	if (type === undefined || type.group !== request.group || type.version !== request.version) return undefined;
	const isNamespaceItself = type.resource === "namespaces";
	return type.namespaced || request.namespace === "" || isNamespaceItself ? type : undefined;
}

/** True for `…/RESOURCE/NAME…`, where `name` is from the path and not from a selector. */
export function namesObject(request: ApiRequest): boolean {
	return !["list", "watch", "deletecollection"].includes(request.verb) && request.name !== "";
}
