import type { Look, MigrationState, VmiFacts } from "../../domain/look.ts";
import { nameOf } from "../../domain/namespaced-name.ts";
import { isFinalVmi, isMigrating, runsElsewhere, vmisOnNode } from "../../domain/presence.ts";
import type { Telling } from "../demo-event.ts";

/** A VM that was on the node, by the uid of its VMI, and what has been told of it. */
type Known = {
	readonly vm: string;
	readonly owner?: string;
	/** The uid of the migration that was told to have begun. */
	migrating?: string;
	gone?: "moved" | "ended";
	/** A successor has been told of. */
	succeeded: boolean;
};

/** Says what has happened to the VMs and pods of a node from one look to the next. Two looks that show the same say nothing. */
export class LookFollower {
	readonly #node: string;
	readonly #vms = new Map<string, Known>();
	readonly #pods = new Map<string, string>();
	/** VMIs that were there when the following began, or have been told of since. */
	readonly #familiar = new Set<string>();
	#began = false;

	constructor(node: string) {
		this.#node = node;
	}

	tellingsOf(look: Look): readonly Telling[] {
		if (look.node === undefined && look.pods.length === 0) return [];
		const told = [...this.#ofVms(look), ...this.#ofSuccessors(look), ...this.#ofPods(look)];
		if (!this.#began) for (const { uid } of look.vmis) this.#familiar.add(uid);
		this.#began = true;
		return told;
	}

	#ofVms(look: Look): readonly Telling[] {
		for (const vmi of vmisOnNode(look, this.#node)) {
			if (this.#vms.has(vmi.uid) || runsElsewhere(vmi, this.#node)) continue;
			this.#vms.set(vmi.uid, { vm: nameOf(vmi), succeeded: false, ...(vmi.owner && { owner: vmi.owner.uid }) });
			this.#familiar.add(vmi.uid);
		}
		const now = new Map(look.vmis.map((vmi) => [vmi.uid, vmi]));
		return [...this.#vms].flatMap(([uid, known]) => (known.gone ? [] : this.#ofVm(known, now.get(uid))));
	}

	#ofVm(known: Known, vmi: VmiFacts | undefined): readonly Telling[] {
		const { vm } = known;
		const from = this.#node;
		if (vmi === undefined || isFinalVmi(vmi)) {
			known.gone = "ended";
			return [{ kind: "vm ended", vm, on: from, cause: vmi?.phase ?? "its VMI is gone" }];
		}
		const { migration } = vmi;
		if (runsElsewhere(vmi, from) && !isMigrating(vmi)) {
			known.gone = "moved";
			return [{ kind: "migration ended", vm, from, to: vmi.nodeName ?? "", outcome: "moved" }];
		}
		return migration ? ofMigration(known, migration, isMigrating(vmi), from) : [];
	}

	/** A VM that is started again keeps its name; what a replica set starts in its place has only the owner in common. */
	#ofSuccessors(look: Look): readonly Telling[] {
		return look.vmis.flatMap((vmi): readonly Telling[] => {
			if (this.#familiar.has(vmi.uid) || vmi.phase !== "Running" || !runsElsewhere(vmi, this.#node)) return [];
			const before = [...this.#vms.values()].find(
				({ gone, succeeded, vm, owner }) =>
					gone === "ended" && !succeeded && (vm === nameOf(vmi) || (owner !== undefined && owner === vmi.owner?.uid)),
			);
			if (!before) return [];
			before.succeeded = true;
			this.#familiar.add(vmi.uid);
			return [{ kind: "vm started", vm: nameOf(vmi), on: vmi.nodeName ?? "" }];
		});
	}

	#ofPods(look: Look): readonly Telling[] {
		const present = new Set(look.pods.map(({ uid }) => uid));
		const left = [...this.#pods].filter(([uid]) => !present.has(uid));
		for (const [uid] of left) this.#pods.delete(uid);
		for (const pod of look.pods) if (pod.role !== "launcher") this.#pods.set(pod.uid, nameOf(pod));
		return left.map(([, pod]) => ({ kind: "pod left", pod }));
	}
}

function ofMigration(known: Known, migration: MigrationState, isRunning: boolean, from: string): readonly Telling[] {
	const { vm } = known;
	const { migrationUid, targetNode: to, failed, failureReason } = migration;
	if (isRunning && to !== undefined && known.migrating !== migrationUid) {
		known.migrating = migrationUid;
		return [{ kind: "migration began", vm, from, to }];
	}
	if (failed && known.migrating === migrationUid) {
		delete known.migrating;
		return [{ kind: "migration ended", vm, from, to: to ?? "another node", outcome: failureReason ?? "failed" }];
	}
	return [];
}
