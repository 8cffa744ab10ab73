import type { GuestEnded, Watched } from "./laws.ts";
import { ObserverAuditLog, userOf } from "./observer-audit-log.ts";
import { keep, ObserverCluster } from "./observer-cluster.ts";
import { type Access, connect } from "./observer-connection.ts";
import { ObserverGuests } from "./observer-guests.ts";
import { controllerOf, keyOf, type Seen, type SeenPod, type SeenVmi, vmiUidOf } from "./observer-objects.ts";
import { endsOf, hasBegun, instancesOf } from "./observer-places.ts";
import { type Gap, ObserverStream } from "./observer-stream.ts";

/** A live API server, and the log of everything that it is asked. */
type ObserverOptions = Access & { readonly auditLog: string };

/** One request as the audit log tells it. */
type ObservedRequest = { readonly user: string; readonly verb: string; readonly path: string };

/** What the laws are judged by on a live API server. */
export type Observer = Watched & {
	/** Times in which it did not see, and then looked anew. */
	readonly gaps: readonly Gap[];
	/** Hears each request that the log tells from now on; a watch when it is over. */
	requests(listener: (request: ObservedRequest) => void): () => void;
	/**
	 * Resolves when it has seen at least what the API server had at the time of the call, has read the log to its end and
	 * told every end of a guest. Rejects when it cannot see that within `patienceMs` (default a minute).
	 */
	look(patienceMs?: number): Promise<void>;
	/** AWS has pulled the plug of the instance: whatever may be alive there has ended with it. */
	instanceGone(instanceId: string): Promise<void>;
	/** Epoch milliseconds at which the node's last launcher was seen final or gone; undefined while one is not. */
	launchersEndedAt(nodeName: string): number | undefined;
	close(): void;
};

const MINUTE_MS = 60_000;
const LOOK_AGAIN_MS = 250;
const READ_LOG_MS = 250;

const kubevirt = "/apis/kubevirt.io/v1";

/** Watches a live API server with its own eyes. Rejects when it may not, or when there is none. */
export async function observe({ auditLog, ...access }: ObserverOptions): Promise<Observer> {
	const connection = connect(access);
	const cluster = new ObserverCluster();
	const log = new ObserverAuditLog(auditLog);
	const guests = new ObserverGuests(cluster, log);
	const gaps: Gap[] = [];
	const streams = takers(cluster, guests).map(
		({ resource, path, take }) =>
			new ObserverStream({ connection, resource, path, onObject: take, onGap: (gap) => gaps.push(gap) }),
	);
	// One after the other: what a guest stands under is known before the guest.
	for (const stream of streams) await stream.begin();
	const reading = setInterval(() => log.read(), READ_LOG_MS);

	const lookOnce = async (): Promise<void> => {
		await Promise.all(streams.map((stream) => stream.catchUp()));
		await guests.told();
		log.read();
	};

	const look = async (patienceMs = MINUTE_MS): Promise<void> => {
		const deadline = Date.now() + patienceMs;
		for (;;) {
			try {
				return await lookOnce();
			} catch (cause) {
				if (Date.now() > deadline) throw new Error(`cannot see the cluster at ${access.url} for ${patienceMs} ms`, { cause });
				await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
			}
		}
	};

	return {
		guests: () => guests.all(),
		migrations: () =>
			[...cluster.vmis.values()].flatMap((vmi) => {
				const ends = endsOf(cluster, vmi);
				return ends === undefined ? [] : [{ namespace: vmi.metadata.namespace ?? "", name: vmi.metadata.name, ...ends }];
			}),
		migrationObjects: () =>
			[...cluster.migrations.values()]
				.filter(hasBegun)
				.map((migration) => ({ name: migration.metadata.name, instanceIds: instancesOf(cluster, migration) })),
		subscribe: (listener: (event: GuestEnded) => void) => guests.subscribe(listener),
		gaps,
		requests: (listener) => {
			log.read();
			return log.subscribe((event) =>
				listener({ user: userOf(event), verb: event.verb, path: event.requestURI.split("?")[0] ?? "" }),
			);
		},
		look,
		instanceGone: async (instanceId) => {
			await look();
			guests.diedWith(instanceId);
		},
		launchersEndedAt: (nodeName) => cluster.launchersEndedAt(nodeName),
		close: () => {
			clearInterval(reading);
			for (const stream of streams) stream.close();
			connection.close();
		},
	};
}

type Taker = { readonly resource: string; readonly path: string; readonly take: (object: Seen, gone: boolean) => void };

function takers(cluster: ObserverCluster, guests: ObserverGuests): readonly Taker[] {
	return [
		{
			resource: "kubevirts",
			path: `${kubevirt}/kubevirts`,
			take: (object, gone) => {
				keep(cluster.kubevirts, keyOf(object), object, gone);
				guests.lookAtAll();
			},
		},
		{
			resource: "virtualmachines",
			path: `${kubevirt}/virtualmachines`,
			take: (object, gone) => {
				keep(cluster.vms, keyOf(object), object, gone);
				guests.lookAgain([...cluster.vmis.values()].find((vmi) => controllerOf(vmi)?.uid === object.metadata.uid)?.metadata.uid);
			},
		},
		{ resource: "nodes", path: "/api/v1/nodes", take: (object, gone) => cluster.takeNode(object, gone) },
		{
			resource: "pods",
			path: "/api/v1/pods",
			take: (object: SeenPod, gone) => {
				cluster.takePod(object, gone);
				guests.lookAgain(vmiUidOf(object));
			},
		},
		{
			resource: "virtualmachineinstancemigrations",
			path: `${kubevirt}/virtualmachineinstancemigrations`,
			take: (object, gone) => keep(cluster.migrations, object.metadata.uid, object, gone),
		},
		{
			resource: "virtualmachineinstances",
			path: `${kubevirt}/virtualmachineinstances`,
			take: (object: SeenVmi, gone) => {
				keep(cluster.vmis, object.metadata.uid, object, gone);
				guests.takeVmi(object, gone);
			},
		},
	];
}
