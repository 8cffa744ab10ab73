import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { KubeObject } from "../../src/local/cluster/store.ts";
import type { GuestEnded, Watched } from "../monitor/laws.ts";

const waiting = new Set(["", "Pending", "Succeeded", "Failed"]);

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

/** What the monitor sees of a simulated cluster: its ground truth, and the migration objects as KubeVirt has them. */
export function watchedCluster(cluster: SimulatedCluster): Watched {
	const { truth, store, knobs } = cluster;
	const instances = new Map(
		store.list("nodes").map((node) => [node.metadata.name, String(fields(node.spec).providerID).split("/").at(-1) ?? ""]),
	);
	const instancesOf = (vmim: KubeObject): string[] => {
		const vmi = store.get("virtualmachineinstances", vmim.metadata.namespace, String(fields(vmim.spec).vmiName));
		const state = fields(fields(vmi?.status).migrationState);
		if (state.migrationUid !== vmim.metadata.uid) return [];
		return [state.sourceNode, state.targetNode].flatMap((node) => instances.get(String(node)) ?? []);
	};
	return {
		guests: () => truth.guests(),
		migrations: () => truth.migrations(),
		migrationObjects: () =>
			store
				.list("virtualmachineinstancemigrations")
				.filter((vmim) => !waiting.has(String(fields(vmim.status).phase ?? "")))
				.map((vmim) => ({ name: vmim.metadata.name, instanceIds: instancesOf(vmim) })),
		subscribe: (listener) =>
			truth.subscribe((event) => {
				if (event.kind !== "ended") return listener(event);
				const vmi = store.get("virtualmachineinstances", event.namespace, event.name);
				// A replica has the knobs of its set.
				const its = vmi === undefined ? knobs.named(event.namespace, event.name) : knobs.of(vmi);
				const migratable = its?.notMigratable === undefined;
				listener({ ...event, migratable } satisfies GuestEnded);
			}),
	};
}
