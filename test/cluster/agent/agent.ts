import type { Knobs } from "../../../src/local/cluster/controllers/knobs.ts";
import type { NodeSeed } from "../../../src/local/cluster/seed-nodes.ts";
import type { KubeObject, ObjectStore } from "../../../src/local/cluster/store.ts";
import type { Truth } from "../../../src/local/cluster/truth.ts";

/** What stands in for every kubelet, virt-handler and guest of a real control plane. */
export type Agent = {
	/** The objects of the API server as they were last seen, with this agent's own writes. */
	readonly store: ObjectStore;
	readonly knobs: Knobs;
	/** Which guests really run where. */
	readonly truth: Truth;
	/** Registers a Node, renews its lease, runs its pods. */
	addNode(seed: NodeSeed): Promise<KubeObject>;
	/** The machine goes, with everything on it, and its Node object. */
	removeNode(name: string): Promise<void>;
	/** Down: kubelet and virt-handler of the node are silent; what runs there runs on. */
	kubelet(name: string, state: "up" | "down"): void;
	/** AWS pulls the plug of the instance. */
	takeInstance(instanceId: string): void;
	crash(namespace: string, name: string): void;
	/** Everything that went wrong with its own requests, for whoever looks for the reason of a failure. */
	readonly mishaps: readonly string[];
	stop(): Promise<void>;
};
