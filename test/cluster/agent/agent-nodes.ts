import type { ClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import { conditionOf } from "../../../src/local/cluster/controllers/conditions.ts";
import type { Ground } from "../../../src/local/cluster/controllers/ground.ts";
import { instanceIdOf } from "../../../src/local/cluster/controllers/machines.ts";
import type { MachineMishaps } from "../../../src/local/cluster/kubevirt/machine-mishaps.ts";
import { type NodeSeed, newNode } from "../../../src/local/cluster/seed-nodes.ts";
import type { Change, KubeObject } from "../../../src/local/cluster/store.ts";
import { ask } from "./ask.ts";
import { handlerLabels } from "./handler-labels.ts";
import type { MirrorStore } from "./mirror-store.ts";
import type { NodePresence } from "./node-presence.ts";
import { collectionPath, objectPath } from "./object-paths.ts";

/** After a Node is not heard of, EC2's cloud controller finds that its instance is gone and removes it. */
const instanceGoneMs = 5_000;
const patienceMs = 60_000;

type NodesOptions = {
	readonly api: ClusterApi;
	readonly ground: Ground;
	readonly mirror: MirrorStore;
	readonly presence: NodePresence;
	readonly machineMishaps: MachineMishaps;
	readonly pause: (ms: number) => Promise<void>;
	readonly failed: (what: string) => void;
};

/** The machines of a cluster whose control plane is real: how they come and how they go. */
export class AgentNodes {
	readonly #options: NodesOptions;

	constructor(options: NodesOptions) {
		this.#options = options;
		options.mirror.subscribe((change) => this.#see(change));
	}

	/** Returns when the Node is registered and its lease is held. */
	async add(seed: NodeSeed): Promise<KubeObject> {
		const { api, ground, mirror, presence } = this.#options;
		const { node, machine } = newNode(ground, { ...seed, labels: { ...handlerLabels, ...seed.labels } });
		ground.machines.add(machine);
		const answer = await ask(api, { method: "POST", path: collectionPath("nodes"), body: node });
		if (answer.code !== 201) throw new Error(`cannot register node ${machine.nodeName}: ${answer.message} (${answer.code})`);
		mirror.answered("nodes", answer.body);
		const registered = await this.#eventually(`node ${machine.nodeName} to be seen`, () =>
			mirror.get("nodes", undefined, machine.nodeName),
		);
		await presence.show(machine);
		return registered;
	}

	/** The instance ends, and its Node and pods go without a farewell; returns when nothing shows them any more. */
	async remove(name: string): Promise<void> {
		const { ground, mirror, machineMishaps } = this.#options;
		const node = mirror.get("nodes", undefined, name);
		const machine = ground.machines.all().find(({ nodeName }) => nodeName === name);
		if (node === undefined && machine === undefined) throw new Error(`cannot remove node ${name}: there was no such node`);
		if (machine !== undefined) machineMishaps.takeInstance(machine.instanceId);
		await this.#delete(objectPath("nodes", undefined, name));
		await this.#eventually(`node ${name} and its pods to be gone`, async () => {
			for (const { metadata } of mirror.podsOn(name)) await this.#delete(objectPath("pods", metadata.namespace, metadata.name));
			return mirror.get("nodes", undefined, name) === undefined && mirror.podsOn(name).length === 0 ? true : undefined;
		});
		if (machine !== undefined) ground.machines.forget(machine);
	}

	/** The machine behind this node went silent, came back, or was taken. */
	changed(nodeName: string): void {
		const node = this.#options.mirror.get("nodes", undefined, nodeName);
		if (node !== undefined && isLost(node)) this.#removeIfTaken(node);
	}

	#see({ resource, type, object, previous }: Change): void {
		if (resource !== "nodes" || type !== "MODIFIED" || previous === undefined) return;
		if (isLost(object) && !isLost(previous)) this.#removeIfTaken(object);
	}

	/** Nothing in this cluster asks EC2 whether an instance is still there. */
	#removeIfTaken(node: KubeObject): void {
		const { ground, failed } = this.#options;
		if (ground.machines.byInstance(instanceIdOf(node) ?? "")?.powered !== false) return;
		const path = objectPath("nodes", undefined, node.metadata.name);
		ground.agenda.after(instanceGoneMs, () => {
			this.#delete(path, node.metadata.uid).catch((fault: Error) => failed(`deleting ${path}: ${fault.message}`));
		});
	}

	/** Of this very object, when the uid is given; what is gone already, or another one now, is left alone. */
	async #delete(path: string, uid?: string): Promise<void> {
		const preconditions = uid === undefined ? {} : { preconditions: { uid } };
		const body = { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0, ...preconditions };
		const answer = await ask(this.#options.api, { method: "DELETE", path, body });
		const isThrough = answer.code < 300 || answer.code === 404 || (uid !== undefined && answer.code === 409);
		if (!isThrough) throw new Error(`cannot delete ${path}: ${answer.message} (${answer.code})`);
	}

	async #eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
		const { ground, pause } = this.#options;
		const until = ground.clock.now() + patienceMs;
		for (;;) {
			const seen = await look();
			if (seen !== undefined) return seen;
			if (ground.clock.now() > until) throw new Error(`cannot wait for ${what} any longer: ${patienceMs / 1000} s are over`);
			await pause(100);
		}
	}
}

/** Not heard of for so long that nobody knows how it is. */
function isLost(node: KubeObject): boolean {
	return conditionOf(node, "Ready")?.status === "Unknown";
}
