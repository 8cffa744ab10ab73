import type { Change, KubeObject } from "../store.ts";
import { itemsAt, textAt } from "../store-object.ts";
import { isTrue, setConditions } from "./conditions.ts";
import type { Controller } from "./controller-loop.ts";
import { Dwell } from "./dwell.ts";
import type { Ground } from "./ground.ts";
import type { Machine, Sandbox } from "./machines.ts";
import { type AddressOf, containersDone, containersRunning, podAddress } from "./pod-status.ts";
import { hasEnded, isDeleting, isReady, keyOfObject, nodeNameOf, phaseOf, split } from "./pods.ts";

/** What is in a pod's containers, where it is more than a process that ends when told to. */
export type Payload = {
	takes(pod: KubeObject): boolean;
	/** The order to stop. Must lead to `exited`, at the latest after `graceSeconds`. */
	stop(pod: KubeObject, sandbox: Sandbox, graceSeconds: number, exited: (exitCode: number) => void): void;
};

/** From the last readiness gate to a pod's readiness. */
const gateMs = 140;

/** The kubelets of all nodes. A machine that is not connected hears and says nothing; what runs on it runs on. */
export class Kubelet {
	readonly controller: Controller;
	readonly #ground: Ground;
	readonly #payloads: readonly Payload[];
	readonly #addressOf: AddressOf;
	readonly #dwell: Dwell;

	constructor(ground: Ground, payloads: readonly Payload[], addressOf: AddressOf = podAddress) {
		this.#ground = ground;
		this.#payloads = payloads;
		this.#addressOf = addressOf;
		this.#dwell = new Dwell(() => ground.clock.now());
		this.controller = {
			name: "kubelet",
			program: "node",
			lag: 5,
			keysOf: (change) => this.#keysOf(change),
			reconcile: (key) => this.#reconcile(key),
		};
	}

	/** Looks at every pod of a node again. */
	wake(nodeName: string): void {
		for (const pod of this.#ground.store.podsOn(nodeName)) {
			this.#ground.loop.look(this.controller, keyOfObject(pod), this.controller.lag);
		}
	}

	/** The containers of a pod have ended by themselves, or because they were told to. */
	exited(sandbox: Sandbox, exitCode: number): void {
		if (sandbox.state === "exited") return;
		sandbox.state = "exited";
		sandbox.exitCode = exitCode;
		this.#ground.loop.look(this.controller, `${sandbox.namespace}/${sandbox.podName}`, 0);
	}

	#keysOf({ resource, type, object }: Change): readonly string[] {
		if (resource === "nodes" && type === "ADDED") return this.#ground.store.podsOn(object.metadata.name).map(keyOfObject);
		return resource === "pods" && type !== "DELETED" && nodeNameOf(object) !== "" ? [keyOfObject(object)] : [];
	}

	#reconcile(key: string): number | undefined {
		const { store, machines } = this.#ground;
		const pod = store.get("pods", ...split(key));
		if (pod === undefined || nodeNameOf(pod) === "") return undefined;
		const sandbox = machines.sandbox(pod.metadata.uid);
		const machine = sandbox?.machine.powered === true ? sandbox.machine : machines.serving(nodeNameOf(pod));
		if (machine?.connected !== true) return undefined;
		if (isDeleting(pod)) this.#end(pod, sandbox);
		else if (sandbox === undefined) this.#begin(machine, pod);
		else return this.#report(pod, sandbox);
		return undefined;
	}

	#begin(machine: Machine, pod: KubeObject): void {
		// A kubelet that comes new to a node does not revive what a machine before it ran.
		if (phaseOf(pod) !== "Pending") return;
		const { agenda, machines, knobs, loop } = this.#ground;
		const sandbox = machines.place(machine, pod, "starting");
		agenda.after((knobs.of(pod).startSeconds ?? 0.7) * 1000, () => {
			if (sandbox.state !== "starting" || !machine.powered) return;
			sandbox.state = "running";
			loop.look(this.controller, keyOfObject(pod), 0);
		});
	}

	#end(pod: KubeObject, sandbox: Sandbox | undefined): void {
		const { store, machines } = this.#ground;
		const { namespace, name } = pod.metadata;
		if (sandbox === undefined || sandbox.state === "exited") {
			if (sandbox !== undefined && !hasEnded(pod)) this.#report(pod, sandbox);
			if (sandbox !== undefined) machines.discard(sandbox);
			store.remove("pods", namespace, name);
			return;
		}
		if (sandbox.state === "starting") this.exited(sandbox, 0);
		else if (sandbox.state === "running") this.#stop(pod, sandbox);
	}

	#stop(pod: KubeObject, sandbox: Sandbox): void {
		const { agenda, knobs } = this.#ground;
		const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
		sandbox.state = "stopping";
		const exited = (exitCode: number): void => {
			if (sandbox.machine.powered) this.exited(sandbox, exitCode);
		};
		const payload = this.#payloads.find((candidate) => candidate.takes(pod));
		if (payload !== undefined) payload.stop(pod, sandbox, grace, exited);
		else agenda.after(Math.min(knobs.of(pod).shutdownSeconds ?? 1, grace) * 1000, () => exited(0));
	}

	#report(pod: KubeObject, sandbox: Sandbox): number | undefined {
		if (hasEnded(pod) || sandbox.state === "starting") return undefined;
		const { store, clock } = this.#ground;
		const { namespace, name, uid } = pod.metadata;
		const update = (change: (draft: KubeObject) => void): undefined => {
			store.update("pods", namespace, name, change);
		};
		if (sandbox.state === "exited") return update((draft) => containersDone(draft, clock.now(), sandbox.exitCode));
		if (phaseOf(pod) === "Pending") {
			const address = this.#addressOf(pod);
			return update((draft) => containersRunning(draft, clock.now(), sandbox.machine, address));
		}
		if (isReady(pod) || !isTrue(pod, "ContainersReady") || !gatesAreOpen(pod)) return undefined;
		const wait = this.#dwell.left(uid, gateMs);
		if (wait > 0) return wait;
		return update((draft) => setConditions(draft, clock.now(), { type: "Ready", status: "True" }));
	}
}

function gatesAreOpen(pod: KubeObject): boolean {
	return itemsAt(pod, "spec", "readinessGates").every((gate) => isTrue(pod, textAt(gate, "conditionType") ?? ""));
}
