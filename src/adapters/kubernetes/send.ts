/**
 * One request to an API server. Everything in this folder but `https-send.ts` is the same over sockets and over a function.
 * It is awaited at rest (`Clock.within`), so a simulated API server answers in a thread of its own.
 */
export type Send = (request: Request) => Promise<Response>;

/** Why a watch broke off on which nothing came for too long. That alone tells nothing of the cluster: see `openWatch`. */
export class WatchSilent extends Error {
	override readonly name = "WatchSilent";
}
