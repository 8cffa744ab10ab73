import type { VmKnobs } from "../../../src/local/cluster/controllers/knobs.ts";
import { vmiOf, vmirsOf, vmKnobsOf, vmOf } from "../../../src/local/cluster/seed-vms.ts";
import type { BarePodSeed } from "../../../src/local/cluster/seed-workloads.ts";
import { barePodOf, budgetOf, mirrorPodOf, workloadKnobsOf, workloadOf } from "../../../src/local/cluster/seed-workloads.ts";
import type { NewObject } from "../../../src/local/cluster/store.ts";
import type { Given } from "../../scenarios/shared/shared-scenario.ts";
import type { Agent } from "../agent/agent.ts";
import type { Collection } from "./collections.ts";

/** One thing that a scenario wants in the cluster before it begins. */
export type Wanted = {
	readonly namespace: string;
	readonly name: string;
	readonly collection: Collection;
	readonly object: NewObject;
	/** The nodes on which it, or its replicas in this order, must run. Empty: wherever the scheduler likes. */
	readonly on: readonly string[];
	/** Whether its replicas are started one after the other, each on its node. */
	readonly scaled: boolean;
	/** It says itself where it runs: no scheduler is asked. */
	readonly bound: boolean;
};

const none = { on: [], scaled: false, bound: false } as const;

/** Notes what a scenario declares, and turns the knobs of it. */
export function wantedOf(declare: (given: Given) => void, agent: Pick<Agent, "knobs" | "store">): readonly Wanted[] {
	const wanted: Wanted[] = [];
	const want = (collection: Collection, object: NewObject, rest: Partial<Wanted> = {}): void => {
		const { namespace = "default", name = "" } = object.metadata;
		wanted.push({ ...none, namespace, name, collection, object, ...rest });
	};
	const turn = ({ namespace, name }: { namespace: string; name: string }, knobs: VmKnobs) =>
		agent.knobs.turn(namespace, name, knobs);
	const placed = (on: string | undefined) => ({ on: on === undefined ? [] : [on] });
	declare({
		vm: (seed) => {
			turn(seed, vmKnobsOf(seed));
			want("virtualmachines", vmOf(seed), placed(seed.on));
		},
		vmi: (seed) => {
			turn(seed, vmKnobsOf(seed));
			want("virtualmachineinstances", vmiOf(seed), placed(seed.on));
		},
		vmirs: (seed) => {
			turn(seed, vmKnobsOf(seed));
			want("virtualmachineinstancereplicasets", vmirsOf(seed), { on: seed.on ?? [], scaled: true });
		},
		deployment: (seed) => {
			turn(seed, workloadKnobsOf(seed));
			want("deployments", workloadOf("Deployment", seed), { on: seed.on ?? [], scaled: true });
		},
		statefulSet: (seed) => {
			turn(seed, workloadKnobsOf(seed));
			want("statefulsets", workloadOf("StatefulSet", seed), { on: seed.on ?? [], scaled: true });
		},
		daemonSet: (seed) => {
			turn(seed, workloadKnobsOf(seed));
			want("daemonsets", workloadOf("DaemonSet", seed));
		},
		barePod: (seed: BarePodSeed) => {
			turn(seed, workloadKnobsOf(seed));
			want("pods", barePodOf(seed), placed(seed.on));
		},
		mirrorPod: (seed) => {
			const object = mirrorPodOf(seed, agent.store.get("nodes", undefined, seed.on));
			want("pods", { ...object, spec: { ...object.spec, nodeName: seed.on } }, { on: [seed.on], bound: true });
		},
		pdb: (seed) => want("poddisruptionbudgets", budgetOf(seed)),
	});
	return wanted;
}
