import type { Ground } from "../controllers/ground.ts";
import type { Machine } from "../controllers/machines.ts";
import type { NodePrograms } from "./node-programs.ts";

/** What can happen to the machines of a cluster and to the guests on them. */
export class MachineMishaps {
	readonly #ground: Ground;
	readonly #programs: NodePrograms;
	readonly #changed: (nodeName: string) => void;

	/** `changed` is told of each node whose machine went silent or came back. */
	constructor(ground: Ground, programs: NodePrograms, changed: (nodeName: string) => void) {
		this.#ground = ground;
		this.#programs = programs;
		this.#changed = changed;
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

	#tellOf(machine: Machine): void {
		this.#changed(machine.nodeName);
		if (!machine.connected) return;
		this.#programs.kubelet.wake(machine.nodeName);
		this.#programs.handler.wake();
	}
}
