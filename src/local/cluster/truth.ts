import type { SimulationClock } from "../clock/simulation-clock.ts";
import { controllerOf } from "./controllers/pods.ts";
import type { EndCause, Guest, GuestEvent, Guests } from "./kubevirt/guests.ts";
import { effectiveStrategy } from "./kubevirt/kubevirt-objects.ts";
import type { ObjectStore } from "./store.ts";
import { textAt } from "./store-object.ts";

/** One guest: a qemu process on an instance, whatever the API says about it. */
type GuestTruth = {
	readonly vmiUid: string;
	readonly namespace: string;
	readonly name: string;
	readonly instanceId: string;
	readonly alive: boolean;
};

/** A migration whose memory is on its way. */
type MigrationTruth = {
	readonly vmiUid: string;
	readonly migrationUid: string;
	readonly namespace: string;
	readonly name: string;
	readonly sourceInstance: string;
	readonly targetInstance: string;
	readonly mode: "PreCopy" | "PostCopy";
};

type Subject = { readonly at: number; readonly vmiUid: string; readonly namespace: string; readonly name: string };

/** What happened, in order. `at` is epoch milliseconds. */
export type TruthEvent =
	| (Subject & { readonly kind: "started"; readonly instanceId: string })
	| (Subject & { readonly kind: "moved"; readonly from: string; readonly instanceId: string })
	| (Subject & {
			readonly kind: "ended";
			readonly instanceId: string;
			readonly cause: EndCause;
			/** The user whose request caused it, if one did. */
			readonly by?: string;
			/** As it counts for this VMI: its own, else the cluster's. */
			readonly strategy: string;
			/** Kind of the VMI's controller; absent for a bare VMI. */
			readonly owner?: string;
			readonly runStrategy?: string;
	  })
	| (Subject & { readonly kind: "migration began"; readonly sourceInstance: string; readonly targetInstance: string })
	| (Subject & {
			readonly kind: "migration ended";
			readonly sourceInstance: string;
			readonly targetInstance: string;
			readonly outcome: "moved" | "failed" | "aborted" | "instance taken" | "guest ended";
	  });

type Circumstances = { readonly strategy: string; readonly owner?: string; readonly runStrategy?: string };

/** What really is in a cluster: the ground of every judgement about a drain. */
export class Truth {
	readonly #clock: SimulationClock;
	readonly #store: ObjectStore;
	readonly #guests: Guests;
	readonly #events: TruthEvent[] = [];
	readonly #listeners = new Set<(event: TruthEvent) => void>();
	/** As they were when the guest was last seen with its VMI. */
	readonly #circumstances = new Map<string, Circumstances>();

	constructor(clock: SimulationClock, store: ObjectStore, guests: Guests) {
		this.#clock = clock;
		this.#store = store;
		this.#guests = guests;
		guests.subscribe((event) => this.#note(event));
	}

	/** Every guest that ever ran, on the instance where it is or was last. */
	guests(): readonly GuestTruth[] {
		return this.#guests.all().map(({ vmiUid, namespace, name, machine, state }) => ({
			vmiUid,
			namespace,
			name,
			instanceId: machine.instanceId,
			alive: state !== "ended",
		}));
	}

	/** Migrations that are under way. */
	migrations(): readonly MigrationTruth[] {
		return this.#guests.transfers().map(({ guest, source, target, mode, migrationUid }) => ({
			vmiUid: guest.vmiUid,
			migrationUid,
			namespace: guest.namespace,
			name: guest.name,
			sourceInstance: source.instanceId,
			targetInstance: target.instanceId,
			mode,
		}));
	}

	get events(): readonly TruthEvent[] {
		return this.#events;
	}

	/** Called synchronously, in order; the answer ends it. */
	subscribe(listener: (event: TruthEvent) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	#note(event: GuestEvent): void {
		const told = this.#tell(event);
		this.#events.push(told);
		for (const listener of [...this.#listeners]) listener(told);
	}

	#tell(event: GuestEvent): TruthEvent {
		const guest = "guest" in event ? event.guest : event.transfer.guest;
		const { vmiUid, namespace, name } = guest;
		const subject = { at: this.#clock.now(), vmiUid, namespace, name };
		const circumstances = this.#circumstancesOf(guest);
		const instanceId = guest.machine.instanceId;
		switch (event.kind) {
			case "started":
				return { ...subject, kind: "started", instanceId };
			case "moved":
				return { ...subject, kind: "moved", from: event.from.instanceId, instanceId };
			case "ended": {
				const by = event.by === undefined ? {} : { by: event.by };
				return { ...subject, kind: "ended", instanceId, cause: event.cause, ...by, ...circumstances };
			}
			default: {
				const { source, target } = event.transfer;
				const ends = { sourceInstance: source.instanceId, targetInstance: target.instanceId };
				if (event.kind === "transfer began") return { ...subject, kind: "migration began", ...ends };
				return { ...subject, kind: "migration ended", ...ends, outcome: event.outcome };
			}
		}
	}

	#circumstancesOf({ vmiUid, namespace, name }: Guest): Circumstances {
		const vmi = this.#store.get("virtualmachineinstances", namespace, name);
		const known = this.#circumstances.get(vmiUid);
		if (vmi?.metadata.uid !== vmiUid) return known ?? { strategy: "None" };
		const owner = controllerOf(vmi);
		const vm = owner?.kind === "VirtualMachine" ? this.#store.get("virtualmachines", namespace, owner.name) : undefined;
		const runStrategy = textAt(vm, "spec", "runStrategy") ?? known?.runStrategy;
		const circumstances = {
			strategy: effectiveStrategy(this.#store, vmi),
			...(owner === undefined ? {} : { owner: owner.kind }),
			...(runStrategy === undefined ? {} : { runStrategy }),
		};
		this.#circumstances.set(vmiUid, circumstances);
		return circumstances;
	}
}
