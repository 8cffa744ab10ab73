import type { KubeObject, NewObject } from "../store.ts";
import { type Fields, fieldsAt, itemsAt } from "../store-object.ts";
import { ownedBy } from "./pods.ts";

const patience = ["not-ready", "unreachable"].map((state) => ({
	effect: "NoExecute",
	key: `node.kubernetes.io/${state}`,
	operator: "Exists",
	tolerationSeconds: 300,
}));

/** A pod as a workload's template describes it, with what admission fills in. */
export function podOfTemplate(
	owner: KubeObject,
	metadata: { readonly name?: string; readonly generateName?: string; readonly labels?: Readonly<Record<string, string>> },
	spec: Fields = {},
): NewObject {
	const { namespace } = owner.metadata;
	const template = fieldsAt(owner, "spec", "template");
	const { labels, ...named } = metadata;
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			...named,
			...(namespace === undefined ? {} : { namespace }),
			labels: { ...(fieldsAt(template, "metadata", "labels") as Record<string, string>), ...labels },
			annotations: fieldsAt(template, "metadata", "annotations") as Record<string, string>,
			ownerReferences: [ownedBy(owner)],
		},
		spec: completed({ ...fieldsAt(template, "spec"), ...spec }),
		status: { phase: "Pending", qosClass: "BestEffort" },
	};
}

/** A pod's spec with the defaults of the API server. */
export function completed(spec: Fields): Fields {
	const tolerations = itemsAt(spec, "tolerations");
	return {
		restartPolicy: "Always",
		schedulerName: "default-scheduler",
		serviceAccountName: "default",
		terminationGracePeriodSeconds: 30,
		...spec,
		tolerations: [...tolerations, ...patience.filter(({ key }) => !tolerations.some((own) => fieldsAt(own).key === key))],
	};
}

/** Ten characters that depend on the template alone, as in the names of ReplicaSets and revisions. */
export function templateHash(owner: KubeObject): string {
	let hash = 0x811c9dc5;
	for (const char of JSON.stringify(owner.spec?.template ?? null)) {
		hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
	}
	return hash
		.toString(36)
		.padStart(7, "b")
		.replaceAll(/[aeiou013]/g, "x");
}
