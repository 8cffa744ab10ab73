import type { Program } from "../../src/local/cluster/controllers/controller-loop.ts";
import type { KubeObject } from "../../src/local/cluster/store.ts";
import { forceDelete, here, tolerant } from "../rules/tricks.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { NAMESAKE, type Stage } from "./stage.ts";
import { namespace } from "./world.ts";

/** Happens at once, or begins; answers whether there was anything for it to happen to. */
export type Mishap = (stage: Stage, fault: Fault) => boolean;

/** A migration has begun so long after it was asked for. */
const SETS_OUT_MS = 3_000;
const nodes = "/api/v1/nodes";
const kubevirt = `/apis/kubevirt.io/v1/namespaces/${namespace}`;

/** Requests of a user, in a thread of their own: one after the other, refusals and all. */
const asUser = (stage: Stage, act: () => Promise<unknown>): true => {
	stage.clock.thread(act).catch((fault: unknown) => stage.broken(fault));
	return true;
};

const pause =
	(program: Program): Mishap =>
	({ cluster, clock, lastsUntil }, { seconds }) => {
		cluster.faults.program(program, "down");
		clock.at(seconds * 1_000, () => cluster.faults.program(program, "up"));
		lastsUntil(clock.now() + seconds * 1_000);
		return true;
	};

/**
 * Back again, KubeVirt would say of a VMI whose launcher it misses that it has failed, while its guest lives: what KubeVirt says
 * is over counts as over, and nobody could know better.
 */
const stopForGood = ({ cluster }: Stage, program: Program): void => cluster.faults.program(program, "down");

const fields = (value: unknown): Readonly<Record<string, unknown>> => (value ?? {}) as Readonly<Record<string, unknown>>;

const isThere = ({ cluster, node }: Stage): boolean => cluster.store.get("nodes", undefined, node) !== undefined;

/** VMIs on the leaving node. */
const vmis = ({ cluster, node }: Stage): readonly KubeObject[] =>
	cluster.store.list("virtualmachineinstances").filter(({ status }) => fields(status).nodeName === node);

const chosen = <T>(all: readonly T[], { choice }: Fault): T | undefined => all[Math.floor(choice * all.length)];

/** The VM of a VMI on the node, if it has one. */
const vmOn = (stage: Stage, fault: Fault): string | undefined => {
	const owned = vmis(stage).filter(({ metadata }) => metadata.ownerReferences?.some(({ kind }) => kind === "VirtualMachine"));
	return chosen(owned, fault)?.metadata.name;
};

const migrate = (stage: Stage, vmiName: string): true =>
	asUser(stage, () =>
		stage.cluster.kubectl("POST", `${kubevirt}/virtualmachineinstancemigrations`, {
			apiVersion: "kubevirt.io/v1",
			kind: "VirtualMachineInstanceMigration",
			metadata: { generateName: "by-hand-", namespace },
			spec: { vmiName },
		}),
	);

/** Another one each time, whatever has been deleted since. */
const newName = ({ cluster }: Stage, kind: string): string => {
	const names = new Set(cluster.store.list("virtualmachines").map(({ metadata }) => metadata.name));
	let number = names.size;
	while (names.has(`${kind}-${number}`)) number += 1;
	return `${kind}-${number}`;
};

