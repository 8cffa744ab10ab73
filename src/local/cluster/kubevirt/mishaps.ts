import type { ProvokedFaults } from "../api/provoked-faults.ts";
import type { Program } from "../controllers/controller-loop.ts";
import type { Ground } from "../controllers/ground.ts";
import type { Machine } from "../controllers/machines.ts";
import { isReady } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { labelOf } from "./kubevirt-objects.ts";
import type { Programs } from "./programs.ts";

/** A new leader looks around for so long before it works. */
const electionMs = 3_000;

/** What can go wrong in a cluster, or be made to. */
export class Mishaps {
	/** What goes wrong with requests. */
	readonly api: ProvokedFaults;
	readonly #ground: Ground;
	readonly #programs: Programs;
	#virtApiDown = false;
	readonly #heldDown = new Set<Program>();

	constructor(ground: Ground, programs: Programs, api: ProvokedFaults) {
		this.#ground = ground;
		this.#programs = programs;
		this.api = api;
		ground.store.subscribe(({ resource, object, previous }) => {
			if (resource !== "pods" || labelOf(object, "kubevirt.io") !== "virt-controller") return;
			if (previous !== undefined && isReady(previous) !== isReady(object)) this.#electLeader();
		});
	}

	/** Whether KubeVirt's webhooks are answered: some virt-api pod is ready, and nobody took it down. */
	virtApiAnswers(): boolean {
		return !this.#virtApiDown && this.#ready("virt-api");
	}

	virtApi(state: "up" | "down"): void {
		this.#virtApiDown = state === "down";
	}

	/** KubeVirt's guard is gone: the API server asks nobody before it evicts. */
	removeWebhooks(): void {
		this.#ground.store.remove("validatingwebhookconfigurations", undefined, "virt-api-validator");
	}

	/** Stops or starts a program; what happened meanwhile it sees when it is back. */
	program(program: Program, state: "up" | "down"): void {
		if (state === "down") {
			this.#heldDown.add(program);
			this.#ground.loop.stop(program);
		} else {
			this.#heldDown.delete(program);
			this.#ground.loop.start(program, electionMs);
		}
	}

	/** `down`: neither kubelet nor virt-handler of this node reaches the API server; what runs there runs on. */
	kubelet(nodeName: string, state: "up" | "down"): void {
		const machine = this.#ground.machines.serving(nodeName);
		if (machine === undefined) throw new Error(`cannot switch the kubelet of ${nodeName}: the cluster has no such node`);
		if (!machine.powered) throw new Error(`cannot switch the kubelet of ${nodeName}: AWS has taken ${machine.instanceId}`);
		machine.connected = state === "up";
		this.#tellOf(machine);
	}

	/** AWS pulls the plug: whatever runs on the instance ends now, and so do migrations to and from it. */
	takeInstance(instanceId: string): void {
		const machine = this.#ground.machines.byInstance(instanceId);
		if (machine === undefined) throw new Error(`cannot take ${instanceId}: no node of the cluster is this instance`);
		if (!machine.powered) return;
		const { guests, handler } = this.#programs;
		for (const transfer of guests.transfers().filter(({ source, target }) => source === machine || target === machine)) {
			if (transfer.mode === "PostCopy") guests.end(transfer.guest, "instance taken");
			else if (transfer.target === machine) handler.migrations.broken(transfer, "Target pod is down", "instance taken");
		}
		for (const guest of guests.all()) if (guest.machine === machine) guests.end(guest, "instance taken");
		machine.powered = false;
		machine.connected = false;
		for (const sandbox of machine.sandboxes.values()) sandbox.state = "exited";
		this.#tellOf(machine);
	}

	/** The guest of this VMI dies by itself. */
	crash(namespace: string, name: string): void {
		const { guests, handler, kubelet } = this.#programs;
		const guest = guests
			.all()
			.findLast((known) => known.namespace === namespace && known.name === name && known.state !== "ended");
		if (guest === undefined) throw new Error(`cannot crash ${namespace}/${name}: no guest of this name runs`);
		guests.end(guest, "crash");
		handler.ended(guest, false);
		const sandbox = this.#ground.machines.sandbox(guest.podUid);
		if (sandbox !== undefined) kubelet.exited(sandbox, 0);
	}

	/** The scheduler thinks so long about each pod. */
	schedulerTakes(seconds: number): void {
		this.#ground.knobs.schedulerSeconds = seconds;
	}

	#tellOf(machine: Machine): void {
		const { loop } = this.#ground;
		loop.look(this.#programs.nodes, machine.nodeName, 0);
		if (!machine.connected) return;
		this.#programs.kubelet.wake(machine.nodeName);
		this.#programs.handler.wake();
	}

	#electLeader(): void {
		const { loop } = this.#ground;
		if (!this.#ready("virt-controller")) loop.stop("virt-controller");
		else if (loop.isDown("virt-controller") && !this.#heldDown.has("virt-controller")) loop.start("virt-controller", electionMs);
	}

	#ready(component: string): boolean {
		const pods: readonly KubeObject[] = this.#ground.store.labelled("pods", "kubevirt.io", component);
		return pods.some(isReady);
	}
}
