import { AsyncLocalStorage } from "node:async_hooks";

/** Who is asking the API server, while it answers. */
type Requester = { readonly user: string };

const current = new AsyncLocalStorage<Requester | undefined>();

/** Everything written to the store until `answer` has settled counts as this requester's doing. */
export function asRequester<T>(requester: Requester, answer: () => T): T {
	return current.run(requester, answer);
}

/** Runs the cluster's own programs: what they write is nobody's request. */
export function withoutRequest<T>(work: () => T): T {
	return current.run(undefined, work);
}

/** The user whose request is being answered right now, if any. */
export function requestingUser(): string | undefined {
	return current.getStore()?.user;
}
