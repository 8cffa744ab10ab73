import type { KubeObject } from "../../src/local/cluster/store.ts";
import { fieldsAt } from "../../src/local/cluster/store-object.ts";
import type { Fault } from "./fault.ts";
import type { Stage } from "./stage.ts";
import { namespace } from "./world.ts";

/** Happens at once, or begins; answers whether there was anything for it to happen to. */
export type Mishap = (stage: Stage, fault: Fault) => boolean;

export const kubevirt = `/apis/kubevirt.io/v1/namespaces/${namespace}`;

/** Requests of a user, in a thread of their own: one after the other, refusals and all. */
export const asUser = (stage: Stage, act: () => Promise<unknown>): true => {
	stage.clock.thread(act).catch((fault: unknown) => stage.broken(fault));
	return true;
};

/** Whether our Node, or another of its name, is there. */
export const isThere = ({ cluster, node }: Stage): boolean => cluster.store.get("nodes", undefined, node) !== undefined;

/** VMIs on the leaving node. */
export const vmis = ({ cluster, node }: Stage): readonly KubeObject[] =>
	cluster.store.list("virtualmachineinstances").filter(({ status }) => fieldsAt(status).nodeName === node);

/** One of these, as the fault chooses. */
export const chosen = <T>(all: readonly T[], { choice }: Fault): T | undefined => all[Math.floor(choice * all.length)];

/** The VM of a VMI on the node, if it has one. */
export const vmOn = (stage: Stage, fault: Fault): string | undefined => {
	const owned = vmis(stage).filter(({ metadata }) => metadata.ownerReferences?.some(({ kind }) => kind === "VirtualMachine"));
	return chosen(owned, fault)?.metadata.name;
};

/** A user migrates this VM to wherever the scheduler says. */
export const migrate = (stage: Stage, vmiName: string): true =>
	asUser(stage, () =>
		stage.cluster.kubectl("POST", `${kubevirt}/virtualmachineinstancemigrations`, {
			apiVersion: "kubevirt.io/v1",
			kind: "VirtualMachineInstanceMigration",
			metadata: { generateName: "by-hand-", namespace },
			spec: { vmiName },
		}),
	);

/** The VM of another node sets out for the leaving one, if it can. */
export function migrateToNode(stage: Stage): boolean {
	const vmi = stage.cluster.store.get("virtualmachineinstances", namespace, "neighbour");
	const { phase, nodeName } = fieldsAt(vmi?.status);
	return phase === "Running" && nodeName !== stage.node && migrate(stage, "neighbour");
}
