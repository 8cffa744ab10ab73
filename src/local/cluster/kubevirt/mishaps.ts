import type { ProvokedFaults } from "../api/provoked-faults.ts";
import type { Program } from "../controllers/controller-loop.ts";
import type { Ground } from "../controllers/ground.ts";
import { isReady } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { labelOf } from "./kubevirt-objects.ts";
import { MachineMishaps } from "./machine-mishaps.ts";
import type { Programs } from "./programs.ts";

/** A new leader looks around for so long before it works. */
const electionMs = 3_000;

/** What can go wrong in a cluster, or be made to. */
export class Mishaps extends MachineMishaps {
	/** What goes wrong with requests. */
	readonly api: ProvokedFaults;
	readonly #ground: Ground;
	#virtApiDown = false;
	readonly #heldDown = new Set<Program>();

	constructor(ground: Ground, programs: Programs, api: ProvokedFaults) {
		super(ground, programs, (nodeName) => ground.loop.look(programs.nodes, nodeName, 0));
		this.#ground = ground;
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

	/** The scheduler thinks so long about each pod. */
	schedulerTakes(seconds: number): void {
		this.#ground.knobs.schedulerSeconds = seconds;
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
