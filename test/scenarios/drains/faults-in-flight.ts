import type { FaultEffect, FaultSubject } from "../../../src/local/cluster/api/provoked-faults.ts";
import type { FunctionName, Invocation } from "../../../src/local/embedded-ground.ts";
import type { Drill, Stage } from "../drill.ts";

/** Requests of our functions, or of one of them. */
export const ours =
	(name?: FunctionName) =>
	({ user }: FaultSubject): boolean =>
		name === undefined ? user.startsWith("evacuator-") : user === `evacuator-${name}`;

/** Evictions that are more than a rehearsal: only launchers are rehearsed, and a rehearsal shows in the body alone. */
export const realEviction = ({ subresource, name, method }: FaultSubject): boolean =>
	subresource === "eviction" && method === "POST" && !name.startsWith("virt-launcher");

/** Begins something when the instance has been on its way for so long, and ends it again. */
export const during =
	(fromSeconds: number, toSeconds: number, begin: (stage: Stage) => () => void) =>
	(stage: Stage): void => {
		stage.clock.at(fromSeconds * 1000, () => {
			const end = begin(stage);
			stage.clock.at((toSeconds - fromSeconds) * 1000, end);
		});
	};

export type Effect = FaultEffect;

/** Lets this befall requests of our functions; the answer is the end of it. */
export const fault =
	(effect: Effect, match: (request: FaultSubject) => boolean = ours(), times?: number) =>
	({ cluster }: Stage): (() => void) =>
		cluster.faults.api.add({ match, effect, ...(times !== undefined && { times }) });

type Around = NonNullable<Drill["aroundInvoke"]>;

/** Calls `begin` when this function is invoked for the first time, before it runs. */
export function onFirst(name: FunctionName, begin: (invocation: Invocation) => void): Around {
	let begun = false;
	return (invocation, run) => {
		if (invocation.name === name && !begun) {
			begun = true;
			begin(invocation);
		}
		return run();
	};
}

class TooManyRequests extends Error {
	override readonly name = "Lambda.TooManyRequestsException";
	constructor() {
		super("Rate Exceeded.");
	}
}

/** Lambda refuses to run these functions at all, so many times each. */
export function throttled(names: readonly FunctionName[], times: number): Around {
	const left = new Map(names.map((name) => [name, times]));
	return (invocation, run) => {
		const still = left.get(invocation.name) ?? 0;
		if (still === 0) return run();
		left.set(invocation.name, still - 1);
		return Promise.reject(new TooManyRequests());
	};
}

/** The first invocation of this function does nothing for so long, and then runs after all. */
export function hangs(name: FunctionName, seconds: number): Around {
	let hung = false;
	return async (invocation, run, clock) => {
		if (invocation.name === name && !hung) {
			hung = true;
			await clock.sleep(seconds * 1000);
		}
		return run();
	};
}
