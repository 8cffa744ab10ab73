import type { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { Victim } from "../monitor/laws.ts";

/** What the design allows between the second look and what cannot be taken back, and what a request takes. */
const UNSEEN_MS = 10_000 + 3_000;

/** When things came to an instance, so far as no look could have shown them before it was let go. */
export class Arrivals {
	readonly #clock: VirtualClock;
	readonly #cluster: SimulatedCluster;
	readonly #cameAt = new Map<string, number>();
	#takenAt: number | undefined;

	constructor(clock: VirtualClock, cluster: SimulatedCluster, instanceId: string) {
		this.#clock = clock;
		this.#cluster = cluster;
		cluster.truth.subscribe((event) => {
			const to =
				event.kind === "migration began"
					? event.targetInstance
					: event.kind === "ended"
						? ""
						: "instanceId" in event
							? event.instanceId
							: "";
			if (to === instanceId) this.#cameAt.set(`${event.namespace}/${event.name}`, event.at);
		});
	}

	/** The instance has been let go, or marked. */
	taken(): void {
		this.#takenAt = this.#clock.now();
	}

	/** Why nobody could have seen it; undefined when somebody could. */
	excuse(victim: Victim): string | undefined {
		const cameAt = this.#cameOf(victim);
		if (cameAt === undefined || this.#takenAt === undefined || cameAt < this.#takenAt - UNSEEN_MS) return undefined;
		return "it came after the second look, which may be ten seconds old";
	}

	#cameOf(victim: Victim): number | undefined {
		if ("name" in victim) return this.#cameAt.get(`${victim.namespace}/${victim.name}`);
		const object = this.#cluster.store
			.list("virtualmachineinstancemigrations")
			.find(({ metadata }) => metadata.name === victim.migration);
		return object && Date.parse(String(object.metadata.creationTimestamp));
	}
}
