/** Numbers that look drawn and are the same for the same seed: xoshiro128** by Blackman and Vigna, seeded by splitmix32. */
export class Random {
	readonly #state: Uint32Array<ArrayBuffer>;

	constructor(seed: number) {
		let s = seed >>> 0;
		const next = (): number => {
			s = (s + 0x9e3779b9) >>> 0;
			let z = s;
			z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
			z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
			return (z ^ (z >>> 16)) >>> 0;
		};
		this.#state = Uint32Array.from({ length: 4 }, next);
	}

	/** A fraction, 0 included, 1 not. */
	fraction(): number {
		const state = this.#state;
		const [a = 0, b = 0, c = 0, d = 0] = state;
		const product = Math.imul(b, 5);
		const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
		const t = b << 9;
		state[2] = c ^ a;
		state[3] = d ^ b;
		state[1] = b ^ (state[2] ?? 0);
		state[0] = a ^ (state[3] ?? 0);
		state[2] = (state[2] ?? 0) ^ t;
		const last = state[3] ?? 0;
		state[3] = (last << 11) | (last >>> 21);
		return result / 0x1_0000_0000;
	}

	/** A whole number; both ends included. */
	whole(low: number, high: number): number {
		return low + Math.floor(this.fraction() * (high - low + 1));
	}

	chance(probability: number): boolean {
		return this.fraction() < probability;
	}

	pick<T>(all: readonly T[]): T {
		const one = all[this.whole(0, all.length - 1)];
		if (one === undefined) throw new Error("cannot pick one of none");
		return one;
	}

	/** By weight. */
	weighed<T extends string>(weights: Readonly<Record<T, number>>): T {
		const entries = Object.entries(weights) as [T, number][];
		let left = this.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0);
		for (const [one, weight] of entries) {
			left -= weight;
			if (left < 0) return one;
		}
		throw new Error("cannot pick one of none");
	}
}
