// Ends each function directly before each of its effects, and repeats it after the last, in a run of its own each, and prints
// whether that run leaves everything as one leaves it that nothing disturbs.
import { isDeepStrictEqual } from "node:util";
import type { FunctionName } from "../../src/local/embedded-ground.ts";
import type { FaultKind } from "./fault.ts";
import { type Plan, planOf } from "./plan.ts";
import { play } from "./play.ts";

/** A VM that migrates, one that starts elsewhere, pods with a budget, two hooks: every effect that a drain has. */
const world: Plan["world"] = {
	...planOf(1).world,
	kubevirtVersion: "1.9.0",
	others: 2,
	vms: [
		{ name: "vm-0", fate: "migrates", seconds: 5, may: false },
		{ name: "vm-1", fate: "shuts down", seconds: 5, may: false },
	],
	pods: 2,
	budget: true,
	neighbour: false,
	hookSeconds: 3600,
	defaultResult: "ABANDON",
	secondHook: "told",
	retain: false,
	begins: "hook",
};

const withFault = (kind: FaultKind, of: FunctionName, nth: number): Plan => ({
	seed: 0,
	world,
	faults: [{ kind, at: { on: "request", of, channel: "any", nth }, seconds: 0, times: 1, choice: 0 }],
	patient: true,
});

/** The requests of a trace that leave a function, in order. */
const requestsOf = (trace: readonly string[]) =>
	trace.flatMap((line) => {
		const [, of, operation = ""] =
			/^\S+ (intake|assess|cordon|admit|evict|watch|release|restore|sweep)-\d+ (.*)$/.exec(line) ?? [];
		return of === undefined ? [] : [{ of: of as FunctionName, operation }];
	});

const isRead = (operation: string): boolean => /^(GetItem|BatchGetItem|Query|Describe|get |list |watch )/.test(operation);

const undisturbed = await play({ seed: 0, world, faults: [], patient: true });
const counts = new Map<FunctionName, number>();
const runs = requestsOf(undisturbed.trace).flatMap(({ of, operation }) => {
	const nth = (counts.get(of) ?? 0) + 1;
	counts.set(of, nth);
	return isRead(operation) ? [] : [{ kind: "crash between two effects" as const, of, nth, operation }];
});
const afterAll = [...counts.keys()].map((of) => ({ kind: "step repeated" as const, of, nth: 1, operation: "its end" }));
for (const { kind, of, nth, operation } of [...runs, ...afterAll]) {
	const { aftermath, violations, fired } = await play(withFault(kind, of, nth));
	const same = isDeepStrictEqual(aftermath, undisturbed.aftermath);
	const where = `${of} ${kind === "step repeated" ? "repeated after" : "ended before"} ${operation} (request ${nth})`;
	console.log(JSON.stringify({ of, where, struck: fired.size > 0, same, violations, ...(!same && { aftermath }) }));
}
process.stdout.write("", () => process.exit());
