import type { SimulationClock } from "../../../src/local/clock/simulation-clock.ts";
import { EventRecorder } from "../../../src/local/cluster/controllers/event-recorder.ts";
import type { Ground } from "../../../src/local/cluster/controllers/ground.ts";
import { beat } from "../../../src/local/cluster/controllers/heartbeats.ts";
import { mirrorPods } from "../../../src/local/cluster/controllers/mirror-pods.ts";
import type { AddressOf } from "../../../src/local/cluster/controllers/pod-status.ts";
import { type NodePrograms, nodePrograms } from "../../../src/local/cluster/kubevirt/node-programs.ts";
import { groundOf } from "../../../src/local/cluster/simulated-cluster.ts";
import type { ObjectStore } from "../../../src/local/cluster/store.ts";

/** Starts what stands in for the programs of all nodes: the very ones of the simulated cluster. */
export function startNodePrograms(
	clock: SimulationClock,
	store: ObjectStore,
	addressOf: AddressOf,
): { readonly ground: Ground; readonly programs: NodePrograms } {
	const ground = groundOf(clock, store, new EventRecorder(store, clock, clock.now() * 1_000));
	const programs = nodePrograms(ground, addressOf);
	for (const controller of [programs.kubelet.controller, mirrorPods(ground), programs.handler.controller]) {
		ground.loop.add(controller);
	}
	beat(ground);
	return { ground, programs };
}
