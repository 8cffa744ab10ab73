import { setTimeout as sleep } from "node:timers/promises";
import { type VmSeed, vmKnobsOf, vmOf } from "../../../src/local/cluster/seed-vms.ts";
import { openInnerEnd } from "./bridge.ts";
import type { KubernetesPlane } from "./start-kubernetes.ts";
import { type PlaneSettings, startPlane } from "./start-plane.ts";

const VMS: readonly VmSeed[] = [
	{ namespace: "default", name: "web", evictionStrategy: "LiveMigrate" },
	{ namespace: "default", name: "cache", evictionStrategy: "LiveMigrateIfPossible" },
	{ namespace: "default", name: "batch", evictionStrategy: "None" },
	{
		namespace: "default",
		name: "pinned",
		evictionStrategy: "LiveMigrate",
		notMigratable: { reason: "DisksNotLiveMigratable", message: "cannot migrate VMI: PVC data is not shared" },
	},
];
const NODES = 3;
const RUNNING_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 500;

/** A control plane with three nodes and a few VMs, reachable from outside by the socket. Stays up until its process ends. */
export async function showCluster(settings: PlaneSettings & { readonly socket: string }): Promise<void> {
	const { socket, tell } = settings;
	const { plane, agent } = await startPlane(settings);
	for (let number = 1; number <= NODES; number++) {
		await agent.addNode({ name: `worker-${number}`, zone: `eu-west-1${"abc"[number - 1]}` });
	}
	tell(`${VMS.length} VMs`);
	for (const seed of VMS) {
		agent.knobs.turn(seed.namespace, seed.name, vmKnobsOf(seed));
		const { status, body } = await plane.admin("POST", "/apis/kubevirt.io/v1/namespaces/default/virtualmachines", vmOf(seed));
		if (status !== 201) throw new Error(`cannot create the VM ${seed.name}: ${status} ${JSON.stringify(body)}`);
	}
	await untilRunning(plane);
	await openInnerEnd(socket, plane.url);
}

type VmiList = { readonly items?: readonly { readonly status?: { readonly phase?: string } }[] };

async function untilRunning({ admin }: KubernetesPlane): Promise<void> {
	const until = Date.now() + RUNNING_WITHIN_MS;
	for (;;) {
		const { body } = await admin("GET", "/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances");
		const { items = [] } = body as VmiList;
		if (items.filter(({ status }) => status?.phase === "Running").length === VMS.length) return;
		if (Date.now() > until) throw new Error(`cannot see the ${VMS.length} VMs run within ${RUNNING_WITHIN_MS / 1000} s`);
		await sleep(LOOK_EVERY_MS);
	}
}
