import type { SimulationClock } from "../../clock/simulation-clock.ts";
import type { Change, KubeObject, Store } from "../store.ts";
import { apiVersionOf } from "../store-resources.ts";
import { failure, type StatusBody } from "./api-status.ts";
import { ConnectionReset, type WatchCut } from "./provoked-faults.ts";
import { isSelected, type Selection } from "./selection.ts";
import { objectJson } from "./wire.ts";

/** How a watch begins: with these objects, or with these changes, or at once with an error. */
export type WatchStart =
	| { readonly objects: readonly KubeObject[]; readonly markEnd: boolean }
	| { readonly changes: readonly Change[] }
	| { readonly error: StatusBody };

type WatchOptions = {
	readonly store: Store;
	readonly clock: SimulationClock;
	readonly selection: Selection;
	readonly bookmarks: boolean;
	readonly timeoutSeconds: number;
	/** The request, held: one that is collected no longer passes on that its client has gone. */
	readonly client: { readonly signal: AbortSignal };
	readonly cut?: WatchCut;
};

/** https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go#L222 */
const bookmarkEveryMs = 60_000;
const lastBookmarkBeforeEndMs = 2_000;
const encoder = new TextEncoder();

/** The 410 that a watch gets whose version is forgotten: an event, not a status. */
export function tooOldVersion(asked: string, current: number): StatusBody {
	return failure({ code: 410, reason: "Expired", message: `too old resource version: ${asked} (${current})` });
}

/** One watch: what the store says, as lines, until its time is over, it is cut, or nobody reads any more. */
export class WatchStream {
	readonly #options: WatchOptions;
	readonly #stops: (() => void)[] = [];
	#controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	#eventsUntilCut = Number.POSITIVE_INFINITY;
	readonly #began: number;
	/** The version of the resource's last change since then, selected or not. */
	#latest: number;

	constructor(options: WatchOptions) {
		this.#options = options;
		this.#began = options.store.resourceVersion;
		this.#latest = this.#began;
	}

	/** The body of the response. Subscribes at once, so that no change is lost between this call and the first read. */
	open(start: WatchStart): ReadableStream<Uint8Array> {
		const stream = new ReadableStream<Uint8Array>({
			start: (controller) => {
				this.#controller = controller;
			},
			cancel: () => {
				this.#stop();
			},
		});
		this.#arm();
		this.#begin(start);
		return stream;
	}

	#arm(): void {
		const { clock, store, timeoutSeconds, bookmarks, client, cut } = this.#options;
		const { signal } = client;
		const endsIn = timeoutSeconds * 1000;
		this.#stops.push(store.subscribe((change) => this.#tell(change)));
		this.#stops.push(clock.at(endsIn, () => this.#end()));
		if (bookmarks) this.#remind(endsIn - lastBookmarkBeforeEndMs);
		const abort = () => this.#fail(signal.reason);
		signal.addEventListener("abort", abort, { once: true });
		this.#stops.push(() => signal.removeEventListener("abort", abort));
		if (cut !== undefined) this.#armCut(cut);
	}

	#armCut({ how, afterEvents, afterMs, on }: WatchCut): void {
		const { clock } = this.#options;
		const cut = () => this.#cut(how, this.#bookmark());
		if (afterEvents !== undefined || (afterMs === undefined && on === undefined)) this.#eventsUntilCut = afterEvents ?? 0;
		if (afterMs !== undefined) this.#stops.push(clock.at(afterMs, cut));
		if (on === undefined) return;
		on.addEventListener("abort", cut, { once: true });
		this.#stops.push(() => on.removeEventListener("abort", cut));
	}

	/**
	 * Every minute and just before the end, but only when the resource has changed since the watch began: what is selected
	 * does not matter, nor what has been told already. A resource at rest is silent. Real servers end the silence sooner when
	 * somebody lists the resource and, from 1.34 on, when they count its objects (every 60 to 132 s); here it lasts.
	 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go#L538
	 */
	#remind(lastIn: number): void {
		const { clock } = this.#options;
		const inMs = Math.min(bookmarkEveryMs, lastIn);
		if (inMs < 0) return;
		const remind = () => {
			if (this.#latest > this.#began) this.#write(this.#bookmark());
			if (inMs < lastIn) this.#remind(lastIn - inMs);
		};
		this.#stops.push(clock.at(inMs, remind));
	}

	#begin(start: WatchStart): void {
		if ("error" in start) {
			this.#write(line("ERROR", JSON.stringify(start.error)));
			this.#end();
		} else if ("changes" in start) {
			for (const change of start.changes) this.#tell(change);
		} else {
			for (const object of start.objects) this.#event(line("ADDED", objectJson(object)));
			if (start.markEnd) this.#write(this.#bookmark({ "k8s.io/initial-events-end": "true" }));
		}
	}

	/** What this watch sees of a change: an object that leaves the selection is DELETED for it, with its state before. */
	#tell(change: Change): void {
		const { selection } = this.#options;
		if (change.resource !== selection.type.resource) return;
		this.#latest = Math.max(this.#latest, change.resourceVersion);
		const was = change.previous !== undefined && isSelected(selection, change.previous);
		const is = change.type !== "DELETED" && isSelected(selection, change.object);
		if (is) this.#event(line(was ? "MODIFIED" : "ADDED", objectJson(change.object)));
		else if (was) this.#event(line("DELETED", objectJson(lastSeen(change))));
	}

	#bookmark(annotations?: Record<string, string>): string {
		const { selection } = this.#options;
		const metadata = { resourceVersion: String(this.#latest), ...(annotations === undefined ? {} : { annotations }) };
		return line("BOOKMARK", JSON.stringify({ kind: selection.type.kind, apiVersion: apiVersionOf(selection.type), metadata }));
	}

	#event(text: string): void {
		const { cut } = this.#options;
		if (cut !== undefined && this.#eventsUntilCut <= 0) {
			this.#cut(cut.how, text);
			return;
		}
		this.#eventsUntilCut -= 1;
		this.#write(text);
	}

	#write(text: string): void {
		this.#controller?.enqueue(encoder.encode(text));
	}

	#cut(how: WatchCut["how"], text: string): void {
		if (how === "reset") {
			this.#fail(new ConnectionReset());
			return;
		}
		if (how === "mid-line") this.#write(text.slice(0, Math.ceil(text.length / 2)));
		const { resourceVersion } = this.#options.store;
		if (how === "gone") this.#write(line("ERROR", JSON.stringify(tooOldVersion("1", resourceVersion))));
		this.#end();
	}

	#end(): void {
		const controller = this.#stop();
		controller?.close();
	}

	#fail(reason: unknown): void {
		const controller = this.#stop();
		controller?.error(reason);
	}

	#stop(): ReadableStreamDefaultController<Uint8Array> | undefined {
		const controller = this.#controller;
		this.#controller = undefined;
		for (const stop of this.#stops.splice(0)) stop();
		return controller;
	}
}

function line(type: string, object: string): string {
	return `{"type":"${type}","object":${object}}\n`;
}

function lastSeen({ type, object, previous }: Change): KubeObject {
	if (type === "DELETED" || previous === undefined) return object;
	return { ...previous, metadata: { ...previous.metadata, resourceVersion: object.metadata.resourceVersion } };
}
