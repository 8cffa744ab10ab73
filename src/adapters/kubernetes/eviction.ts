import type { V1Eviction } from "@kubernetes/client-node";
import type { PodFacts } from "../../domain/look.ts";
import { nameOf } from "../../domain/namespaced-name.ts";
import type { EvictionAnswer } from "../../ports.ts";
import { type ApiStatus, answerOf, faultOf } from "./api-status.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { requireObjectName } from "./object-name.ts";

/**
 * Asks the eviction API for this very pod. Answers that only a human can change (401, 403 by RBAC, a request that the
 * server cannot read) are thrown. Never annotated as the descheduler's, which would lower the
 * migration's priority:
 * https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-api/webhooks/validating-webhook/admitters/pod-eviction-admitter.go
 */
export async function evictPod({ core }: ClusterApi, pod: PodFacts, dryRun: boolean): Promise<EvictionAnswer> {
	const name = requireObjectName("Pod", pod.name);
	const namespace = requireObjectName("Namespace", pod.namespace);
	const body: V1Eviction = {
		apiVersion: "policy/v1",
		kind: "Eviction",
		metadata: { name, namespace },
		deleteOptions: { preconditions: { uid: pod.uid }, ...(dryRun && { dryRun: ["All"] }) },
	};
	const answer = await answerOf(core.createNamespacedPodEviction({ name, namespace, body }));
	if (!("status" in answer)) return { kind: "accepted" };
	return evictionAnswer(answer.status) ?? refuse(answer.status, pod);
}

function refuse(status: ApiStatus, pod: PodFacts): never {
	throw faultOf(status, `evict pod ${nameOf(pod)}`);
}

type Rule = {
	readonly when: (status: ApiStatus) => boolean;
	readonly kind: EvictionAnswer["kind"];
	readonly says?: (status: ApiStatus) => string;
};

const DENIED = /^admission webhook "([^"]+)" denied the request: /;
/** With whatever code the policy's author chose; https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go */
const POLICY_DENIED = /ValidatingAdmissionPolicy '[^']+' with binding '[^']+' denied request/;
const TWO_BUDGETS = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";

const isKubeVirts = ({ message }: ApiStatus) => /(^|\.)kubevirt\.io$/.test(DENIED.exec(message)?.[1] ?? "");
const byBudget = ({ causes }: ApiStatus) => causes.find((cause) => cause.reason === "DisruptionBudget");
const aboutBudget = ({ about, message }: ApiStatus) =>
	about === "poddisruptionbudgets" || about === "poddisruptionbudget" || message.startsWith("poddisruptionbudget");

/**
 * In this order: a webhook's refusal may carry any code, and a 403 or 500 means RBAC or a failing server only when nothing
 * before says otherwise. The API server's side of it:
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/registry/core/pod/storage/eviction.go
 */
const RULES: readonly Rule[] = [
	{ when: isKubeVirts, kind: "guarded", says: ({ message }) => message.replace(DENIED, "") },
	{ when: ({ message }) => DENIED.test(message), kind: "later" },
	{ when: ({ message }) => POLICY_DENIED.test(message), kind: "later" },
	{ when: ({ message }) => message.includes("failed calling webhook"), kind: "unreachable" },
	{ when: ({ code, reason }) => code === 404 && reason === "NotFound", kind: "gone" },
	{ when: (status) => byBudget(status) !== undefined, kind: "budget", says: (status) => byBudget(status)?.message ?? "" },
	{ when: ({ message }) => message === TWO_BUDGETS, kind: "budget" },
	{ when: ({ code }) => code === 429, kind: "later" },
	{ when: ({ code, causes }) => code === 403 && causes.some((cause) => cause.reason === "NamespaceTerminating"), kind: "later" },
	{ when: (status) => status.code === 403 && aboutBudget(status), kind: "later" },
	{ when: ({ code, message }) => code === 409 && /the UID in the precondition/i.test(message), kind: "changed" },
	{ when: ({ code }) => code === 409 || code >= 500, kind: "later" },
];

/** What a refusal means; undefined when it is a fault and no outcome. */
export function evictionAnswer(status: ApiStatus): EvictionAnswer | undefined {
	const rule = RULES.find(({ when }) => when(status));
	if (rule === undefined) return undefined;
	if (rule.kind === "gone" || rule.kind === "changed" || rule.kind === "accepted") return { kind: rule.kind };
	const says = rule.says?.(status) || status.message;
	const wait = status.retryAfterSeconds;
	return wait === undefined ? { kind: rule.kind, says } : { kind: rule.kind, says, retryAfterSeconds: wait };
}
