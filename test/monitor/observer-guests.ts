import type { GuestEnded } from "./laws.ts";
import type { ObserverAuditLog } from "./observer-audit-log.ts";
import { type Cause, causeOf } from "./observer-causes.ts";
import type { Launcher, ObserverCluster } from "./observer-cluster.ts";
import { controllerOf, isTrue, runStrategyOf, type SeenPod, type SeenVmi } from "./observer-objects.ts";
import { placesOf } from "./observer-places.ts";

type Circumstances = Pick<GuestEnded, "strategy" | "owner" | "runStrategy" | "migratable">;

type Observed = {
	readonly vmi: SeenVmi;
	readonly gone: boolean;
	/** Where it may be alive, or was last. */
	readonly places: readonly string[];
	/** The launcher that had it last. */
	readonly launcher: Launcher | undefined;
	/** As they were before anybody made it end. */
	readonly circumstances: Circumstances;
	/** Its VMI was seen Running, so that there was something to end. */
	readonly ran: boolean;
	readonly state: "not yet" | "alive" | "ended";
};

/** The entry of the request that ended a guest may come into the log a little after the guest's end has been seen. */
const LOG_LAGS_MS = 250;

/** Every guest that was ever seen to run, and how it ended. */
export class ObserverGuests {
	readonly #cluster: ObserverCluster;
	readonly #log: ObserverAuditLog;
	readonly #observed = new Map<string, Observed>();
	readonly #listeners = new Set<(event: GuestEnded) => void>();
	readonly #telling = new Set<Promise<void>>();

	constructor(cluster: ObserverCluster, log: ObserverAuditLog) {
		this.#cluster = cluster;
		this.#log = log;
	}

	/** One line for each instance on which a guest may be alive, or was last. */
	all(): readonly { namespace: string; name: string; instanceId: string; alive: boolean }[] {
		return [...this.#observed.values()].flatMap(({ vmi, places, state }) =>
			places.map((instanceId) => ({
				namespace: vmi.metadata.namespace ?? "",
				name: vmi.metadata.name,
				instanceId,
				alive: state === "alive",
			})),
		);
	}

	subscribe(listener: (event: GuestEnded) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	/** Resolves when every end that was seen has been told. */
	async told(): Promise<void> {
		await Promise.all(this.#telling);
	}

	takeVmi(vmi: SeenVmi, gone: boolean): void {
		const known = this.#observed.get(vmi.metadata.uid);
		this.#look({
			places: [],
			launcher: undefined,
			circumstances: { strategy: "None" },
			ran: false,
			state: "not yet",
			...known,
			vmi,
			gone,
		});
	}

	/** Something beside it has changed: a launcher, its VM, the cluster's settings. */
	lookAgain(vmiUid: string | undefined): void {
		const known = this.#observed.get(vmiUid ?? "");
		if (known !== undefined) this.#look(known);
	}

	lookAtAll(): void {
		for (const known of [...this.#observed.values()]) this.#look(known);
	}

	/** Whatever may be alive on this instance has ended with it. */
	diedWith(instanceId: string): void {
		for (const [uid, known] of this.#observed) {
			if (known.state !== "alive" || !known.places.includes(instanceId)) continue;
			this.#observed.set(uid, { ...known, state: "ended" });
			if (known.ran) this.#tell({ ...known, places: [instanceId] }, { cause: "instance taken" });
		}
	}

	#look(known: Observed): void {
		const { vmi, gone } = known;
		const { uid } = vmi.metadata;
		if (known.state === "ended") {
			this.#observed.set(uid, known);
			this.#cluster.forget(uid);
			return;
		}
		const places = placesOf(this.#cluster, vmi, gone);
		const launcher = this.#launcherOf(vmi) ?? known.launcher;
		const ran = known.ran || vmi.status?.phase === "Running";
		const isOver = places.length === 0 && (gone || known.state === "alive");
		const next: Observed = {
			...known,
			places: isOver ? known.places : places,
			launcher,
			ran,
			circumstances: this.#circumstancesOf(known, launcher?.pod),
			state: isOver ? "ended" : places.length > 0 ? "alive" : "not yet",
		};
		this.#observed.set(uid, next);
		if (isOver && ran) this.#laterTell(next);
	}

	#launcherOf({ metadata, status }: SeenVmi): Launcher | undefined {
		return this.#cluster.launchersOf(metadata.uid).findLast(({ pod }) => pod.spec?.nodeName === status?.nodeName);
	}

	#circumstancesOf({ vmi, gone, circumstances }: Observed, pod: SeenPod | undefined): Circumstances {
		const isEnding = gone || [vmi, pod].some((object) => object?.metadata.deletionTimestamp !== undefined);
		if (isEnding && circumstances.migratable !== undefined) return circumstances;
		const owner = controllerOf(vmi);
		const vm = owner?.kind === "VirtualMachine" ? this.#cluster.vmNamed(vmi.metadata.namespace ?? "", owner.name) : undefined;
		const runStrategy = (vm === undefined ? undefined : runStrategyOf(vm)) ?? circumstances.runStrategy;
		return {
			strategy: this.#cluster.strategyOf(vmi),
			...(owner && { owner: owner.kind }),
			...(runStrategy && { runStrategy }),
			migratable: isTrue(vmi, "LiveMigratable"),
		};
	}

	#laterTell(known: Observed): void {
		const telling = new Promise((resolve) => setTimeout(resolve, LOG_LAGS_MS)).then(() => {
			this.#log.read();
			this.#tell(known, causeOf(this.#log, known.vmi, known.launcher));
			this.#telling.delete(telling);
		});
		this.#telling.add(telling);
	}

	#tell({ vmi, places, circumstances }: Observed, cause: Cause | { readonly cause: "instance taken" }): void {
		const { namespace = "", name } = vmi.metadata;
		const event = { kind: "ended", namespace, name, instanceId: places.at(-1) ?? "", ...cause, ...circumstances } as const;
		for (const listener of [...this.#listeners]) listener(event);
	}
}
