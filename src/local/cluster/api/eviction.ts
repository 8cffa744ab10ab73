import type { SimulationClock } from "../../clock/simulation-clock.ts";
import type { KubeObject, Store } from "../store.ts";
import { type Fields, fieldsAt, isFields, itemsAt, textAt, timestamp } from "../store-object.ts";
import type { ApiRequest } from "./api-request.ts";
import { badRequest, forbidden, notFound, unclassified } from "./api-status.ts";
import { checkPreconditions, graceSeconds } from "./deletion.ts";
import { spendBudget } from "./disruption-budget.ts";
import { readDryRun } from "./dry-run.ts";
import { askWebhooks, type EvictionWebhook } from "./eviction-webhooks.ts";
import { jsonReply, type Reply } from "./wire.ts";

type EvictionContext = {
	readonly store: Store;
	readonly clock: SimulationClock;
	readonly webhooks: readonly EvictionWebhook[];
};

/**
 * POST `…/pods/NAME/eviction`, in the order of the real one: body, namespace, webhooks, pod, budget, preconditions. The
 * webhooks are asked before anybody looks whether the pod exists, and preconditions are checked with the deletion, so that a
 * budget may refuse first.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/registry/core/pod/storage/eviction.go
 */
export async function answerEviction(context: EvictionContext, request: ApiRequest, body: unknown): Promise<Reply> {
	const eviction = readEviction(body, request.name);
	const options = fieldsAt(eviction, "deleteOptions");
	const dryRun = agreeOnDryRun(request, options);
	const { store, clock } = context;
	const { namespace, name } = request;
	refuseInEndingNamespace(store, namespace, name);
	await askWebhooks(context, context.webhooks, { namespace, name, dryRun, request: eviction });
	const pod = store.get("pods", namespace, name);
	if (pod === undefined) throw notFound({ kind: "pods", group: "", name });
	if (!passesWithoutBudget(pod)) spendBudget(store, pod, { now: clock.now(), dryRun });
	checkPreconditions(pod, options);
	if (!dryRun) {
		markDisrupted(store, pod, clock.now());
		store.beginDeletion("pods", namespace, name, graceSeconds(pod, options));
	}
	return jsonReply(201, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 });
}

function readEviction(body: unknown, name: string): Fields {
	if (!isFields(body)) throw badRequest("the object provided is unrecognized (must be of type Eviction)");
	const { apiVersion = "policy/v1", kind = "Eviction" } = body;
	const known = kind === "Eviction" && (apiVersion === "policy/v1" || apiVersion === "policy/v1beta1");
	if (!known) throw badRequest(`${String(kind)} in version ${JSON.stringify(apiVersion)} cannot be handled as a Eviction`);
	if (textAt(body, "metadata", "name") !== name) throw badRequest("name in URL does not match name in Eviction object");
	return body;
}

function agreeOnDryRun(request: ApiRequest, options: Fields): boolean {
	const inPath = readDryRun(request.query.dryRun, "CreateOptions");
	const inBody = itemsAt(options, "dryRun").map(String);
	if (inBody.length === 0) return inPath;
	if (inPath && inBody.join(" ") !== "All") {
		throw unclassified(`Non-matching dry-run options in request and content: [All] and [${inBody.join(" ")}]`);
	}
	return inBody.includes("All");
}

function refuseInEndingNamespace(store: Store, namespace: string, name: string): void {
	const found = store.get("namespaces", undefined, namespace);
	if (found?.metadata.deletionTimestamp === undefined) return;
	const cause = {
		reason: "NamespaceTerminating",
		message: `namespace ${namespace} is being terminated`,
		field: "metadata.namespace",
	};
	const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
	throw forbidden({ kind: "pods", group: "", name }, why, [cause]);
}

/** A pod that has ended, has not begun or is going already disrupts nobody. */
function passesWithoutBudget(pod: KubeObject): boolean {
	const phase = textAt(pod, "status", "phase");
	return phase === "Succeeded" || phase === "Failed" || phase === "Pending" || pod.metadata.deletionTimestamp !== undefined;
}

function markDisrupted(store: Store, pod: KubeObject, now: number): void {
	store.update("pods", pod.metadata.namespace, pod.metadata.name, (draft) => {
		const conditions = itemsAt(draft, "status", "conditions").filter(isFields);
		const before = conditions.find(({ type }) => type === "DisruptionTarget");
		const condition = {
			type: "DisruptionTarget",
			status: "True",
			lastProbeTime: null,
			lastTransitionTime: before?.status === "True" ? before.lastTransitionTime : timestamp(now),
			reason: "EvictionByEvictionAPI",
			message: "Eviction API: evicting",
		};
		const others = conditions.filter((other) => other !== before);
		draft.status = { ...draft.status, conditions: [...others, condition] };
	});
}
