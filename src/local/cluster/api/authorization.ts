import type { ApiRequest } from "./api-request.ts";
import { ApiRefusal, forbidden } from "./api-status.ts";

/** A rule as in a ClusterRole; `*` stands for all. `namespaces` narrows it as a RoleBinding would. */
export type AccessRule = {
	readonly apiGroups: readonly string[];
	/** With subresources: `pods/eviction`. */
	readonly resources: readonly string[];
	readonly verbs: readonly string[];
	readonly resourceNames?: readonly string[];
	readonly namespaces?: readonly string[];
};

export type ApiUser = { readonly name: string; readonly rules: readonly AccessRule[] };

/** Whom a bearer token belongs to at this time; undefined for an unknown or expired one: 401. */
export type Authenticate = (token: string | undefined, now: number) => ApiUser | undefined;

/** May do everything. Requests are this user's when the server is made without authentication. */
export const administrator: ApiUser = {
	name: "kubernetes-admin",
	rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
};

type Credential = {
	readonly token: string;
	readonly user: ApiUser /** Epoch milliseconds. */;
	readonly expiresAt?: number;
};

/** Authentication by a fixed list of tokens. */
export function authenticateBy(credentials: readonly Credential[]): Authenticate {
	return (token, now) => {
		const credential = credentials.find((known) => known.token === token);
		return credential === undefined || (credential.expiresAt ?? Number.POSITIVE_INFINITY) <= now ? undefined : credential.user;
	};
}

/** The token of `Authorization: Bearer …`. */
export function bearerToken(headers: Headers): string | undefined {
	return /^Bearer\s+(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
}

const covers = (listed: readonly string[], value: string): boolean => listed.includes("*") || listed.includes(value);

function allows(rule: AccessRule, request: ApiRequest, resource: string): boolean {
	const what = covers(rule.apiGroups, request.group) && covers(rule.resources, resource) && covers(rule.verbs, request.verb);
	const which = rule.resourceNames === undefined || rule.resourceNames.includes(request.name);
	return what && which && (rule.namespaces === undefined || rule.namespaces.includes(request.namespace));
}

/** The refusal of a request that no rule of this user allows. Discovery is open to every user. */
export function refuseUnlessAllowed(user: ApiUser, request: ApiRequest): void {
	if (!request.isResource) {
		if (request.verb === "get" || request.verb === "list" || user === administrator) return;
		const verb = request.method.toLowerCase();
		const message = `forbidden: User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(request.path)}`;
		throw new ApiRefusal({ code: 403, reason: "Forbidden", message, details: {} });
	}
	// Of a longer path only the first part counts: `evacuate` for `…/evacuate/cancel`.
	// https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go#L213
	const [subresource = ""] = request.subresource.split("/");
	const resource = subresource === "" ? request.resource : `${request.resource}/${subresource}`;
	if (user.rules.some((rule) => allows(rule, request, resource))) return;
	const scope = request.namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(request.namespace)}`;
	const what = `cannot ${request.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(request.group)} ${scope}`;
	const subject = { kind: request.resource, group: request.group, name: request.name };
	throw forbidden(subject, `User ${JSON.stringify(user.name)} ${what}`);
}
