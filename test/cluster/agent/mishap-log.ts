/** What went wrong, in order, each with its time; what goes wrong again and again has one line and a count. */
export class MishapLog {
	readonly #now: () => number;
	readonly #lines: string[] = [];
	readonly #last = new Map<string, { readonly line: number; readonly at: number; times: number }>();

	constructor(now: () => number) {
		this.#now = now;
	}

	get lines(): readonly string[] {
		return this.#lines;
	}

	note(what: string): void {
		const now = this.#now();
		const last = this.#last.get(what);
		const known = last === undefined || now - last.at > apartMs ? { line: this.#lines.length, at: now, times: 0 } : last;
		known.times += 1;
		const count = known.times === 1 ? "" : ` (${known.times} times)`;
		this.#lines[known.line] = `${new Date(known.at).toISOString()} ${what}${count}`;
		this.#last.set(what, known);
	}
}

/** After so long the same is a new mishap. */
const apartMs = 60_000;
