import type { KubeObject, ObjectStore } from "../store.ts";
import { textAt } from "../store-object.ts";

/** A pod's containers on a machine. They are there, or gone, whatever the API says. */
export type Sandbox = {
	readonly podUid: string;
	readonly namespace: string;
	readonly podName: string;
	state: "starting" | "running" | "stopping" | "exited";
	exitCode: number;
	readonly machine: Machine;
};

/** One EC2 instance with its kubelet and its virt-handler. */
export class Machine {
	readonly instanceId: string;
	readonly nodeName: string;
	readonly address: string;
	readonly sandboxes = new Map<string, Sandbox>();
	/** False: nothing on it talks to the API server any more; what runs, runs on. */
	connected = true;
	/** False: AWS has pulled the plug, nothing runs. */
	powered = true;

	constructor(instanceId: string, nodeName: string, address: string) {
		this.instanceId = instanceId;
		this.nodeName = nodeName;
		this.address = address;
	}
}

/** The instance behind a Node: the last part of its provider id. */
export function instanceIdOf(node: KubeObject): string | undefined {
	return textAt(node, "spec", "providerID")?.split("/").at(-1);
}

/** Every machine of a cluster, also those whose Node object is gone or is another one now. */
export class Machines {
	readonly #store: ObjectStore;
	readonly #byInstance = new Map<string, Machine>();
	readonly #byPod = new Map<string, Sandbox>();
	#added = 0;

	constructor(store: ObjectStore) {
		this.#store = store;
	}

	/** How many there have ever been. */
	get added(): number {
		return this.#added;
	}

	add(machine: Machine): void {
		this.#added += 1;
		this.#byInstance.set(machine.instanceId, machine);
	}

	/** The instance is gone for good; another one may have its id. */
	forget(machine: Machine): void {
		for (const sandbox of machine.sandboxes.values()) this.#byPod.delete(sandbox.podUid);
		this.#byInstance.delete(machine.instanceId);
	}

	all(): readonly Machine[] {
		return [...this.#byInstance.values()];
	}

	byInstance(instanceId: string): Machine | undefined {
		return this.#byInstance.get(instanceId);
	}

	/** The machine whose kubelet answers for the Node of this name today. */
	serving(nodeName: string): Machine | undefined {
		const node = this.#store.get("nodes", undefined, nodeName);
		const instanceId = node === undefined ? undefined : instanceIdOf(node);
		return instanceId === undefined ? undefined : this.#byInstance.get(instanceId);
	}

	sandbox(podUid: string): Sandbox | undefined {
		return this.#byPod.get(podUid);
	}

	/** Puts a pod's containers on a machine. */
	place(machine: Machine, pod: KubeObject, state: "starting" | "running"): Sandbox {
		const { uid, namespace = "", name } = pod.metadata;
		const sandbox: Sandbox = { podUid: uid, namespace, podName: name, state, exitCode: 0, machine };
		machine.sandboxes.set(uid, sandbox);
		this.#byPod.set(uid, sandbox);
		return sandbox;
	}

	discard(sandbox: Sandbox): void {
		sandbox.machine.sandboxes.delete(sandbox.podUid);
		this.#byPod.delete(sandbox.podUid);
	}
}
