import { conditionOf, conditionsOf } from "../../../src/local/cluster/controllers/conditions.ts";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import type { KubeObject, Resource } from "../../../src/local/cluster/store.ts";
import { type Fields, fieldsAt, isFields, itemsAt, textAt } from "../../../src/local/cluster/store-object.ts";
import type { Note } from "./recording.ts";

const namespace = "x";

/** One kind of note that the recorder made of something it read: how it is read here, and what of it counts. */
type Reading = {
	/** The fields by which such a note is known. */
	readonly fields: string;
	readonly read: (cluster: SimulatedCluster, step: Note, vms: readonly string[]) => unknown;
	/** The facts of it: no times, and of long lists of fields those that are read by anybody. Applied to both sides. */
	readonly facts: (seen: Fields) => unknown;
};

const untimed = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(untimed);
	if (!isFields(value)) return value;
	const kept = Object.entries(value).filter(([field]) => !/^(last\w+Time|phaseTransitionTimestamp|lastProbeTime)$/.test(field));
	return Object.fromEntries(kept.map(([field, inner]) => [field, untimed(inner)]));
};

const evacuates = (annotations: unknown): unknown => fieldsAt(annotations)["kubevirt.io/evacuationMigration"] ?? null;

/** Of a migration's state, what KubeVirt's own configuration and the network's ports do not decide. */
function migrationFacts(status: unknown): unknown {
	const { migrationConfiguration, targetDirectMigrationNodePorts, targetMemoryOverhead, targetNodeAddress, ...state } = fieldsAt(
		status,
		"migrationState",
	);
	for (const field of ["startTimestamp", "endTimestamp", "targetNodeDomainReadyTimestamp"]) {
		if (field in state) state[field] = "some time";
	}
	const phases = itemsAt(status, "phaseTransitionTimestamps").map((transition) => textAt(transition, "phase"));
	return { phase: textAt(status, "phase"), phases, state };
}

const all = ({ store }: SimulatedCluster, resource: Resource): readonly KubeObject[] => store.inNamespace(resource, namespace);
const launchers = (cluster: SimulatedCluster): readonly KubeObject[] =>
	all(cluster, "pods").filter(({ metadata }) => metadata.labels?.["kubevirt.io"] === "virt-launcher");
const migrations = (cluster: SimulatedCluster): readonly KubeObject[] => all(cluster, "virtualmachineinstancemigrations");

const readings: readonly Reading[] = [
	{
		fields: "st",
		read: (cluster) => ({
			st: all(cluster, "poddisruptionbudgets")
				.map(({ metadata, status }) => ({ name: metadata.name, status }))
				.sort((a, b) => a.name.localeCompare(b.name)),
		}),
		facts: untimed,
	},
	{
		fields: "on",
		read: ({ store }, _, vms) => {
			const nodeOf = (vm: string) => [vm, textAt(store.get("virtualmachineinstances", namespace, vm), "status", "nodeName")];
			return { on: Object.fromEntries(vms.map(nodeOf)) };
		},
		facts: (seen) => seen,
	},
	{
		fields: "tp",
		read: (cluster, _, [vm]) => ({
			tp: launchers(cluster)
				.filter(({ metadata }) => metadata.annotations?.["kubevirt.io/domain"] === vm)
				.map((pod) => [pod.metadata.name, textAt(pod, "spec", "nodeName")]),
		}),
		facts: ({ tp }) => Object.fromEntries(tp as [string, string][]),
	},
	{
		fields: "conds del dgp phase",
		read: ({ store }) => {
			const pod = store.get("pods", namespace, "p3");
			if (pod === undefined) return {};
			const { deletionTimestamp: del, deletionGracePeriodSeconds: dgp } = pod.metadata;
			return { phase: textAt(pod, "status", "phase"), del, dgp, conds: conditionsOf(pod) };
		},
		facts: ({ phase, del, dgp, conds }) => ({ phase, del: del !== undefined, dgp, conds: byType(untimed(conds)) }),
	},
	{
		fields: "phase ready",
		read: (cluster) => {
			const pod = all(cluster, "pods").find(({ metadata }) => metadata.labels?.app === "u");
			return pod === undefined ? {} : { phase: textAt(pod, "status", "phase"), ready: conditionOf(pod, "Ready") };
		},
		facts: ({ phase, ready }) => {
			const { message: _, ...rest } = fieldsAt(untimed(ready));
			return { phase, ready: rest };
		},
	},
	{
		fields: "a mig",
		read: (cluster, _, [vm = ""]) => ({
			a: cluster.store.get("virtualmachineinstances", namespace, vm)?.metadata.annotations,
			mig: migrations(cluster).map(({ spec }) => spec),
		}),
		facts: ({ a, mig }) => ({ source: fieldsAt(a)["kubevirt.io/eviction-source"] ?? null, mig }),
	},
	{
		fields: "m",
		read: (cluster) => ({
			m: migrations(cluster).map(({ metadata, spec }) => ({ name: metadata.name, spec, annotations: metadata.annotations })),
		}),
		facts: ({ m }) =>
			(m as unknown[]).map((one) => {
				const { name, spec, annotations } = fieldsAt(one);
				return { name, spec, evacuates: evacuates(annotations) };
			}),
	},
	{
		fields: "annotations status",
		read: (cluster) => {
			const [vmim] = migrations(cluster);
			return { status: vmim?.status, annotations: vmim?.metadata.annotations };
		},
		facts: ({ status, annotations }) => ({ status: migrationFacts(status), evacuates: evacuates(annotations) }),
	},
	{
		fields: "status",
		read: ({ store }, { label }) => ({ status: store.get("virtualmachineinstancemigrations", namespace, label)?.status }),
		facts: ({ status }) => migrationFacts(status),
	},
	{
		fields: "terminationGracePeriodSeconds vmi",
		read: (cluster) => {
			const pod = launchers(cluster).find(({ metadata }) => metadata.deletionTimestamp !== undefined);
			const owner = pod?.metadata.ownerReferences?.[0]?.name ?? "";
			const vmi = cluster.store.get("virtualmachineinstances", namespace, owner);
			return {
				terminationGracePeriodSeconds: pod?.spec?.terminationGracePeriodSeconds,
				vmi: vmi?.spec?.terminationGracePeriodSeconds,
			};
		},
		facts: (seen) => seen,
	},
];

function byType(conditions: unknown): unknown {
	if (!Array.isArray(conditions)) return conditions;
	return conditions.toSorted((a, b) => String(textAt(a, "type")).localeCompare(String(textAt(b, "type"))));
}

function readingOf({ seen }: Note): Reading | undefined {
	const fields = Object.keys(seen).sort().join(" ");
	return readings.find((reading) => reading.fields === fields);
}

/** What the recorder would note here and now; undefined for notes that are none of an answer. */
export function readAgain(cluster: SimulatedCluster, vms: readonly string[], step: Note): unknown {
	return readingOf(step)?.read(cluster, step, vms);
}

/** The facts of both sides; undefined for notes that are none of an answer. */
export function factsOf(step: Note, read: unknown): { readonly recorded: unknown; readonly here: unknown } | undefined {
	const reading = readingOf(step);
	if (reading === undefined) return undefined;
	return { recorded: reading.facts(step.seen), here: reading.facts(fieldsAt(read)) };
}
