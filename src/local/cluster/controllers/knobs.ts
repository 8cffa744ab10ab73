import type { KubeObject } from "../store.ts";
import { controllerOf } from "./pods.ts";

/** How one workload behaves. Seconds. */
export type WorkloadKnobs = {
	/** From being bound to its containers running. Default 0.7. */
	readonly startSeconds?: number;
	/** From the order to stop to the containers' end. Default 1; for a VM, how long its guest takes to shut down: 3. */
	readonly shutdownSeconds?: number;
	/** Between the scheduler's choice of a node and the binding; what happens to the node in between is not looked at. */
	readonly bindingSeconds?: number;
};

export const workloadKnobs = [
	"startSeconds",
	"shutdownSeconds",
	"bindingSeconds",
] as const satisfies readonly (keyof WorkloadKnobs)[];

/** How one VM behaves. Seconds. */
export type VmKnobs = WorkloadKnobs & {
	/** How long copying its memory takes. Default 30. */
	readonly migrationSeconds?: number;
	/** The guest does not hear the power button: it is killed when its grace is over. */
	readonly ignoresAcpi?: boolean;
	/** So many migrations fail, half-way through the copy, before one succeeds. */
	readonly migrationFailures?: number;
	/** Half-way the guest goes on at the target while its memory is still on the source. */
	readonly postCopy?: boolean;
	/** The old launcher goes on running for so long after the guest has moved. */
	readonly sourceLingersSeconds?: number;
	/** The migration object stays Running for so long after everything else of it has ended. */
	readonly migrationObjectLagSeconds?: number;
	/** What the condition LiveMigratable says when it is False. */
	readonly notMigratable?: { readonly reason: string; readonly message: string };
};

/** The knobs of every workload, by the namespace and name of the VM, VMI, replica set, or pod owner it is turned on. */
export class Knobs {
	readonly #knobs = new Map<string, VmKnobs>();
	/** Seconds the scheduler thinks about each pod. */
	schedulerSeconds = 0;

	/** Turns some knobs of one workload; the others stay. */
	turn(namespace: string, name: string, knobs: VmKnobs): void {
		const key = `${namespace}/${name}`;
		this.#knobs.set(key, { ...this.#knobs.get(key), ...knobs });
	}

	/** Turns every knob back. */
	reset(): void {
		this.#knobs.clear();
		this.schedulerSeconds = 0;
	}

	named(namespace: string, name: string): VmKnobs | undefined {
		return this.#knobs.get(`${namespace}/${name}`);
	}

	/** Those of the object itself, else of its controller, else of the workload that its label `app` names. */
	of(object: KubeObject): VmKnobs {
		const { namespace = "", name, labels } = object.metadata;
		const names = [name, controllerOf(object)?.name, labels?.app];
		for (const candidate of names) {
			const knobs = candidate === undefined ? undefined : this.named(namespace, candidate);
			if (knobs !== undefined) return knobs;
		}
		return {};
	}
}
