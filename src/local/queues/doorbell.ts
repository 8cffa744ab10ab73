/** Wakes whoever waits for something new. A ring that nobody waits for is not kept: ask for `next` before looking. */
export class Doorbell {
	#next = Promise.withResolvers<void>();

	next(): Promise<void> {
		return this.#next.promise;
	}

	ring(): void {
		this.#next.resolve();
		this.#next = Promise.withResolvers();
	}
}
