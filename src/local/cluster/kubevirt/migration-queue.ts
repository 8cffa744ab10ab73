import type { Ground } from "../controllers/ground.ts";
import { phaseOf } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { itemsAt, textAt } from "../store-object.ts";
import { evacuationAnnotation, isFinalMigration, migrationLimit, migrationsOf, migrationUidLabel } from "./kubevirt-objects.ts";

const backOffBaseMs = 20_000;

/** Which migrations may begin: two out of each node, five in the cluster, and a pause after each failure. */
export class MigrationQueue {
	readonly #ground: Ground;
	readonly #waited = new Set<string>();

	constructor(ground: Ground) {
		this.#ground = ground;
	}

	/** Those that wait for a slot or a back-off, the most urgent first. */
	waiting(): readonly KubeObject[] {
		const { store } = this.#ground;
		const urgency = (vmim: KubeObject): number => (textAt(vmim, "spec", "priority") === "system-critical" ? 0 : 1);
		const pending = store.list("virtualmachineinstancemigrations").filter((vmim) => phaseOf(vmim) === "Pending");
		for (const vmim of pending) this.#waited.add(vmim.metadata.uid);
		return pending.toSorted((one, other) => urgency(one) - urgency(other));
	}

	/** Whether it was there when a slot became free. */
	hasWaited(vmim: KubeObject): boolean {
		return this.#waited.has(vmim.metadata.uid);
	}

	/** Other unfinished migrations of the same VMI, older than this one. */
	others(vmim: KubeObject): readonly KubeObject[] {
		return this.#siblings(vmim).filter((other) => other !== vmim && !isFinalMigration(other) && phaseOf(other) !== "");
	}

	/** Whether a migration of this VMI would keep within the cluster's limits. */
	mayStart(vmi: KubeObject): boolean {
		const { store } = this.#ground;
		const moving = store.list("virtualmachineinstancemigrations").filter((vmim) => this.#occupies(vmim));
		if (moving.length >= migrationLimit(store, "parallelMigrationsPerCluster", 5)) return false;
		const nodeName = textAt(vmi, "status", "nodeName");
		const outbound = moving.filter((vmim) => this.#sourceOf(vmim) === nodeName);
		return outbound.length < migrationLimit(store, "parallelOutboundMigrationsPerNode", 2);
	}

	/** Milliseconds until this one may be tried: 20 s after the last failure, doubled for each one before it. */
	backOff(vmim: KubeObject): number {
		if (vmim.metadata.annotations?.[evacuationAnnotation] === undefined) return 0;
		const earlier = this.#siblings(vmim)
			.filter((other) => other !== vmim && other.metadata.annotations?.[evacuationAnnotation] !== undefined)
			.filter(isFinalMigration);
		const lastSuccess = earlier.findLastIndex((other) => phaseOf(other) === "Succeeded");
		const failures = earlier.slice(lastSuccess + 1);
		const last = failures.at(-1);
		if (last === undefined) return 0;
		const failedAt = itemsAt(last, "status", "phaseTransitionTimestamps").at(-1);
		const since = Date.parse(textAt(failedAt, "phaseTransitionTimestamp") ?? "");
		return since + backOffBaseMs * 2 ** (failures.length - 1) - this.#ground.clock.now();
	}

	#occupies(vmim: KubeObject): boolean {
		const phase = phaseOf(vmim);
		if (phase === "" || isFinalMigration(vmim)) return false;
		return phase !== "Pending" || this.#ground.store.labelled("pods", migrationUidLabel, vmim.metadata.uid).length > 0;
	}

	#sourceOf(vmim: KubeObject): string | undefined {
		const { store } = this.#ground;
		const { namespace } = vmim.metadata;
		const pod = store.get("pods", namespace, textAt(vmim, "status", "migrationState", "sourcePod") ?? "");
		const vmi = store.get("virtualmachineinstances", namespace, textAt(vmim, "spec", "vmiName") ?? "");
		return textAt(pod, "spec", "nodeName") ?? textAt(vmi, "status", "nodeName");
	}

	#siblings(vmim: KubeObject): readonly KubeObject[] {
		const vmiName = textAt(vmim, "spec", "vmiName") ?? "";
		return migrationsOf(this.#ground.store, vmim.metadata.namespace ?? "", vmiName);
	}
}
