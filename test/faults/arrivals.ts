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
	/** When guests came to the instance, and when the VMI behind each was made. */
	readonly #came = new Map<string, { readonly at: number; readonly madeAt: number | undefined }>();
	readonly #cordons: { readonly at: number; readonly cordoned: boolean }[] = [];
	#lookBeganAt = Number.POSITIVE_INFINITY;

	constructor(cluster: SimulatedCluster, instanceId: string, node: string, now: () => number) {
		this.#cluster = cluster;
		const { truth, store } = cluster;
		truth.subscribe((event) => {
			if (event.kind !== "started" && event.kind !== "moved") return;
			if (event.instanceId !== instanceId) return;
			const { namespace, name, at } = event;
			this.#came.set(`${namespace}/${name}`, { at, madeAt: createdAt(store.get("virtualmachineinstances", namespace, name)) });
		});
		store.subscribe(({ resource, object }) => {
			if (resource !== "nodes" || object.metadata.name !== node) return;
			const cordoned = fields(object.spec).unschedulable === true;
			if (cordoned !== (this.#cordons.at(-1)?.cordoned ?? false)) this.#cordons.push({ at: now(), cordoned });
		});
	}

	/** The look began then by which the instance is let go, or marked. */
	lookBegan(at: number): void {
		this.#lookBeganAt = at;
	}

	/** Why nobody could have seen it; undefined when somebody could. */
	excuse(victim: Victim): string | undefined {
		const before = this.#cordons.findLast(({ at }) => at <= this.#lookBeganAt);
		if (!before?.cordoned) return undefined;
		const isLate = "name" in victim ? this.#cameUnseen(victim, before.at) : this.#isNewMigration(victim.migration);
		return isLate ? "it came after the second look had begun" : undefined;
	}

	#cameUnseen({ namespace, name }: { readonly namespace: string; readonly name: string }, cordonedAt: number): boolean {
		const came = this.#came.get(`${namespace}/${name}`);
		if (came && came.at >= this.#lookBeganAt) return came.madeAt === undefined || came.madeAt + 999 >= cordonedAt;
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
