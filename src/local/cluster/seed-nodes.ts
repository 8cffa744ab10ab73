import type { Ground } from "./controllers/ground.ts";
import { Machine } from "./controllers/machines.ts";
import { machineLabels } from "./kubevirt/node-labels.ts";
import type { KubeObject, NewObject } from "./store.ts";
import { timestamp } from "./store-object.ts";

export type NodeSeed = {
	/** `ip-10-0-1-23.eu-west-1.compute.internal`; without it one is made. */
	readonly name?: string;
	/** `eu-west-1a`. */
	readonly zone?: string;
	/** `i-…`; without it one is made. */
	readonly instanceId?: string;
	/** Cores. Default 16. */
	readonly cpu?: number;
	/** As a quantity. Default 64Gi. */
	readonly memory?: string;
	/** Default 110. */
	readonly pods?: number;
	readonly labels?: Readonly<Record<string, string>>;
	readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
	readonly unschedulable?: boolean;
	/** Whether virt-api and virt-controller may be seeded here. Default true. */
	readonly infrastructure?: boolean;
};

const conditions = [
	["MemoryPressure", "KubeletHasSufficientMemory"],
	["DiskPressure", "KubeletHasNoDiskPressure"],
	["PIDPressure", "KubeletHasSufficientPID"],
] as const;

/** Adds an instance and the Node that its kubelet registers. */
export function seedNode(ground: Ground, seed: NodeSeed): KubeObject {
	const { node, machine } = newNode(ground, seed);
	const created = ground.store.create("nodes", node);
	ground.machines.add(machine);
	return created;
}

/** An instance and the Node that its kubelet is to register; neither is anywhere yet. */
export function newNode(
	{ machines, clock }: Pick<Ground, "machines" | "clock">,
	seed: NodeSeed,
): { readonly node: NewObject; readonly machine: Machine } {
	const number = machines.added + 1;
	const { zone = `eu-west-1${"abc"[(number - 1) % 3]}`, cpu = 16, memory = "64Gi", pods = 110 } = seed;
	const region = zone.slice(0, -1);
	const address = addressOf(seed.name) ?? `10.${Math.floor(number / 200)}.${((number - 1) % 3) + 1}.${10 + (number % 200)}`;
	const name = seed.name ?? `ip-${address.replaceAll(".", "-")}.${region}.compute.internal`;
	const instanceId = seed.instanceId ?? `i-${number.toString(16).padStart(17, "0")}`;
	const now = timestamp(clock.now());
	const devices = Object.fromEntries(
		["kvm", "tun", "vhost-net", "vhost-vsock"].map((name) => [`devices.kubevirt.io/${name}`, "1k"]),
	);
	const capacity = { cpu: String(cpu), memory, "ephemeral-storage": "200Gi", pods: String(pods), ...devices };
	if (machines.byInstance(instanceId) !== undefined) {
		throw new Error(`cannot add instance ${instanceId}: it is there already; give the node another instance id`);
	}
	const status = (type: string, value: string, reason: string, message: string) => ({
		type,
		status: value,
		reason,
		message,
		lastHeartbeatTime: now,
		lastTransitionTime: now,
	});
	const node: NewObject = {
		apiVersion: "v1",
		kind: "Node",
		metadata: {
			name,
			labels: {
				"kubernetes.io/arch": "amd64",
				"kubernetes.io/hostname": name,
				"kubernetes.io/os": "linux",
				"kubevirt.io/schedulable": "true",
				"node.kubernetes.io/instance-type": "m5.metal",
				"topology.kubernetes.io/region": region,
				"topology.kubernetes.io/zone": zone,
				"eks.amazonaws.com/nodegroup": "kubevirt",
				...machineLabels,
				...seed.labels,
			},
			annotations: { "kubevirt.io/heartbeat": now },
		},
		spec: {
			providerID: `aws:///${zone}/${instanceId}`,
			...(seed.taints === undefined ? {} : { taints: [...seed.taints] }),
			...(seed.unschedulable === true ? { unschedulable: true } : {}),
		},
		status: {
			addresses: [
				{ type: "InternalIP", address },
				{ type: "Hostname", address: name },
			],
			capacity,
			allocatable: capacity,
			conditions: [
				...conditions.map(([type, reason]) => status(type, "False", reason, "ok")),
				status("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
			],
			nodeInfo: { kubeletVersion: "v1.35.6", architecture: "amd64", operatingSystem: "linux" },
		},
	};
	return { node, machine: new Machine(instanceId, name, address) };
}

function addressOf(name: string | undefined): string | undefined {
	return /^ip-(\d+)-(\d+)-(\d+)-(\d+)\./
		.exec(name ?? "")
		?.slice(1)
		.join(".");
}
