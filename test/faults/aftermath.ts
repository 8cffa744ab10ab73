import type { MaintenanceRecord } from "../../src/domain/record.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { MARK } from "./mark.ts";
import { LEAVING } from "./stage.ts";

/**
 * How a run left everything, without what differs from one good run to the next: instants, versions, names of moved pods.
 * How hooks ended, AWS itself says: of an action that was answered just before a crash, the record knows only that it is over.
 */
export async function aftermathOf(ground: EmbeddedGround, cluster: SimulatedCluster, node: string) {
	const generations = await generationsOf(ground);
	const record = generations.at(-1);
	const there = cluster.store.get("nodes", undefined, node);
	const { ec2, lifecycle, tags } = ground.aws.instance(LEAVING);
	return {
		record: record && {
			state: record.state,
			vms: latestOf(generations.flatMap(({ vms }) => vms.map(({ name, outcome }) => [name, String(outcome?.kind)] as const))),
			trouble: record.trouble.map(({ kind }) => kind),
			releasing: record.releasing !== undefined && record.state === "releasing",
			marked: record.markedAt !== undefined,
		},
		instance: { ec2, lifecycle, marked: tags[MARK] !== undefined },
		hooks: ground.aws.log
			.flatMap((event) => (event.kind === "ended" ? [`${event.hook} ${event.how} ${event.result}`] : []))
			.sort(),
		// The Node of an instance that is gone goes a minute later.
		node: there !== undefined && there.spec?.unschedulable !== true ? "open" : "cordoned or gone",
		underWay: underWay(cluster),
		guests: cluster.truth
			.guests()
			.filter(({ alive }) => alive)
			.map(({ name, instanceId }) => `${name} ${instanceId === LEAVING ? "on the node" : "elsewhere"}`)
			.sort(),
	};
}

/** What KubeVirt still means to do: VMs that it will move, and migrations that it has not finished. */
function underWay({ store }: SimulatedCluster): readonly string[] {
	const marked = store.list("virtualmachineinstances").filter(({ status }) => status?.evacuationNodeName);
	const unfinished = store
		.list("virtualmachineinstancemigrations")
		.filter(({ status }) => !["Succeeded", "Failed"].includes(String(status?.phase)));
	return [
		...marked.map(({ metadata }) => `${metadata.name} is marked`),
		...unfinished.map(({ spec }) => `${String(spec?.vmiName)} migrates`),
	].sort();
}

/** A late token may have a generation of its own: what became of it is told there. */
async function generationsOf(ground: EmbeddedGround): Promise<readonly MaintenanceRecord[]> {
	const { records } = ground.worldOf("intake");
	const latest = await records.latest(LEAVING);
	const numbers = Array.from({ length: latest?.generation ?? 0 }, (_, index) => index + 1);
	const all = await Promise.all(numbers.map((generation) => records.read({ instanceId: LEAVING, generation })));
	return all.flatMap((record) => record ?? []);
}

/** By name, as the last generation has it. */
const latestOf = (all: readonly (readonly [string, string])[]): Readonly<Record<string, string>> =>
	Object.fromEntries([...new Map(all)].sort(([a], [b]) => (a < b ? -1 : 1)));

export type Aftermath = Awaited<ReturnType<typeof aftermathOf>>;
