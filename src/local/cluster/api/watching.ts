import type { SimulationClock } from "../../clock/simulation-clock.ts";
import type { Store } from "../store.ts";
import type { ResourceType } from "../store-resources.ts";
import { type ApiRequest, isOn } from "./api-request.ts";
import { matchForbidden, readCount, readVersion } from "./listing.ts";
import type { WatchCut } from "./provoked-faults.ts";
import { readSelection, type Selection, selectNow } from "./selection.ts";
import { tooOldVersion, type WatchStart, WatchStream } from "./watch-stream.ts";
import type { Reply } from "./wire.ts";

/** The API server ends a watch without `timeoutSeconds` after 30 to 60 minutes, at random; here it is always 30. */
const defaultTimeoutSeconds = 1800;

type WatchContext = {
	readonly store: Store;
	readonly clock: SimulationClock;
	readonly client: { readonly signal: AbortSignal };
	readonly cut?: WatchCut;
};

/** Answers a watch: headers at once, then lines. */
export function answerWatch(context: WatchContext, type: ResourceType, request: ApiRequest): Reply {
	const { store, clock, client, cut } = context;
	const selection = readSelection(type, request);
	const timeoutSeconds = readCount("timeoutSeconds", request.query.timeoutSeconds);
	const start = readStart(store, selection, request.query);
	const stream = new WatchStream({
		store,
		clock,
		selection,
		client,
		bookmarks: isOn(request.query.allowWatchBookmarks),
		timeoutSeconds: timeoutSeconds > 0 ? timeoutSeconds : defaultTimeoutSeconds,
		...(cut === undefined ? {} : { cut }),
	});
	return { status: 200, headers: { "content-type": "application/json" }, body: stream.open(start) };
}

function readStart(store: Store, selection: Selection, query: ApiRequest["query"]): WatchStart {
	const streamsList = query.sendInitialEvents !== undefined && isOn(query.sendInitialEvents);
	if (query.sendInitialEvents !== undefined && query.resourceVersionMatch !== "NotOlderThan") {
		throw matchForbidden("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
	}
	const version = readVersion(store, query.resourceVersion);
	if (streamsList) return { objects: selectNow(store, selection), markEnd: isOn(query.allowWatchBookmarks) };
	if (typeof version !== "number")
		return { objects: query.sendInitialEvents === undefined ? selectNow(store, selection) : [], markEnd: false };
	const changes = store.changesSince(version);
	if (changes === "expired") return { error: tooOldVersion(String(version), store.resourceVersion) };
	return { changes };
}
