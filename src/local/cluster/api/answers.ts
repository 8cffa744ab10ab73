import type { SimulationClock } from "../../clock/simulation-clock.ts";
import type { Store } from "../store.ts";
import type { ResourceType } from "../store-resources.ts";
import { type AggregatedApi, answerAggregated } from "./aggregated-api.ts";
import { type ApiRequest, namesObject, servedType } from "./api-request.ts";
import { badRequest, methodNotAllowed, notAcceptable, notFound, resourceNotServed, unsupportedMediaType } from "./api-status.ts";
import type { CreationWebhook } from "./creation-webhooks.ts";
import { answerDelete, answerDeleteCollection } from "./deletion.ts";
import { answerDiscovery, pageNotFound } from "./discovery.ts";
import { answerEviction } from "./eviction.ts";
import type { EvictionWebhook } from "./eviction-webhooks.ts";
import type { Handicaps } from "./fault-effects.ts";
import { answerList } from "./listing.ts";
import { answerCreate, answerPatch, answerUpdate } from "./object-writes.ts";
import { selectAt } from "./selection.ts";
import type { Sent } from "./sent.ts";
import { answerWatch } from "./watching.ts";
import { jsonReply, objectJson, type Reply } from "./wire.ts";

type AnswerContext = Handicaps & {
	readonly store: Store;
	readonly clock: SimulationClock;
	readonly kubernetesVersion: string;
	readonly webhooks: readonly EvictionWebhook[];
	readonly creationWebhooks: readonly CreationWebhook[];
	readonly aggregated: readonly AggregatedApi[];
	/** Its signal ends a watch. */
	readonly client: { readonly signal: AbortSignal };
};

/** The work behind a request that is authenticated and allowed. Throws ApiRefusal. */
export async function answerRequest(context: AnswerContext, request: ApiRequest, sent: Sent): Promise<Reply> {
	const passedOn = await answerAggregated(context.aggregated, request, sent);
	if (passedOn !== undefined) return passedOn;
	if (!request.isResource) {
		const reads = request.method === "GET" || request.method === "HEAD";
		return reads ? answerDiscovery(request.path, context.kubernetesVersion, context.aggregated) : pageNotFound;
	}
	const type = servedType(request);
	if (type === undefined) return knownGroup(request) ? refuse(resourceNotServed()) : pageNotFound;
	refuseWrongPlace(type, request);
	if (!acceptsJson(sent.accept)) throw notAcceptable();
	if (request.subresource !== "") return answerSubresource(context, type, request, sent);
	return answerResource(context, type, request, sent);
}

function refuse(refusal: Error): never {
	throw refusal;
}

function knownGroup(request: ApiRequest): boolean {
	return (
		answerDiscovery(request.group === "" ? `/api/${request.version}` : `/apis/${request.group}/${request.version}`, "").status ===
		200
	);
}

/** A namespaced object has no place outside of its namespace, and nothing is created by name or in all namespaces. */
function refuseWrongPlace(type: ResourceType, request: ApiRequest): void {
	const named = namesObject(request);
	if (type.namespaced && request.namespace === "" && named) throw resourceNotServed();
	if (request.verb !== "create") return;
	const inNamespace = !type.namespaced || request.namespace !== "";
	if ((named && request.subresource === "") || !inNamespace) throw methodNotAllowed();
}

function acceptsJson(accept: string): boolean {
	return accept
		.split(",")
		.map((range) => range.split(";").map((part) => part.trim().toLowerCase()))
		.some(([type = "", ...parameters]) => isJsonRange(type) && !parameters.some((parameter) => parameter.startsWith("as=")));
}

function isJsonRange(type: string): boolean {
	return type === "*/*" || type === "application/*" || type === "application/json";
}

async function answerSubresource(context: AnswerContext, type: ResourceType, request: ApiRequest, sent: Sent): Promise<Reply> {
	if (type.resource === "pods" && request.subresource === "eviction") {
		if (request.verb !== "create") throw methodNotAllowed();
		return answerEviction(context, request, readJson(sent));
	}
	if (request.subresource !== "status" || !type.statusSubresource) throw resourceNotServed();
	if (!["get", "update", "patch"].includes(request.verb)) throw methodNotAllowed();
	return answerResource(context, type, request, sent);
}

function answerResource(context: AnswerContext, type: ResourceType, request: ApiRequest, sent: Sent): Reply {
	const { store, clock } = context;
	switch (request.verb) {
		case "get":
			return answerGet(context, type, request);
		case "list":
			return answerList(store, type, request, context.staleVersion);
		case "watch":
			return answerWatch(context, type, request);
		case "create":
			return answerCreate(store, type, request, readJson(sent), context.creationWebhooks);
		case "update":
			if (!namesObject(request)) throw methodNotAllowed();
			return answerUpdate(store, type, request, readJson(sent));
		case "patch":
			if (!namesObject(request)) throw methodNotAllowed();
			return answerPatch(store, type, request, parse(sent.text), sent.contentType);
		case "delete":
			return answerDelete(store, type, request, readJson(sent), clock.now());
		case "deletecollection":
			return answerDeleteCollection(store, type, request, readJson(sent), clock.now());
	}
}

function answerGet(context: AnswerContext, type: ResourceType, request: ApiRequest): Reply {
	const { store, staleVersion } = context;
	const { name } = request;
	const namespace = type.namespaced ? request.namespace : undefined;
	const stale = request.query.resourceVersion === "0" && staleVersion !== undefined;
	const object = stale ? getAt(store, type, request, staleVersion) : store.get(type.resource, namespace, name);
	if (object === undefined) throw notFound({ kind: type.resource, group: type.group, name });
	return jsonReply(200, objectJson(object));
}

function getAt(store: Store, type: ResourceType, request: ApiRequest, version: number) {
	const field = { field: "metadata.name", equal: true, value: request.name };
	const found = selectAt(
		store,
		{ type, namespace: type.namespaced ? request.namespace : "", labels: [], fields: [field] },
		version,
	);
	return found === "expired" ? undefined : found[0];
}

const jsonTypes = ["", "application/json", "text/plain"];

/** The body of a create, update or delete; undefined when there is none. */
function readJson({ contentType, text }: Sent): unknown {
	if (text === "") return undefined;
	if (!jsonTypes.includes(contentType)) throw unsupportedMediaType(["application/json"]);
	return parse(text);
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw badRequest(`couldn't get version/kind; json parse error: ${why}`);
	}
}
