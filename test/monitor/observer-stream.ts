import type { Answer, Connection, Following } from "./observer-connection.ts";
import type { Seen } from "./observer-objects.ts";

/** Time in which intermediate states of a resource may have passed unseen. Epoch milliseconds. */
export type Gap = { readonly resource: string; readonly from: number; readonly until: number; readonly because: string };

type StreamOptions = {
	readonly connection: Connection;
	/** Plural name. */
	readonly resource: string;
	/** `/api/v1/pods`. */
	readonly path: string;
	/** Each version of each object, in order; `gone` with its last version. */
	readonly onObject: (object: Seen, gone: boolean) => void;
	readonly onGap: (gap: Gap) => void;
};

type Listed = { readonly version: number; readonly items: readonly Seen[] };

const RETRY_MS = 200;
const ABSENT_MS = 1_000;
const CATCH_UP_MS = 3_000;
const HOLDS_MS = 2_000;

const versionOf = ({ metadata }: Seen): number => Number(metadata.resourceVersion);

/** One resource as the API server tells it: listed once, then followed; listed anew only when the server has forgotten. */
export class ObserverStream {
	readonly #options: StreamOptions;
	readonly #objects = new Map<string, Seen>();
	/** Uids that have been seen to go. */
	readonly #gone = new Set<string>();
	/** From here the watch goes on; undefined: list first. */
	#version: string | undefined;
	#wasThere = false;
	#brokenSince: number | undefined;
	#reopenedAt = 0;
	#because = "";
	#following: Following | undefined;
	#closed = false;
	readonly #waiting = new Set<() => void>();

	constructor(options: StreamOptions) {
		this.#options = options;
	}

	/** Lists for the first time, and goes on by itself from there. Rejects when that fails; an API that is not there yet is empty. */
	async begin(): Promise<void> {
		await this.#listAnew();
		void this.#run();
	}

	/**
	 * Resolves when every state that the API server had at the time of the call has been told. Rejects when that cannot
	 * be known.
	 */
	async catchUp(): Promise<void> {
		const list = await this.#list();
		if (list === undefined) return;
		const deadline = Date.now() + CATCH_UP_MS;
		while (!this.#covers(list)) {
			if (Date.now() > deadline) return this.#startOver("its watch was silent about what a list shows");
			await this.#nextChange(deadline - Date.now());
		}
	}

	close(): void {
		this.#closed = true;
		this.#following?.stop();
		this.#wake();
	}

	#covers({ version, items }: Listed): boolean {
		const listed = new Set(items.map(({ metadata }) => metadata.uid));
		const told = ({ metadata, ...rest }: Seen): boolean => {
			const known = this.#objects.get(metadata.uid);
			return known === undefined ? this.#gone.has(metadata.uid) : versionOf(known) >= versionOf({ metadata, ...rest });
		};
		const isTooOld = (known: Seen): boolean => !listed.has(known.metadata.uid) && versionOf(known) <= version;
		return items.every(told) && ![...this.#objects.values()].some(isTooOld);
	}

	async #startOver(because: string): Promise<void> {
		this.#broke(because);
		this.#version = undefined;
		await this.#listAnew();
		this.#following?.stop();
	}

	async #run(): Promise<void> {
		while (!this.#closed) {
			try {
				if (this.#version === undefined) await this.#listAnew();
				if (this.#version === undefined) await this.#pause(ABSENT_MS);
				else await this.#watch(this.#version);
			} catch (error) {
				this.#broke(error instanceof Error ? error.message : String(error));
				await this.#pause(RETRY_MS);
			}
		}
	}

	async #watch(version: string): Promise<void> {
		const { connection, path } = this.#options;
		const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=3600&resourceVersion=${version}`;
		let refused = 0;
		this.#following = connection.follow(`${path}?${query}`, {
			open: (code) => {
				if (code === 200) this.#reopenedAt = Date.now();
				else refused = code;
			},
			line: (line) => {
				if (refused === 0) this.#take(JSON.parse(line));
			},
		});
		await this.#following.ended;
		if (refused === 410) this.#forgotten();
		else if (refused !== 0) throw new Error(`the watch was answered with ${refused}`);
	}

	#take({ type, object }: { type: string; object: Seen & { readonly code?: number } }): void {
		if (type === "ERROR") {
			if (object.code !== 410) throw new Error(`the watch ended with ${JSON.stringify(object)}`);
			this.#forgotten();
			return;
		}
		// A list in between may have told more than the watch had by then.
		if (this.#version === undefined || Number(this.#version) >= versionOf(object)) return;
		this.#version = object.metadata.resourceVersion;
		if (type !== "BOOKMARK") this.#tell(object, type === "DELETED");
	}

	#forgotten(): void {
		this.#broke("the API server has forgotten the version from which to go on");
		this.#version = undefined;
	}

	/** A watch that is open again may still be told that its version is forgotten: only one that holds has closed the break. */
	#broke(because: string): void {
		const now = Date.now();
		const hasHeld = this.#reopenedAt > (this.#brokenSince ?? 0) && now - this.#reopenedAt > HOLDS_MS;
		if (this.#brokenSince === undefined || hasHeld) this.#brokenSince = now;
		this.#because = because;
	}

	async #listAnew(): Promise<void> {
		const list = await this.#list();
		if (list === undefined) return;
		const listed = new Set(list.items.map(({ metadata }) => metadata.uid));
		for (const known of [...this.#objects.values()]) if (!listed.has(known.metadata.uid)) this.#tell(known, true);
		for (const object of list.items) {
			const known = this.#objects.get(object.metadata.uid);
			if (known === undefined || versionOf(known) < versionOf(object)) this.#tell(object, false);
		}
		this.#version = String(list.version);
		if (this.#brokenSince === undefined) return;
		const { resource, onGap } = this.#options;
		onGap({ resource, from: this.#brokenSince, until: Date.now(), because: this.#because });
		this.#brokenSince = undefined;
	}

	/** From the API server's current state. Undefined when it does not know the resource yet. */
	async #list(): Promise<Listed | undefined> {
		const { connection, path, resource } = this.#options;
		const { code, body }: Answer = await connection.get(path);
		if (code === 404 && !this.#wasThere) return undefined;
		if (code !== 200) throw new Error(`cannot list ${resource}: the API server answered ${code} ${JSON.stringify(body)}`);
		this.#wasThere = true;
		const { metadata, items } = body as { metadata: { resourceVersion: string }; items: readonly Seen[] };
		return { version: Number(metadata.resourceVersion), items };
	}

	#tell(object: Seen, gone: boolean): void {
		const { uid } = object.metadata;
		if (gone) {
			this.#objects.delete(uid);
			this.#gone.add(uid);
		} else this.#objects.set(uid, object);
		this.#options.onObject(object, gone);
		this.#wake();
	}

	#wake(): void {
		for (const wake of [...this.#waiting]) wake();
	}

	#nextChange(ms: number): Promise<void> {
		return this.#pause(Math.max(0, ms), true);
	}

	#pause(ms: number, untilChange = false): Promise<void> {
		return new Promise((resolve) => {
			const done = (): void => {
				clearTimeout(timer);
				this.#waiting.delete(wake);
				resolve();
			};
			const wake = (): void => {
				if (untilChange || this.#closed) done();
			};
			const timer = setTimeout(done, ms);
			this.#waiting.add(wake);
		});
	}
}
