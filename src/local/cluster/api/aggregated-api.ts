import type { ApiRequest } from "./api-request.ts";
import { pageNotFound } from "./discovery.ts";
import type { Sent } from "./sent.ts";
import { jsonReply, type Reply, textReply } from "./wire.ts";

/** An API that a program in the cluster serves behind the API server, as an APIService registers it. */
export interface AggregatedApi {
	readonly group: string;
	readonly version: string;
	/** As discovery lists them, `virtualmachines/migrate`; all namespaced. */
	readonly resources: readonly string[];
	/** Whether the program can be reached. */
	available(): boolean;
	/** The program's answer to a request that is authenticated and allowed. Throws ApiRefusal. */
	answer(request: ApiRequest, sent: Sent): Promise<Reply>;
}

/** Passes on what is for one of these APIs; undefined for any other request. */
export async function answerAggregated(
	apis: readonly AggregatedApi[],
	request: ApiRequest,
	sent: Sent,
): Promise<Reply | undefined> {
	const discovered = apis.find(({ group, version }) => request.path.replace(/\/+$/, "") === `/apis/${group}/${version}`);
	const api = discovered ?? (request.isResource ? apis.find(({ group }) => group === request.group) : undefined);
	if (api === undefined) return undefined;
	// https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/kube-aggregator/pkg/apiserver/handler_proxy.go#L125
	if (!api.available()) return textReply(503, "service unavailable\n", "text/plain; charset=utf-8");
	if (discovered !== undefined) return resourceList(discovered);
	return request.version === api.version ? api.answer(request, sent) : pageNotFound;
}

function resourceList({ group, version, resources }: AggregatedApi): Reply {
	const listed = resources.map((name) => ({ name, singularName: "", namespaced: true, kind: "", verbs: null }));
	return jsonReply(200, { kind: "APIResourceList", apiVersion: "v1", groupVersion: `${group}/${version}`, resources: listed });
}