/** What happens in a cluster, by itself or by its users, while one of its nodes leaves. */
export const clusterMishaps: Partial<Readonly<Record<FaultKind, Mishap>>> = {
	"Node deleted": (stage) => isThere(stage) && asUser(stage, () => stage.cluster.kubectl("DELETE", `${nodes}/${stage.node}`)),

	"Node recreated": (stage, { choice }) => {
		if (!isThere(stage)) return false;
		const { cluster, node } = stage;
		return asUser(stage, async () => {
			await cluster.kubectl("DELETE", `${nodes}/${node}`);
			const unschedulable = choice < 0.5;
			cluster.add.node({ name: node, instanceId: NAMESAKE, unschedulable });
			cluster.add.vm({ namespace, name: "innocent", on: node, evictionStrategy: "None" });
			stage.recreated({ unschedulable });
		});
	},

	"node uncordoned by a user": (stage) =>
		isThere(stage) &&
		asUser(stage, () => stage.cluster.kubectl("PATCH", `${nodes}/${stage.node}`, { spec: { unschedulable: null } })),

	"virt-controller paused": pause("virt-controller"),
	"kube-controller-manager paused": pause("kube-controller-manager"),
	"kube-scheduler paused": pause("kube-scheduler"),

	"virt-api down": ({ cluster, clock, lastsUntil }, { seconds }) => {
		cluster.faults.virtApi("down");
		clock.at(seconds * 1_000, () => cluster.faults.virtApi("up"));
		lastsUntil(clock.now() + seconds * 1_000);
		return true;
	},

	"webhook removed": ({ cluster, webhookGone }) => {
		if (cluster.store.list("validatingwebhookconfigurations").length === 0) return false;
		cluster.faults.removeWebhooks();
		webhookGone();
		return true;
	},

	"kubelet down": (stage, { seconds }) => {
		const { clock, node, lastsUntil } = stage;
		if (!switched(stage, node, "down")) return false;
		clock.at(seconds * 1_000, () => switched(stage, node, "up"));
		lastsUntil(clock.now() + seconds * 1_000);
		return true;
	},

	"VMI object forced away": (stage, fault) => {
		const vmi = chosen(vmis(stage), fault);
		if (!vmi) return false;
		stopForGood(stage, "kube-controller-manager");
		stopForGood(stage, "virt-controller");
		return asUser(stage, () => forced(stage, "virtualmachineinstances", vmi.metadata.name));
	},

	"launcher object forced away": (stage, fault) => {
		const pods = stage.cluster.store.podsOn(stage.node).filter(({ metadata }) => metadata.name.startsWith("virt-launcher"));
		const pod = chosen(pods, fault);
		if (!pod) return false;
		stopForGood(stage, "virt-controller");
		return asUser(stage, () => forced(stage, "pods", pod.metadata.name));
	},

	/** Where no VM is on its way, one sets out for the node first. */
	"migration object forced away": (stage) => {
		if (stage.cluster.truth.migrations().length > 0) return forgetMigrations(stage);
		if (!migrateToNode(stage)) return false;
		stage.clock.at(SETS_OUT_MS, () => stage.cluster.truth.migrations().length > 0 && forgetMigrations(stage));
		return true;
	},

	"VM deleted by its user": (stage, fault) => {
		const name = vmOn(stage, fault);
		return name !== undefined && asUser(stage, () => stage.cluster.kubectl("DELETE", `${kubevirt}/virtualmachines/${name}`));
	},

	"VM stopped by its user": (stage, fault) => {
		const name = vmOn(stage, fault);
		const halted = { spec: { runStrategy: "Halted" } };
		if (name === undefined) return false;
		// Whoever stops it while it shuts down for our eviction does not want it back.
		stage.allow(`${namespace}/${name}`);
		return asUser(stage, () => stage.cluster.kubectl("PATCH", `${kubevirt}/virtualmachines/${name}`, halted));
	},

	/** It tolerates the cordon, and may run nowhere else. */
	"VM started on the node": (stage) => {
		const { cluster, node } = stage;
		if (!isThere(stage)) return false;
		const spec = { ...here(node), ...tolerant };
		cluster.add.vm({ namespace, name: newName(stage, "newcomer"), evictionStrategy: "None", spec, startSeconds: 0.1 });
		return true;
	},

	/** Chosen for the node before it is cordoned; the binding takes its time. */
	"VM bound after the cordon": (stage, { seconds }) => {
		const { cluster, node } = stage;
		if (!isThere(stage)) return false;
		const spec = here(node);
		const bindingSeconds = 20 + (seconds % 30);
		cluster.add.vm({ namespace, name: newName(stage, "latecomer"), evictionStrategy: "LiveMigrate", bindingSeconds, spec });
		return true;
	},

	"VM migrated by its user": (stage, fault) => {
		const name = chosen(vmis(stage), fault)?.metadata.name;
		return name !== undefined && migrate(stage, name);
	},

	"VM migrated to the node": migrateToNode,

	"guest crashes": (stage, fault) => {
		const guests = stage.cluster.truth.guests().filter(({ alive }) => alive);
		const guest = chosen(guests, fault);
		if (!guest) return false;
		stage.cluster.faults.crash(guest.namespace, guest.name);
		return true;
	},
};

function migrateToNode(stage: Stage): boolean {
	const vmi = stage.cluster.store.get("virtualmachineinstances", namespace, "neighbour");
	const { phase, nodeName } = fields(vmi?.status);
	return phase === "Running" && nodeName !== stage.node && migrate(stage, "neighbour");
}

/** Every migration and the launchers that wait for one on the node are forgotten by the API; the memory flows on. */
function forgetMigrations(stage: Stage): true {
	const { cluster } = stage;
	stopForGood(stage, "virt-controller");
	return asUser(stage, async () => {
		for (const { metadata } of cluster.store.list("virtualmachineinstancemigrations"))
			await forced(stage, "virtualmachineinstancemigrations", metadata.name);
		for (const { metadata } of cluster.store.podsOn(stage.node))
			if (metadata.name.startsWith("virt-launcher-neighbour")) await forced(stage, "pods", metadata.name);
	});
}

function switched({ cluster }: Stage, node: string, state: "up" | "down"): boolean {
	try {
		cluster.faults.kubelet(node, state);
		return true;
	} catch {
		// AWS has taken it, or there is no such node any more.
		return false;
	}
}

/** What is gone already needs no force. */
async function forced({ cluster }: Stage, resource: Parameters<typeof forceDelete>[1], name: string): Promise<void> {
	if (cluster.store.get(resource, namespace, name) === undefined) return;
	await forceDelete(cluster, resource, namespace, name);
}
