import { conditionOf } from "../../../src/local/cluster/controllers/conditions.ts";
import type { Change, KubeObject, Resource } from "../../../src/local/cluster/store.ts";
import { fieldsAt, textAt } from "../../../src/local/cluster/store-object.ts";

/** What an object shows of one thing; a write counts when that differs from before. Empty: nothing to tell. */
type Sight = { readonly of: Resource; readonly show: (object: KubeObject) => string | undefined; readonly gone?: string };

const status = (object: KubeObject, ...path: string[]): string | undefined => textAt(object, "status", ...path);
const role = (pod: KubeObject): string =>
	pod.metadata.labels?.["kubevirt.io/migrationJobUID"] === undefined ? "source" : "target";

const ofVmi = (show: Sight["show"], gone?: string): Sight => ({
	of: "virtualmachineinstances",
	show,
	...(gone === undefined ? {} : { gone }),
});

const migrationFields = ["targetNode", "targetNodeAddress", "startTimestamp", "endTimestamp"].map((field) =>
	ofVmi((vmi) => (status(vmi, "migrationState", field) === undefined ? undefined : `VMI ${field}`)),
);

const sights: readonly Sight[] = [
	{ of: "virtualmachineinstancemigrations", show: (vmim) => `VMIM ${status(vmim, "phase") ?? "created"}` },
	{
		of: "virtualmachineinstancemigrations",
		show: ({ metadata }) => (metadata.finalizers === undefined ? "VMIM without finalizer" : undefined),
	},
	ofVmi((vmi) => (status(vmi, "evacuationNodeName") === undefined ? undefined : "VMI marked"), "VMI unmarked"),
	ofVmi((vmi) => conditionOf(vmi, "EvictionRequested")?.type, "VMI no longer EvictionRequested"),
	...migrationFields,
	ofVmi((vmi) => `VMI on ${status(vmi, "nodeName")}`),
	ofVmi((vmi) => (fieldsAt(vmi, "status", "migrationState").completed === true ? "VMI completed" : undefined)),
	ofVmi(
		(vmi) => (vmi.metadata.labels?.["kubevirt.io/migrationTargetNodeName"] === undefined ? undefined : ""),
		"VMI without target label",
	),
	{ of: "pods", show: (pod) => `${role(pod)} pod ${status(pod, "phase")}` },
	{ of: "pods", show: (pod) => (textAt(pod, "spec", "nodeName") === undefined ? undefined : `${role(pod)} pod bound`) },
];

/** One clause for each write that an evacuation is known by. */
export function writesOf(changes: readonly Change[]): readonly string[] {
	return changes.flatMap(({ resource, object, previous }) =>
		sights
			.filter(({ of }) => of === resource)
			.flatMap(({ show, gone }) => {
				const [now, before] = [show(object), previous === undefined ? undefined : show(previous)];
				if (now === before) return [];
				return [now ?? gone ?? ""];
			})
			.filter((clause) => clause !== ""),
	);
}
