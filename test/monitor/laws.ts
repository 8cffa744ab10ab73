/** What the simulation shows of one cluster, in its own words; the monitor needs no more. */
export type Watched = {
	guests(): readonly {
		readonly namespace: string;
		readonly name: string;
		readonly instanceId: string;
		readonly alive: boolean;
	}[];
	migrations(): readonly {
		readonly namespace: string;
		readonly name: string;
		readonly sourceInstance: string;
		readonly targetInstance: string;
	}[];
	/** Every migration object that is not final, whatever its VM does: the instances that it has to do with. */
	migrationObjects(): readonly { readonly name: string; readonly instanceIds: readonly string[] }[];
	subscribe(listener: (event: GuestEnded | MigrationEnded | { readonly kind: string }) => void): () => void;
};

/** A guest that ended, with what it stood under. */
export type GuestEnded = {
	readonly kind: "ended";
	readonly namespace: string;
	readonly name: string;
	readonly instanceId: string;
	readonly cause: string;
	/** The user whose request caused it. */
	readonly by?: string;
	readonly strategy: string;
	readonly owner?: string;
	readonly runStrategy?: string;
	/** Whether the VM could have migrated. */
	readonly migratable?: boolean;
};

/** A migration that is over, with how it ended. */
export type MigrationEnded = {
	readonly kind: "migration ended";
	readonly namespace: string;
	readonly name: string;
	readonly sourceInstance: string;
	readonly outcome: string;
};

/** A guest, or a migration object, on an instance that was let go. */
export type Victim = { readonly instanceId: string } & (
	| { readonly namespace: string; readonly name: string }
	| { readonly migration: string }
);

export type Violation = { readonly law: "1" | "2" | "answer"; readonly says: string };

/**
 * Watches both laws on the ground truth of the simulation, independently of everything that Evacuator thinks.
 *
 * Law 1: no instance is taken by us while a guest, or a migration to or from it, is alive on it. Law 2: no guest ends by
 * us unless its own strategy or the written policy says so. And no hook is left to lapse while we could have answered.
 */
export class Monitor {
	readonly violations: Violation[] = [];
	/** What would be one, and is nobody's fault, each with the reason. */
	readonly excused: string[] = [];
	readonly #clusters: readonly Watched[];
	/** Instances that AWS took past us. */
	readonly #excused = new Set<string>();
	/** Guests whose memory was still on one of these when it was taken. */
	readonly #bereft = new Set<string>();
	readonly #mayEnd: (vm: { readonly namespace: string; readonly name: string }) => boolean;
	readonly #isOurs: (user: string) => boolean;
	readonly #drained: (instanceId: string) => boolean;
	readonly #excuse: (victim: Victim) => string | undefined;
	readonly #excuseMark: (victim: Victim) => string | undefined;
	readonly #excuseShutdown: (vm: string) => string | undefined;

