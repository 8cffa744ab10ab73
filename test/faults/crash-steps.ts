// Ends each function directly before each of its effects, and repeats it after the last, in a run of its own each, and prints
// whether that run leaves everything as one leaves it that nothing more disturbs.
import { isDeepStrictEqual } from "node:util";
import { functionNames } from "../../infra/function-names.ts";
import type { FunctionName } from "../../src/local/embedded-ground.ts";
import { type CrashStory, crashStories } from "./crash-stories.ts";
import type { Fault } from "./fault.ts";
import { play } from "./play.ts";

/** Seconds that a run goes on after a crash at least: until the next sweep, and what that one begins, are over. */
const AFTERWARDS = 900;

type Crash = { readonly kind: "crash between two effects" | "step repeated"; readonly of: FunctionName; readonly nth: number };

const faultOf = ({ kind, of, nth }: Crash): Fault => ({
	kind,
	at: { on: "request", of, channel: "any", nth },
	seconds: AFTERWARDS,
	times: 1,
	choice: 0,
});

const lineOfRequest = new RegExp(`^\\S+ (${functionNames.join("|")})-\\d+ (.*)$`);

/** The requests of a trace that leave a function, in order. */
const requestsOf = (trace: readonly string[]) =>
	trace.flatMap((line) => {
		const [, of, operation = ""] = lineOfRequest.exec(line) ?? [];
		return of === undefined ? [] : [{ of: of as FunctionName, operation }];
	});

const isRead = (operation: string): boolean => /^(GetItem|BatchGetItem|Query|Describe|get |list |watch )/.test(operation);

/** A crash before each effect in this trace, and a repetition of each function. */
function crashesIn(trace: readonly string[], ends: readonly FunctionName[]) {
	const counts = new Map<FunctionName, number>();
	const before = requestsOf(trace).flatMap(({ of, operation }) => {
		const nth = (counts.get(of) ?? 0) + 1;
		counts.set(of, nth);
		return isRead(operation) ? [] : [{ kind: "crash between two effects" as const, of, nth, operation }];
	});
	const repeated = [...counts.keys()].map((of) => ({ kind: "step repeated" as const, of, nth: 1, operation: "its end" }));
	return [...before, ...repeated].filter(({ of }) => ends.includes(of));
}

async function crashAtEveryStep({ name: story, ends, world, faults }: CrashStory): Promise<void> {
	const undisturbed = await play({ seed: 0, world, faults, patient: true });
	for (const crash of crashesIn(undisturbed.trace, ends)) {
		const { of, kind, nth, operation } = crash;
		const { aftermath, violations, fired } = await play({ seed: 0, world, faults: [...faults, faultOf(crash)], patient: true });
		const same = isDeepStrictEqual(aftermath, undisturbed.aftermath);
		const struck = fired.has(kind);
		const where = `${of} ${kind === "step repeated" ? "repeated after" : "ended before"} ${operation} (request ${nth})`;
		console.log(JSON.stringify({ story, of, where, struck, same, violations, ...(!same && { aftermath }) }));
	}
}

for (const story of crashStories) await crashAtEveryStep(story);
process.stdout.write("", () => process.exit());
