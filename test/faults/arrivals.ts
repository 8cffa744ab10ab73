import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { KubeObject } from "../../src/local/cluster/store.ts";
import type { Victim } from "../monitor/laws.ts";

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (value ?? {}) as Fields;

/** Creation stamps are whole seconds. */
const createdAt = (object: KubeObject | undefined): number | undefined =>
	object && Date.parse(String(object.metadata.creationTimestamp));

/**
 * What came to the instance when no look could have shown it any more, before it was let go: a design that looks, and then
 * acts, cannot do better. Nothing else is excused: not what lay in wait before the cordon, nor what came to an open node.
 */
export class Arrivals {
	readonly #cluster: SimulatedCluster;
	/** When guests came to the instance. */
	readonly #came = new Map<string, number>();
	/** Whether the node was cordoned already when the VMI was made. */
	readonly #madeLate = new Set<string>();
	readonly #cordons: { readonly at: number; readonly cordoned: boolean }[] = [];
	#goneAt: number | undefined;
	#lookBeganAt = Number.POSITIVE_INFINITY;

	constructor(cluster: SimulatedCluster, instanceId: string, node: string, now: () => number) {
		this.#cluster = cluster;
		const { truth, store } = cluster;
		truth.subscribe((event) => {
			if (event.kind !== "started" && event.kind !== "moved") return;
			if (event.instanceId !== instanceId) return;
			const { namespace, name, at } = event;
			this.#came.set(`${namespace}/${name}`, at);
		});
		store.subscribe(({ type, resource, object }) => {
			const { namespace, name } = object.metadata;
			if (resource === "virtualmachineinstances" && type === "ADDED") {
				if (this.#cordons.at(-1)?.cordoned) this.#madeLate.add(`${namespace}/${name}`);
				else this.#madeLate.delete(`${namespace}/${name}`);
			}
			if (resource !== "nodes" || name !== node) return;
			this.#goneAt = type === "DELETED" ? now() : undefined;
			const cordoned = fields(object.spec).unschedulable === true;
			if (cordoned !== (this.#cordons.at(-1)?.cordoned ?? false)) this.#cordons.push({ at: now(), cordoned });
		});
	}

	/** The look began then by which the instance is let go, or marked. */
	lookBegan(at: number): void {
		this.#lookBeganAt = at;
	}

	/** Whether there has been no Node of this name since before that instant. */
	isGone(at: number): boolean {
		return this.#goneAt !== undefined && this.#goneAt < at;
	}

	/** Whether the node took pods before that instant; not known of one that is gone. */
	isOpen(at: number): boolean {
		const before = this.#cordons.findLast((one) => one.at < at);
		return before !== undefined && !before.cordoned;
	}

	/** Why nobody could have seen it; undefined when somebody could. */
	excuse(victim: Victim): string | undefined {
		const before = this.#cordons.findLast(({ at }) => at <= this.#lookBeganAt);
		if (!before?.cordoned) return undefined;
		const isLate = "name" in victim ? this.#cameUnseen(victim) : this.#isNewMigration(victim.migration);
		return isLate ? "it came after the second look had begun" : undefined;
	}

	#cameUnseen({ namespace, name }: { readonly namespace: string; readonly name: string }): boolean {
		const came = this.#came.get(`${namespace}/${name}`);
		if (came !== undefined && came >= this.#lookBeganAt) return this.#madeLate.has(`${namespace}/${name}`);
		const moves = this.#migrations().filter(({ spec }) => fields(spec).vmiName === name);
		return came === undefined && moves.some(({ metadata }) => this.#isNewMigration(metadata.name));
	}

	#isNewMigration(name: string): boolean {
		const migration = this.#migrations().find(({ metadata }) => metadata.name === name);
		return (createdAt(migration) ?? 0) + 999 >= this.#lookBeganAt;
	}

	#migrations(): readonly KubeObject[] {
		return this.#cluster.store.list("virtualmachineinstancemigrations");
	}
}
