import * as z from "zod";
import type { PodFacts, PodPhase, Requirement, Toleration } from "../../../domain/look.ts";
import { type Condition, conditionOf, conditions, controllerOf, type ObjectMeta, objectMeta, texts } from "./object-meta.ts";
import { podRequests, podRequestsSchema } from "./pod-requests.ts";
import { podRole } from "./pod-role.ts";
import { readObject } from "./read-object.ts";
import { stated } from "./stated.ts";

const requirement = z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() });
const term = z.object({ matchExpressions: z.array(requirement).nullish(), matchFields: z.array(requirement).nullish() });
const toleration = z.object({
	key: z.string().nullish(),
	operator: z.string().nullish(),
	value: z.string().nullish(),
	effect: z.string().nullish(),
});

const podSchema = z.object({
	metadata: objectMeta,
	spec: z.object({
		nodeName: z.string().nullish(),
		tolerations: z.array(toleration).nullish(),
		nodeSelector: texts,
		affinity: z
			.object({
				nodeAffinity: z
					.object({
						requiredDuringSchedulingIgnoredDuringExecution: z.object({ nodeSelectorTerms: z.array(term) }).nullish(),
					})
					.nullish(),
			})
			.nullish(),
		...podRequestsSchema,
	}),
	status: z.object({ phase: z.string().nullish(), conditions }).default({ phase: undefined, conditions: [] }),
});

const PHASES: ReadonlySet<string> = new Set(["Pending", "Running", "Succeeded", "Failed", "Unknown"] satisfies PodPhase[]);

/** The facts of a Pod object. A phase that we do not know counts as Unknown, which is never final. */
export function podFacts(object: unknown): PodFacts {
	const { metadata, spec, status } = readObject("Pod", podSchema, object);
	const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
	const role = podRole(metadata);
	return {
		namespace: metadata.namespace,
		name: metadata.name,
		uid: metadata.uid,
		role,
		phase: PHASES.has(status.phase ?? "") ? (status.phase as PodPhase) : "Unknown",
		createdAt: metadata.creationTimestamp,
		deleting: metadata.deletionTimestamp !== undefined,
		mirror: metadata.annotations["kubernetes.io/config.mirror"] !== undefined,
		...stated({
			nodeName: spec.nodeName || undefined,
			owner: controllerOf(metadata),
			refusedBySchedulerAt: refusedBySchedulerAt(status.conditions),
		}),
		...(role === "launcher" ? launcherFacts(metadata) : {}),
		requests: podRequests(spec),
		tolerations: (spec.tolerations ?? []).map(tolerationOf),
		nodeSelector: spec.nodeSelector,
		affinity: (required?.nodeSelectorTerms ?? []).map(requirementsOf),
	};
}

/** A launcher is joined to its VMI by uid: names can be those of an earlier one. */
function launcherFacts(metadata: ObjectMeta): Pick<PodFacts, "vmiUid" | "migrationUid"> {
	const owner = controllerOf(metadata);
	const owned = owner?.kind === "VirtualMachineInstance" ? owner.uid : undefined;
	return stated({
		vmiUid: metadata.labels["kubevirt.io/created-by"] || owned,
		migrationUid: metadata.labels["kubevirt.io/migrationJobUID"] || undefined,
	});
}

function refusedBySchedulerAt(list: readonly Condition[]): number | undefined {
	const scheduled = conditionOf(list, "PodScheduled");
	if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return undefined;
	return Math.max(scheduled.lastTransitionTime ?? 0, scheduled.lastProbeTime ?? 0) || undefined;
}

function tolerationOf({ key, operator, value, effect }: z.output<typeof toleration>): Toleration {
	return stated({
		key: key ?? undefined,
		operator: operator ?? undefined,
		value: value ?? undefined,
		effect: effect ?? undefined,
	});
}

/** A term without requirements matches no node at all; ours, where all requirements must hold, would match every one. */
const NO_NODE: readonly Requirement[] = [{ key: "kubernetes.io/hostname", operator: "In", values: [] }];

function requirementsOf(one: z.output<typeof term>): readonly Requirement[] {
	const all = [...(one.matchExpressions ?? []), ...(one.matchFields ?? [])];
	if (all.length === 0) return NO_NODE;
	return all.map(({ key, operator, values }) => ({ key, operator, values: values ?? [] }));
}
