import type { SimulationClock } from "../../clock/simulation-clock.ts";
import type { Store } from "../store.ts";
import { ConnectionReset, type FaultEffect, type WatchCut } from "./provoked-faults.ts";
import { jsonReply, type Reply, textReply } from "./wire.ts";

/** Lets the effects happen that come before the work. An answer replaces the work; a broken connection is thrown. */
export async function suffer(
	effects: readonly FaultEffect[],
	clock: SimulationClock,
	signal: AbortSignal,
): Promise<Reply | undefined> {
	for (const effect of effects) {
		if (effect === "reset") throw new ConnectionReset();
		if (effect === "hang") await silence(clock, signal);
		if (typeof effect === "string") continue;
		if ("delayMs" in effect) await clock.sleep(effect.delayMs);
		if ("before" in effect) effect.before();
		if ("status" in effect) return replyOf(effect);
	}
	return undefined;
}

/** Lets the effects happen that come between the work and its answer. */
export async function sufferAfterwards(
	effects: readonly FaultEffect[],
	clock: SimulationClock,
	signal: AbortSignal,
): Promise<void> {
	for (const effect of effects) {
		if (typeof effect === "string") continue;
		if ("after" in effect) effect.after();
		if (!("lost" in effect)) continue;
		if (effect.lost === "reset") throw new ConnectionReset();
		await silence(clock, signal);
	}
}

/** Never answers; ends only when the client gives up. */
function silence(clock: SimulationClock, signal: AbortSignal): Promise<never> {
	const { promise, reject } = Promise.withResolvers<never>();
	const abandoned = (): void => reject(new ConnectionReset());
	if (signal.aborted) abandoned();
	else signal.addEventListener("abort", abandoned, { once: true });
	return clock.rest(promise);
}

function replyOf({ status, body = "", headers = {} }: Extract<FaultEffect, { status: number }>): Reply {
	if (typeof body !== "string") return jsonReply(status, body, headers);
	return textReply(status, body, "text/plain; charset=utf-8", headers);
}

/** What the work itself must know: where a watch breaks, and how far the cache lags. */
export type Handicaps = { readonly cut?: WatchCut; readonly staleVersion?: number };

export function handicapsOf(effects: readonly FaultEffect[], store: Store, now: number): Handicaps {
	let handicaps: Handicaps = {};
	for (const effect of effects) {
		if (effect === "cut watch") handicaps = { ...handicaps, cut: { how: "mid-line" } };
		if (typeof effect === "string") continue;
		if ("cutWatch" in effect) handicaps = { ...handicaps, cut: effect.cutWatch };
		if ("staleMs" in effect) handicaps = { ...handicaps, staleVersion: store.resourceVersionAt(now - effect.staleMs) };
	}
	return handicaps;
}
