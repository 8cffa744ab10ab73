/** How long things take: a step is due so long after it was first wanted. */
export class Dwell {
	readonly #now: () => number;
	readonly #due = new Map<string, number>();

	constructor(now: () => number) {
		this.#now = now;
	}

	/** Milliseconds that are left of this step; 0 once, when it is time, and then it is forgotten. */
	left(step: string, ms: number): number {
		const due = this.#due.get(step) ?? this.#now() + ms;
		const left = due - this.#now();
		if (left > 0) this.#due.set(step, due);
		else this.#due.delete(step);
		return Math.max(0, left);
	}

	/** The step is not wanted any more. */
	forget(step: string): void {
		this.#due.delete(step);
	}
}
