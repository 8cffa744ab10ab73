import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { KubeObject } from "../../src/local/cluster/store.ts";
import { fieldsAt, textAt } from "../../src/local/cluster/store-object.ts";
import type { Victim } from "../monitor/laws.ts";
import type { Running } from "./running.ts";

type Vm = { readonly namespace: string; readonly name: string };
const keyOf = ({ namespace, name }: Vm): string => `${namespace}/${name}`;

/** What the Node was from some turn on. */
type NodeState = { readonly turn: number; readonly is: "cordoned" | "open" | "gone" };

/**
 * What came to the instance when no look could have shown it any more, before it was let go: a design that looks, and then
 * acts, cannot do better. Nothing else is excused: not what was there, nor what lay in wait before the cordon, nor what came to
 * an open node.
 *
 * Everything is in the order in which it happened: virtual time stands still within a look.
 */
export class Arrivals {
	#turn = 0;
	/** The guests that are on the instance, or ended there, since when. */
	readonly #guests = new Map<string, number>();
	/** When each VMI was made, the last time. */
	readonly #made = new Map<string, number>();
	/** Every migration that there ever was, since when, and of whom. */
	readonly #migrations = new Map<string, { readonly turn: number; readonly of: string }>();
	readonly #states: NodeState[] = [];
	readonly #looks = new WeakMap<Running, number>();
	/** The looks of Sweep, which alone vouches for a mark once it is set. */
	readonly #sweeps: number[] = [];
	/** When the last pod that was bound to the Node went. */
	#lastPodWent = 0;
	/** When the look began by which the instance is let go, or marked. */
	#look = 0;

	constructor({ truth, store }: SimulatedCluster, instanceId: string, node: string) {
		for (const guest of truth.guests())
			if (guest.alive && guest.instanceId === instanceId) this.#guests.set(keyOf(guest), this.#turn);
		this.#becomes(store.get("nodes", undefined, node));
		truth.subscribe((event) => {
			if (event.kind !== "started" && event.kind !== "moved") return;
			if (event.instanceId === instanceId) this.#guests.set(keyOf(event), ++this.#turn);
			else this.#guests.delete(keyOf(event));
		});
		store.subscribe(({ type, resource, object }) => {
			if (resource === "nodes" && object.metadata.name === node) this.#becomes(type === "DELETED" ? undefined : object);
			if (type === "DELETED" && resource === "pods" && textAt(object, "spec", "nodeName") === node)
				this.#lastPodWent = ++this.#turn;
			if (type !== "ADDED") return;
			const { namespace = "", name } = object.metadata;
			if (resource === "virtualmachineinstances") this.#made.set(`${namespace}/${name}`, ++this.#turn);
			const of = `${namespace}/${textAt(object, "spec", "vmiName")}`;
			if (resource === "virtualmachineinstancemigrations") this.#migrations.set(name, { turn: ++this.#turn, of });
		});
	}

	/** This invocation begins a look. */
	looks(running: Running): void {
		this.#looks.set(running, ++this.#turn);
		if (running.name === "sweep") this.#sweeps.push(this.#turn);
	}

	/** By its last look the instance is let go, or marked. */
	letsGo(running: Running | undefined): void {
		this.#look = (running && this.#looks.get(running)) ?? 0;
	}

	/** What the Node was when that look began. */
	nodeAt(running: Running): NodeState["is"] {
		const look = this.#looks.get(running) ?? 0;
		return this.#states.findLast(({ turn }) => turn < look)?.is ?? "gone";
	}

	/** Why nobody could have seen it; undefined when somebody could. */
	excuse(victim: Victim): string | undefined {
		const state = this.#states.findLast(({ turn }) => turn < this.#look);
		if (state?.is !== "cordoned") return undefined;
		const isLate = "name" in victim ? this.#cameUnseen(keyOf(victim), state.turn) : this.#isNew(victim.migration);
		return isLate ? "it came after the second look had begun" : undefined;
	}

	/**
	 * Why nobody could have seen that the mark is not true any more; undefined when somebody could. A guest that came unseen
	 * outlives its Node, and nothing in the API names it when that is gone.
	 */
	excuseMark(victim: Victim): string | undefined {
		const came = "name" in victim ? this.#guests.get(keyOf(victim)) : undefined;
		if (came === undefined || this.excuse(victim) === undefined || this.#states.at(-1)?.is !== "gone") return undefined;
		const wasLookedAt = this.#sweeps.some((turn) => turn > came && turn < this.#lastPodWent);
		return wasLookedAt ? undefined : "it came after the second look had begun, and its Node was deleted before Sweep looked";
	}

	#becomes(node: KubeObject | undefined): void {
		const is = node === undefined ? "gone" : fieldsAt(node, "spec").unschedulable === true ? "cordoned" : "open";
		if (this.#states.at(-1)?.is !== is) this.#states.push({ turn: this.#states.length === 0 ? 0 : ++this.#turn, is });
	}

	/** A guest that has come since, and was made when the node was cordoned already; or memory that has set out since. */
	#cameUnseen(vm: string, cordonedAt: number): boolean {
		const came = this.#guests.get(vm);
		const moves = [...this.#migrations].filter(([, { of }]) => of === vm);
		const setOutLate = moves.some(([name]) => this.#isNew(name));
		if (came === undefined) return setOutLate;
		return came > this.#look && ((this.#made.get(vm) ?? 0) > cordonedAt || setOutLate);
	}

	#isNew(migration: string): boolean {
		return (this.#migrations.get(migration)?.turn ?? 0) > this.#look;
	}
}