	constructor(options: {
		readonly clusters: readonly Watched[];
		readonly mayEnd: (vm: { readonly namespace: string; readonly name: string }) => boolean;
		/** Whether a user of the API is Evacuator. */
		readonly isOurs: (user: string) => boolean;
		/** The instances that somebody asked to drain. */
		readonly drained: (instanceId: string) => boolean;
		/** Why nobody could have known that this was on an instance that was let go; undefined when somebody could. */
		readonly excuse?: (victim: Victim) => string | undefined;
		/** Why nobody could have known that this is on an instance that is still marked; undefined when somebody could. */
		readonly excuseMark?: (victim: Victim) => string | undefined;
		/** Why nobody could have known that an eviction would shut this VM (`namespace/name`) down. */
		readonly excuseShutdown?: (vm: string) => string | undefined;
	}) {
		this.#clusters = options.clusters;
		this.#mayEnd = options.mayEnd;
		this.#isOurs = options.isOurs;
		this.#drained = options.drained;
		this.#excuse = options.excuse ?? (() => undefined);
		this.#excuseMark = options.excuseMark ?? (() => undefined);
		this.#excuseShutdown = options.excuseShutdown ?? (() => undefined);
		for (const cluster of this.#clusters)
			cluster.subscribe((event) => {
				if (event.kind === "ended") this.#guestEnded(event as GuestEnded);
				if (event.kind === "migration ended") this.#migrationEnded(event as MigrationEnded);
			});
	}

	/** AWS has decided to take the instance, or a mark says that anybody may. The hook's own limit is nobody's fault. */
	taken(instanceId: string, why: string): void {
		if (why === "limit" || why === "reclaimed") {
			this.#excused.add(instanceId);
			return;
		}
		for (const cluster of this.#clusters)
			for (const { says, victim } of aliveOn(cluster, instanceId))
				this.#noteUnlessExcused(victim, `${instanceId} was let go (${why}) while ${says}`);
	}

	/** A mark has stood for so long that whoever vouches for it must have seen what lives there by now. */
	stillMarked(instanceId: string): void {
		for (const cluster of this.#clusters)
			for (const { says, victim } of aliveOn(cluster, instanceId))
				this.#noteOr(this.#excuseMark(victim), "1", `${instanceId} is still marked while ${says}`);
	}

	/** Whether anything lives on the instance. */
	isInhabited(instanceId: string): boolean {
		return this.#clusters.some((cluster) => aliveOn(cluster, instanceId).length > 0);
	}

	/** The instance was taken, and nobody could see what lived on it: what is not seen counts as broken. */
	unseen(instanceId: string, why: string, reason: string): void {
		if (why === "limit" || why === "reclaimed") this.#excused.add(instanceId);
		else this.#note("1", `cannot see what lived on ${instanceId} when it was let go (${why}): ${reason}`);
	}

	/** A hook was not answered and got no heartbeat in time. */
	lapsed(instanceId: string, hook: string): void {
		this.#note("answer", `hook ${hook} of ${instanceId} lapsed without an answer`);
	}

	/** A request of a user; ours deletes nothing but the migrations by which KubeVirt evacuates, never a user's own. */
	request(user: string, verb: string, path: string): void {
		if (this.#isOurs(user) && verb.startsWith("delete") && !(verb === "delete" && isEvacuation.test(path)))
			this.#note("2", `Evacuator sent ${verb} ${path}`);
	}

	/** After the switch of a post-copy migration the guest runs elsewhere, and dies with the instance that it came from. */
	#migrationEnded({ namespace, name, sourceInstance, outcome }: MigrationEnded): void {
		if (outcome === "instance taken" && this.#excused.has(sourceInstance)) this.#bereft.add(`${namespace}/${name}`);
	}

	#guestEnded({ namespace, name, instanceId, cause, by, strategy, owner, runStrategy, migratable }: GuestEnded): void {
		const vm = `${namespace}/${name}`;
		if (cause === "instance taken") {
			if (this.#excused.has(instanceId) || this.#bereft.has(vm)) return;
			this.#noteUnlessExcused({ instanceId, namespace, name }, `${vm} died with ${instanceId}, which was taken`);
			return;
		}
		if (by === undefined || !this.#isOurs(by)) return;
		if (!this.#drained(instanceId)) this.#note("2", `${vm} was shut down on ${instanceId}, which nobody asked to drain`);
		if (!shutsDown(strategy, migratable)) {
			const says = `${vm} was shut down against its eviction strategy ${strategy}`;
			this.#noteOr(this.#excuseShutdown(vm), "2", says);
		}
		if (!comesBack(owner, runStrategy) && !this.#mayEnd({ namespace, name })) {
			const says = `${vm} was ended for good, and no policy allows it`;
			this.#noteOr(shutsDown(strategy, migratable) ? undefined : this.#excuseShutdown(vm), "2", says);
		}
	}

	#noteUnlessExcused(victim: Victim, says: string): void {
		this.#noteOr(this.#excuse(victim), "1", says);
	}

	#noteOr(excuse: string | undefined, law: Violation["law"], says: string): void {
		if (excuse === undefined) this.#note(law, says);
		else this.excused.push(`${says}: ${excuse}`);
	}

	#note(law: Violation["law"], says: string): void {
		this.violations.push({ law, says });
	}
}

/** Everything that lives on the instance: guests, memory on its way, unfinished migration objects. */
function aliveOn(cluster: Watched, instanceId: string): { readonly says: string; readonly victim: Victim }[] {
	const guests = cluster.guests().filter((guest) => guest.alive && guest.instanceId === instanceId);
	const moving = cluster
		.migrations()
		.filter(({ sourceInstance, targetInstance }) => sourceInstance === instanceId || targetInstance === instanceId);
	const objects = cluster.migrationObjects().filter(({ instanceIds }) => instanceIds.includes(instanceId));
	const victim = ({ namespace, name }: { readonly namespace: string; readonly name: string }) => ({
		instanceId,
		namespace,
		name,
	});
	return [
		...guests.map((guest) => ({ says: `${guest.namespace}/${guest.name} was alive on it`, victim: victim(guest) })),
		...moving.map((vm) => ({ says: `${vm.namespace}/${vm.name} was migrating over it`, victim: victim(vm) })),
		...objects.map(({ name }) => ({ says: `migration ${name} was unfinished`, victim: { instanceId, migration: name } })),
	];
}

/** Named by virt-controller's evacuation controller alone. */
const isEvacuation = /\/virtualmachineinstancemigrations\/kubevirt-evacuation-[a-z0-9]+$/;

const shutsDown = (strategy: string, migratable: boolean | undefined): boolean =>
	strategy === "None" || (strategy === "LiveMigrateIfPossible" && migratable !== true);

const comesBack = (owner: string | undefined, runStrategy: string | undefined): boolean =>
	owner === "VirtualMachineInstanceReplicaSet" || (owner === "VirtualMachine" && runStrategy === "Always");
