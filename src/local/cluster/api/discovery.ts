import { apiVersionOf, type ResourceType, resourceTypes } from "../store-resources.ts";
import { jsonReply, type Reply, textReply } from "./wire.ts";

const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const groups: readonly string[] = [...new Set(resourceTypes.map(({ group }) => group))].filter((group) => group !== "");

function describe(type: ResourceType): readonly object[] {
	const { resource, kind, singular, namespaced, shortNames, statusSubresource } = type;
	const short = shortNames.length === 0 ? {} : { shortNames };
	const whole = { name: resource, singularName: singular, namespaced, kind, verbs, ...short };
	const status = { name: `${resource}/status`, singularName: "", namespaced, kind, verbs: ["get", "patch", "update"] };
	const eviction = {
		name: "pods/eviction",
		singularName: "",
		namespaced,
		group: "policy",
		version: "v1",
		kind: "Eviction",
		verbs: ["create"],
	};
	return [whole, ...(resource === "pods" ? [eviction] : []), ...(statusSubresource ? [status] : [])];
}

function groupResources(group: string): Reply {
	const types = resourceTypes.filter((type) => type.group === group);
	const groupVersion = apiVersionOf({ group, version: "v1" });
	return jsonReply(200, { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: types.flatMap(describe) });
}

function groupEntry(name: string): object {
	const version = { groupVersion: `${name}/v1`, version: "v1" };
	return { name, versions: [version], preferredVersion: version };
}

function versionReply(gitVersion: string): Reply {
	const [, major = "", minor = ""] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
	return jsonReply(200, { major, minor, gitVersion, platform: "linux/amd64" });
}

/** The API server's answer for a path nobody serves: text, not a Status. */
export const pageNotFound: Reply = textReply(404, "404 page not found\n", "text/plain; charset=utf-8");

/** Answers the paths that say what this server is and serves. `aggregated` are groups that others serve behind it. */
export function answerDiscovery(
	path: string,
	kubernetesVersion: string,
	aggregated: readonly { readonly group: string }[] = [],
): Reply {
	const trimmed = path.replace(/\/+$/, "");
	if (trimmed === "/version") return versionReply(kubernetesVersion);
	if (["/healthz", "/livez", "/readyz"].includes(trimmed)) return textReply(200, "ok", "text/plain; charset=utf-8");
	if (trimmed === "/api") return jsonReply(200, { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] });
	if (trimmed === "/api/v1") return groupResources("");
	const known = [...groups, ...aggregated.map(({ group }) => group)];
	if (trimmed === "/apis") return jsonReply(200, { kind: "APIGroupList", apiVersion: "v1", groups: known.map(groupEntry) });
	const [, group = "", version] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(trimmed) ?? [];
	if (!known.includes(group)) return pageNotFound;
	if (version === undefined) return jsonReply(200, { kind: "APIGroup", apiVersion: "v1", ...groupEntry(group) });
	return version === "v1" ? groupResources(group) : pageNotFound;
}
