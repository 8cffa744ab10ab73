import { setConditions } from "../controllers/conditions.ts";
import type { VmKnobs } from "../controllers/knobs.ts";
import type { KubeObject } from "../store.ts";
import { itemsAt, textAt } from "../store-object.ts";
import { enterPhase } from "./kubevirt-objects.ts";
import { guestMemoryMi } from "./launcher-pod.ts";

/** On a draft: what virt-handler writes when the guest has started. */
export function guestRuns(draft: KubeObject, now: number, knobs: VmKnobs): void {
	enterPhase(draft, "Running", now);
	const memory = canonical(guestMemoryMi(draft));
	const { notMigratable } = knobs;
	draft.status = {
		...draft.status,
		guestOSInfo: { id: "debian", name: "Debian GNU/Linux", version: "12" },
		machine: { type: "pc-q35-rhel9.6.0" },
		// Without a word about SELinux virt-controller makes no target pod.
		selinuxContext: "none",
		memory: { guestAtBoot: memory, guestCurrent: memory, guestRequested: memory, memoryOverhead: "268Mi" },
		migrationMethod: itemsAt(draft, "spec", "volumes").some(
			(volume) => textAt(volume, "persistentVolumeClaim", "claimName") !== undefined,
		)
			? "LiveMigration"
			: "BlockMigration",
	};
	setConditions(
		draft,
		now,
		{ ...(notMigratable ?? {}), type: "LiveMigratable", status: notMigratable === undefined ? "True" : "False" },
		{ type: "StorageLiveMigratable", status: "True" },
		{ type: "AgentConnected", status: "True" },
	);
}

/** On a draft: a launcher is up on this node and virt-handler may start the guest. */
export function handOverToNode(draft: KubeObject, now: number, nodeName: string): void {
	enterPhase(draft, "Scheduled", now);
	draft.metadata.labels = { ...draft.metadata.labels, "kubevirt.io/nodeName": nodeName };
	draft.status = {
		...draft.status,
		nodeName,
		migrationTransport: "Unix",
		interfaces: [{ name: "default", podInterfaceName: "eth0" }],
		volumeStatus: itemsAt(draft, "spec", "volumes").map((volume) => ({ name: textAt(volume, "name"), target: "vda" })),
	};
}

/**
 * A quantity as Go writes it. virt-controller sends a VMI's whole status back as the test of a patch: were it `1024Mi` there,
 * it could call no migration off. https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-controller/watch/migration/migration.go#L1246
 */
const canonical = (mebibytes: number): string => (mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`);
