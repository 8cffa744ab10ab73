import { here, tolerant } from "../rules/tricks.ts";
import type { FaultKind } from "./fault.ts";
import { asUser, chosen, isThere, kubevirt, type Mishap, migrate, migrateToNode, vmis, vmOn } from "./mishap.ts";
import type { Stage } from "./stage.ts";
import { namespace } from "./world.ts";

/** Another one each time, whatever has been deleted since. */
const newName = ({ cluster }: Stage, kind: string): string => {
	const names = new Set(cluster.store.list("virtualmachines").map(({ metadata }) => metadata.name));
	let number = names.size;
	while (names.has(`${kind}-${number}`)) number += 1;
	return `${kind}-${number}`;
};

/** What users do with VMs while a node leaves, and what guests do. */
export const userMishaps: Partial<Readonly<Record<FaultKind, Mishap>>> = {
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
