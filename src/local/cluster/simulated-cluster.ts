import type { SimulationClock } from "../clock/simulation-clock.ts";
import { type AuditEntry, createApiServer } from "./api/api-server.ts";
import { type AccessRule, bearerToken } from "./api/authorization.ts";
import { ProvokedFaults } from "./api/provoked-faults.ts";
import { Agenda } from "./controllers/agenda.ts";
import { ControllerLoop } from "./controllers/controller-loop.ts";
import { EventRecorder } from "./controllers/event-recorder.ts";
import type { Ground } from "./controllers/ground.ts";
import { beat } from "./controllers/heartbeats.ts";
import { Knobs } from "./controllers/knobs.ts";
import { Machines } from "./controllers/machines.ts";
import { asRequester } from "./controllers/requests.ts";
import { behaviourOf } from "./kubevirt/behaviour.ts";
import { evictionWebhooks } from "./kubevirt/eviction-webhooks.ts";
import type { Guests } from "./kubevirt/guests.ts";
import { migrationWebhook } from "./kubevirt/migration-admission.ts";
import { Mishaps } from "./kubevirt/mishaps.ts";
import { startPrograms } from "./kubevirt/programs.ts";
import { subresourceApi } from "./kubevirt/subresources.ts";
import { type Seeds, seedsOf } from "./seed-cluster.ts";
import { seedKubeVirt } from "./seed-kubevirt.ts";
import { Users } from "./seed-users.ts";
import { type ObjectStore, Store } from "./store.ts";
import { Truth } from "./truth.ts";

export type ClusterOptions = {
	readonly clock: SimulationClock;
	readonly name: string;
	/** `1.9.x`, `1.7.x` or `1.5.x`; others are refused. */
	readonly kubevirtVersion: string;
	/** Default `v1.35.6`. */
	readonly kubernetesVersion?: string;
	readonly limits?: {
		/** Default 2. */
		readonly parallelOutboundMigrationsPerNode?: number;
		/** Default 5. */
		readonly parallelMigrationsPerCluster?: number;
	};
	/** Counts for VMIs that name none. Default: none is configured. */
	readonly defaultEvictionStrategy?: "LiveMigrate" | "LiveMigrateIfPossible" | "External" | "None";
};

export type SimulatedCluster = {
	readonly name: string;
	readonly store: Store;
	/** The API server. On virtual time, await it inside `rest` or `within`. */
	handle(request: Request): Promise<Response>;
	/** What really is, whatever the API says. */
	readonly truth: Truth;
	readonly add: Seeds;
	readonly knobs: Knobs;
	readonly faults: Mishaps;
	readonly users: Users;
	readonly audit: readonly AuditEntry[];
	/** One request as the administrator. Must run in a thread of the clock. */
	kubectl(method: string, path: string, body?: unknown): Promise<{ readonly code: number; readonly body: unknown }>;
	/** Waits until nothing moves and nothing but Nodes has changed for two seconds. Must run in a thread of the clock. */
	settle(): Promise<void>;
};

export type { AccessRule, AuditEntry };

const quietMs = 2_000;
const impatientMs = 3_600_000;

/** A cluster of its own on this clock: API server, controllers, kubelets, KubeVirt. */
export function createSimulatedCluster(options: ClusterOptions): SimulatedCluster {
	const { clock, name, kubevirtVersion, kubernetesVersion = "v1.35.6", limits = {}, defaultEvictionStrategy } = options;
	const behaviour = behaviourOf(kubevirtVersion);
	const store = new Store(clock, name);
	const ground = groundOf(clock, store);
	const { knobs } = ground;
	const programs = startPrograms(ground, behaviour);
	const truth = new Truth(clock, store, programs.guests);
	const mishaps = new Mishaps(ground, programs, new ProvokedFaults());
	const users = new Users(name);
	const reachable = (): boolean => mishaps.virtApiAnswers();
	const server = createApiServer({
		store,
		clock,
		kubernetesVersion,
		admission: {
			evictionWebhooks: evictionWebhooks(ground, behaviour, reachable),
			creationWebhooks: [migrationWebhook(ground, behaviour, reachable)],
		},
		aggregated: [subresourceApi(ground, behaviour, reachable)],
		authenticate: users.authenticate,
		faults: mishaps.api,
	});
	seedKubeVirt(ground, {
		version: kubevirtVersion,
		behaviour,
		evictionStrategy: defaultEvictionStrategy,
		parallelOutboundMigrationsPerNode: limits.parallelOutboundMigrationsPerNode ?? 2,
		parallelMigrationsPerCluster: limits.parallelMigrationsPerCluster ?? 5,
	});
	beat(ground);
	const handle = (request: Request): Promise<Response> => {
		const user = users.authenticate(bearerToken(request.headers), clock.now())?.name ?? "system:anonymous";
		return asRequester({ user }, () => server.handle(request));
	};
	const kubectl: SimulatedCluster["kubectl"] = async (method, path, body) => {
		const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
		const request = new Request(`https://${name}.example${path}`, {
			method,
			headers: { authorization: `Bearer ${users.adminToken}`, "content-type": contentType },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const response = await clock.rest(handle(request));
		return { code: response.status, body: await response.json() };
	};
	return {
		name,
		store,
		handle,
		truth,
		add: seedsOf(ground, programs.guests, behaviour),
		knobs,
		faults: mishaps,
		users,
		audit: server.audit,
		kubectl,
		settle: settler(ground, programs.guests),
	};
}

/** What programs stand on, over these objects. */
export function groundOf(clock: SimulationClock, store: ObjectStore, events = new EventRecorder(store, clock)): Ground {
	const agenda = new Agenda(clock);
	const loop = new ControllerLoop(store, agenda, () => clock.now());
	const machines = new Machines(store);
	return { clock, store, agenda, loop, machines, events, knobs: new Knobs() };
}

function settler({ clock, store, machines }: Ground, guests: Guests): () => Promise<void> {
	const isBusy = (): boolean =>
		guests.transfers().length > 0 ||
		machines
			.all()
			.some(
				({ connected, sandboxes }) =>
					connected && [...sandboxes.values()].some(({ state }) => state === "starting" || state === "stopping"),
			);
	let changedAt = clock.now();
	store.subscribe(({ resource }) => {
		if (resource !== "nodes") changedAt = clock.now();
	});
	return async () => {
		const began = clock.now();
		while (isBusy() || clock.now() < Math.max(changedAt, began) + quietMs) {
			if (clock.now() > began + impatientMs) throw new Error("cannot settle: the cluster has kept changing for an hour");
			await clock.sleep(500);
		}
	};
}
