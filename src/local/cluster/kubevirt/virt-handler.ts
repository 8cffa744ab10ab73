import type { Controller } from "../controllers/controller-loop.ts";
import { Dwell } from "../controllers/dwell.ts";
import type { Ground } from "../controllers/ground.ts";
import type { Kubelet } from "../controllers/kubelet.ts";
import { hasEnded, isDeleting, keyOfObject, nodeNameOf, phaseOf, split } from "../controllers/pods.ts";
import type { Change, KubeObject } from "../store.ts";
import { textAt } from "../store-object.ts";
import type { Guest, Guests } from "./guests.ts";
import { domainAnnotation, enterPhase, livingLaunchersOf, migrationStateOf } from "./kubevirt-objects.ts";
import { MigrationHandler } from "./migration-handler.ts";
import { guestRuns } from "./vmi-running.ts";

const guestStartMs = 540;

/**
 * The virt-handlers of all nodes. Each acts for what it has on its machine, and reports it when it can: a Node that
 * was replaced, a pod or a VMI that was removed by force does not stop a guest.
 */
export class VirtHandler {
	readonly controller: Controller;
	readonly migrations: MigrationHandler;
	readonly #ground: Ground;
	readonly #guests: Guests;
	readonly #dwell: Dwell;
	/** Guests whose end has not been reported yet. */
	readonly #endings = new Map<string, "Succeeded" | "Failed">();

	constructor(ground: Ground, guests: Guests, kubelet: () => Kubelet) {
		this.#ground = ground;
		this.#guests = guests;
		this.#dwell = new Dwell(() => ground.clock.now());
		this.controller = {
			name: "virt-handler",
			program: "virt-handler",
			lag: 5,
			keysOf,
			reconcile: (key) => this.#reconcile(key),
		};
		this.migrations = new MigrationHandler(ground, guests, kubelet, (guest) => this.#look(guest));
	}

	/** A guest has ended in its launcher. */
	ended(guest: Guest, clean: boolean): void {
		this.#endings.set(guest.vmiUid, clean ? "Succeeded" : "Failed");
		this.#look(guest);
	}

	/** The handlers of this machine are back: they look at everything. */
	wake(): void {
		for (const vmi of this.#ground.store.list("virtualmachineinstances")) {
			this.#ground.loop.look(this.controller, keyOfObject(vmi), 0);
		}
	}

	#look(guest: Guest): void {
		this.#ground.loop.look(this.controller, `${guest.namespace}/${guest.name}`, 0);
	}

	#reconcile(key: string): number | undefined {
		const vmi = this.#ground.store.get("virtualmachineinstances", ...split(key));
		if (vmi === undefined || hasEnded(vmi)) return undefined;
		const guest = this.#guests.of(vmi.metadata.uid);
		if (guest?.state === "ended") return this.#report(vmi, guest);
		if (guest === undefined) return this.#start(vmi);
		return migrationStateOf(vmi) === undefined ? undefined : this.migrations.step(vmi, guest);
	}

	#start(vmi: KubeObject): number | undefined {
		const { store, machines, clock, knobs, events } = this.#ground;
		const nodeName = textAt(vmi, "status", "nodeName") ?? "";
		if (phaseOf(vmi) !== "Scheduled" || isDeleting(vmi)) return undefined;
		const pod = livingLaunchersOf(store, vmi).find((launcher) => nodeNameOf(launcher) === nodeName);
		const sandbox = pod === undefined ? undefined : machines.sandbox(pod.metadata.uid);
		if (sandbox?.state !== "running" || !sandbox.machine.connected) return undefined;
		const wait = this.#dwell.left(vmi.metadata.uid, guestStartMs);
		if (wait > 0) return wait;
		const { uid, namespace = "", name } = vmi.metadata;
		const machine = sandbox.machine;
		this.#guests.start({ vmiUid: uid, namespace, name, machine, podUid: sandbox.podUid, state: "running" });
		store.update("virtualmachineinstances", namespace, name, (draft) => guestRuns(draft, clock.now(), knobs.of(vmi)));
		events.say(vmi, { reason: "Created", message: "VirtualMachineInstance defined.", by: "virt-handler" });
		events.say(vmi, { reason: "Started", message: "VirtualMachineInstance started.", by: "virt-handler" });
		return undefined;
	}

	#report(vmi: KubeObject, guest: Guest): undefined {
		const { store, clock, events } = this.#ground;
		const ending = this.#endings.get(guest.vmiUid);
		if (ending === undefined || !guest.machine.connected) return;
		this.#endings.delete(guest.vmiUid);
		store.update("virtualmachineinstances", guest.namespace, guest.name, (draft) => enterPhase(draft, ending, clock.now()));
		const message = ending === "Succeeded" ? "The VirtualMachineInstance was shut down." : "The VirtualMachineInstance crashed.";
		const type = ending === "Succeeded" ? "Normal" : "Warning";
		events.say(vmi, { reason: "Stopped", message, type, by: "virt-handler" });
	}
}

function keysOf({ resource, type, object }: Change): readonly string[] {
	if (type === "DELETED") return [];
	if (resource === "virtualmachineinstances") return [keyOfObject(object)];
	const domain = resource === "pods" ? object.metadata.annotations?.[domainAnnotation] : undefined;
	return domain === undefined || phaseOf(object) !== "Running" ? [] : [`${object.metadata.namespace}/${domain}`];
}
