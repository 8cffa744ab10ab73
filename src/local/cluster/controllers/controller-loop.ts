import type { Change, ObjectStore } from "../store.ts";
import type { Agenda } from "./agenda.ts";

/** The programs that can be down by themselves. */
export type Program = "kube-controller-manager" | "kube-scheduler" | "node" | "virt-controller" | "virt-handler";

/** One level-triggered loop: changes name keys, a key is looked at a little later, whatever happened to it. */
export type Controller = {
	readonly name: string;
	readonly program: Program;
	/** Milliseconds between a change and the look at it. */
	readonly lag: number;
	/** What to look at because of this change. */
	readonly keysOf: (change: Change) => readonly string[];
	/** Does what there is to do now; the answer is in how many milliseconds to look again without any change. */
	readonly reconcile: (key: string) => number | undefined;
};

type Slot = { readonly due: number; readonly cancel: () => void };

/** Runs controllers over one store, as work queues do: a key waits once, and the sooner time wins. */
export class ControllerLoop {
	readonly #agenda: Agenda;
	readonly #now: () => number;
	readonly #queues = new Map<Controller, Map<string, Slot>>();
	readonly #down = new Map<Program, Map<Controller, Set<string>>>();

	constructor(store: ObjectStore, agenda: Agenda, now: () => number) {
		this.#agenda = agenda;
		this.#now = now;
		store.subscribe((change) => {
			for (const controller of this.#queues.keys()) {
				for (const key of controller.keysOf(change)) this.look(controller, key, controller.lag);
			}
		});
	}

	add(controller: Controller): void {
		this.#queues.set(controller, new Map());
	}

	/** Looks at this key in `ms`, unless it will be looked at sooner anyway. */
	look(controller: Controller, key: string, ms: number): void {
		const queue = this.#queues.get(controller);
		if (queue === undefined) return;
		const due = this.#now() + Math.round(ms);
		const waiting = queue.get(key);
		if (waiting !== undefined && waiting.due <= due) return;
		waiting?.cancel();
		queue.set(key, { due, cancel: this.#agenda.after(ms, () => this.#turn(controller, queue, key)) });
	}

	isDown(program: Program): boolean {
		return this.#down.has(program);
	}

	/** From now on the program does nothing; what it would have looked at is kept. */
	stop(program: Program): void {
		if (!this.#down.has(program)) this.#down.set(program, new Map());
	}

	/** The program is back and looks, after `ms`, at everything it missed. */
	start(program: Program, ms: number): void {
		const missed = this.#down.get(program);
		this.#down.delete(program);
		for (const [controller, keys] of missed ?? []) for (const key of keys) this.look(controller, key, ms);
	}

	#turn(controller: Controller, queue: Map<string, Slot>, key: string): void {
		queue.delete(key);
		const down = this.#down.get(controller.program);
		if (down !== undefined) {
			down.set(controller, (down.get(controller) ?? new Set<string>()).add(key));
			return;
		}
		const again = controller.reconcile(key);
		if (again !== undefined) this.look(controller, key, again);
	}
}
