import { Monitor, type Violation } from "../../monitor/laws.ts";
import { judgeRequests, judgeTaking } from "../../monitor/observer-judgement.ts";
import { type Drill, drill, LEAVING, type Stage } from "../../scenarios/drill.ts";
import { isOurs } from "../../scenarios/stage.ts";
import { type ObservedCluster, observeSimulated } from "./observed-cluster.ts";

/** A drill's stage with an observer in front of its cluster. */
export type Judged = Stage & {
	readonly observed: ObservedCluster;
	/** Tells both judges that AWS takes the instance now. */
	take(instanceId: string): Promise<void>;
	/** One request of a user with all rights. */
	as(user: string, method: string, path: string, body?: unknown): Promise<number>;
};

/** Of the monitor over the simulation's truth, and of the one over the observer. */
type Verdicts = { readonly simulation: readonly Violation[]; readonly observer: readonly Violation[] };

const ordered = (violations: readonly Violation[]) => violations.toSorted((a, b) => (a.says < b.says ? -1 : 1));

/** Plays a drill and judges it twice: by the simulation's own truth, and by what an observer sees through a socket. */
export async function judgeTwice(options: Omit<Drill, "play">, play: (stage: Judged) => Promise<void>): Promise<Verdicts> {
	const seen: { monitor?: Monitor } = {};
	const outcome = await drill({
		...options,
		play: async (stage) => {
			const observed = await observeSimulated(stage.cluster);
			const { observer } = observed;
			const monitor = new Monitor({
				clusters: [observer],
				mayEnd: () => false,
				isOurs,
				drained: (instanceId) => instanceId === LEAVING,
			});
			seen.monitor = monitor;
			judgeRequests(observer, monitor);
			try {
				await play({ ...stage, observed, ...hands(stage, observed, monitor) });
				await observer.look();
			} finally {
				await observed.close();
			}
		},
	});
	return { simulation: ordered(outcome.violations), observer: ordered(seen.monitor?.violations ?? []) };
}

function hands({ cluster, monitor: truth }: Stage, { observer }: ObservedCluster, monitor: Monitor): Pick<Judged, "take" | "as"> {
	return {
		take: async (instanceId) => {
			truth.taken(instanceId, "completed");
			await judgeTaking({ observer, monitor, patienceMs: 1_000 }, instanceId, "completed");
		},
		as: async (name, method, path, body) => {
			const token = cluster.users.add({ name, rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] });
			const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
			const request = new Request(`https://cluster.example${path}`, {
				method,
				headers,
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			});
			return (await cluster.handle(request)).status;
		},
	};
}

/** Both find the same, in the order of the sentences. */
export const same = (says: readonly Violation[]): Verdicts => ({ simulation: says, observer: says });

/** Path of the launcher of a VM on the node that leaves. */
export const launcherPath = ({ cluster, node }: Stage, vm = "vm"): string => {
	const pod = cluster.store.podsOn(node).find(({ metadata }) => metadata.annotations?.["kubevirt.io/domain"] === vm);
	return `/api/v1/namespaces/shop/pods/${pod?.metadata.name ?? "none"}`;
};

/** One eviction request as this user; answers the status code. */
export const evictLauncher = (stage: Judged, user: string, deleteOptions?: object, vm = "vm"): Promise<number> => {
	const path = launcherPath(stage, vm);
	const metadata = { namespace: "shop", name: path.split("/").at(-1) };
	const body = { apiVersion: "policy/v1", kind: "Eviction", metadata, ...(deleteOptions && { deleteOptions }) };
	return stage.as(user, "POST", `${path}/eviction`, body);
};

/** A VM that can migrate, on the node that leaves. */
export const oneVm: Drill["seed"] = (cluster, on) =>
	void cluster.add.vm({ namespace: "shop", name: "vm", on, evictionStrategy: "LiveMigrate" });
