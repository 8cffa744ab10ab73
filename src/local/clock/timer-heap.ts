/** What is to happen at a moment; timers of one moment go by `sequence`. */
type Timer = {
	/** Epoch milliseconds. */
	readonly due: number;
	readonly sequence: number;
	/** Undefined once cancelled or fired. */
	fire: (() => void) | undefined;
};

const COMPACT_FROM = 1024;

/** Timers by (due, sequence), in a binary heap: adding and taking cost log n, cancelling is constant. */
export class TimerHeap {
	#heap: Timer[] = [];
	#cancelled = 0;

	/** How many timers are still to fire. */
	get size(): number {
		return this.#heap.length - this.#cancelled;
	}

	add(timer: Timer): void {
		this.#heap.push(timer);
		this.#up(this.#heap.length - 1);
	}

	cancel(timer: Timer): void {
		if (timer.fire === undefined) return;
		timer.fire = undefined;
		this.#cancelled++;
		if (this.#cancelled >= COMPACT_FROM && this.#cancelled > this.#heap.length / 2) this.#compact();
	}

	/** The earliest living timer, left in place. */
	first(): Timer | undefined {
		while (this.#heap[0] && this.#heap[0].fire === undefined) {
			this.#removeTop();
			this.#cancelled--;
		}
		return this.#heap[0];
	}

	/** Removes the earliest living timer; what it was to call is the answer. */
	take(): (() => void) | undefined {
		const timer = this.first();
		if (!timer) return undefined;
		const fire = timer.fire;
		timer.fire = undefined;
		this.#removeTop();
		return fire;
	}

	#compact(): void {
		const living = this.#heap.filter((timer) => timer.fire !== undefined);
		living.sort((a, b) => (before(a, b) ? -1 : 1));
		this.#heap = living;
		this.#cancelled = 0;
	}

	#removeTop(): void {
		const last = this.#heap.pop();
		if (last === undefined || this.#heap.length === 0) return;
		this.#heap[0] = last;
		this.#down(0);
	}

	#up(from: number): void {
		let here = from;
		while (here > 0) {
			const parent = (here - 1) >> 1;
			if (!this.#swapIfBefore(here, parent)) return;
			here = parent;
		}
	}

	#down(from: number): void {
		let here = from;
		for (;;) {
			const left = 2 * here + 1;
			const child = this.#earlier(left, left + 1);
			if (child === undefined || !this.#swapIfBefore(child, here)) return;
			here = child;
		}
	}

	#earlier(left: number, right: number): number | undefined {
		const a = this.#heap[left];
		const b = this.#heap[right];
		if (a === undefined) return undefined;
		return b !== undefined && before(b, a) ? right : left;
	}

	#swapIfBefore(lower: number, upper: number): boolean {
		const a = this.#heap[lower];
		const b = this.#heap[upper];
		if (a === undefined || b === undefined || !before(a, b)) return false;
		this.#heap[lower] = b;
		this.#heap[upper] = a;
		return true;
	}
}

function before(a: Timer, b: Timer): boolean {
	return a.due < b.due || (a.due === b.due && a.sequence < b.sequence);
}
