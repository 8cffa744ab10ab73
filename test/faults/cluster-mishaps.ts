import type { Program } from "../../src/local/cluster/controllers/controller-loop.ts";
import { forceDelete } from "../rules/tricks.ts";
import type { FaultKind } from "./fault.ts";
import { asUser, chosen, isThere, type Mishap, migrateToNode, vmis } from "./mishap.ts";
import { NAMESAKE, type Stage } from "./stage.ts";
import { namespace } from "./world.ts";

/** A migration has begun so long after it was asked for. */
const SETS_OUT_MS = 3_000;
const nodes = "/api/v1/nodes";
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

/** What happens in a cluster, by itself or by its administrators, while one of its nodes leaves. */
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
};

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
