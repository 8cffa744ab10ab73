import type { AccessRule } from "../../../src/local/cluster/api/authorization.ts";
import type { VmKnobs } from "../../../src/local/cluster/controllers/knobs.ts";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { fieldsAt, itemsAt, textAt } from "../../../src/local/cluster/store-object.ts";
import type { Exchange } from "./recording.ts";

/** Something the recorder did between two records without writing it down as a request. */
type Deed = {
	readonly experiment: string;
	/** The label of the step after which it was done; absent: the beginning. */
	readonly after?: string;
	/** Seconds later. */
	readonly wait: number;
	readonly act: (cluster: SimulatedCluster) => void;
};

export const deeds: readonly Deed[] = [
	{
		experiment: "drain",
		wait: 1.97,
		act: ({ store }) =>
			store.update("nodes", undefined, "node1", (draft) => {
				draft.spec = { ...draft.spec, unschedulable: true };
			}),
	},
	{
		experiment: "e08-pdb-errors",
		after: "unready Running pod, PDB IfHealthyBudget(default)",
		wait: 0,
		act: ({ store }) =>
			store.update("poddisruptionbudgets", "x", "u", (draft) => {
				draft.spec = { ...draft.spec, unhealthyPodEvictionPolicy: "AlwaysAllow" };
			}),
	},
	{
		experiment: "e12-virt-api-down",
		after: "create pod plain",
		wait: 10,
		act: ({ faults }) => faults.virtApi("down"),
	},
	{
		experiment: "e12-virt-api-down",
		after: "restart virt-api",
		wait: 0,
		act: ({ faults }) => faults.virtApi("up"),
	},
];

const evictOnly: AccessRule = { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"], namespaces: ["x"] };

/** The bearer token of the one who asks: the administrator, or in e13 a ServiceAccount with the role that it had by then. */
export function askerOf(cluster: SimulatedCluster, label: string): string {
	const rules = label === "SA without any role" ? [] : /^(SA with only|same SA)/.test(label) ? [evictOnly] : undefined;
	return rules === undefined ? cluster.users.adminToken : cluster.users.add({ name: "system:serviceaccount:x:drainer", rules });
}

/** How the recorder's guests behaved when nobody said otherwise. */
const usual = { startSeconds: 0.4, migrationSeconds: 6, shutdownSeconds: 4 } satisfies VmKnobs;
const bridged = {
	reason: "InterfaceNotLiveMigratable",
	message:
		"cannot migrate VMI which does not use masquerade, bridge with kubevirt.io/allow-pod-bridge-network-live-migration VM annotation or a migratable plugin to connect to the pod network",
};

/** The recorder told its guests by annotations how to behave; here they are told so when the request goes out. */
export function tellGuest(cluster: SimulatedCluster, { request }: Exchange): void {
	const [, vmi] = /\/virtualmachineinstances\/([^/]+)$/.exec(request.path) ?? [];
	const hangs = fieldsAt(request.body, "metadata", "annotations")["rc/migration-hang"] === "1";
	if (request.method === "PATCH" && vmi !== undefined && hangs) cluster.knobs.turn("x", vmi, { migrationSeconds: 86_400 });
	if (request.method !== "POST" || !request.path.endsWith("/virtualmachines")) return;
	const template = fieldsAt(request.body, "spec", "template");
	const told = fieldsAt(template, "metadata", "annotations");
	const interfaces = itemsAt(template, "spec", "domain", "devices", "interfaces");
	const seconds = (annotation: string, usually: number): number => Number(told[annotation] ?? usually);
	cluster.knobs.turn("x", textAt(request.body, "metadata", "name") ?? "", {
		startSeconds: usual.startSeconds,
		migrationSeconds: seconds("rc/migration-seconds", usual.migrationSeconds),
		shutdownSeconds: seconds("rc/shutdown-seconds", usual.shutdownSeconds),
		...(interfaces.some((one) => "bridge" in fieldsAt(one)) ? { notMigratable: bridged } : {}),
	});
}
