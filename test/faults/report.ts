import { describeFault, type FaultKind, faultKinds } from "./fault.ts";
import { planOf } from "./plan.ts";
import { type Part, partOf } from "./smaller.ts";
import type { Tried } from "./try-seed.ts";

/** The command that plays this part of a seed's plan again, with its whole trace. */
export function replayOf(seed: number, { faults, without }: Part, withoutRule?: string): string {
	const smaller = without.length === 0 ? "" : ` --without ${without.join(",")}`;
	const rule = withoutRule === undefined ? "" : ` --without-rule ${withoutRule}`;
	return `npm run test:faults -- --seed ${seed} --faults ${faults.join(",") || "none"}${smaller}${rule}`;
}

/** What was broken, in one line. */
export const brokenLine = ({ law, says }: { readonly law: string; readonly says: string }): string =>
	`${/^\d$/.test(law) ? `law ${law}` : law}: ${says}`;

/** A plan, a line for the world and one for each fault. */
export function describePlan(seed: number, part: Part): readonly string[] {
	const plan = planOf(seed);
	const { world } = partOf(plan, part);
	const faults = plan.faults.flatMap((fault, index) =>
		part.faults.includes(index + 1) ? [`fault ${index + 1}: ${describeFault(fault)}`] : [],
	);
	return [`world: ${JSON.stringify(world)}`, ...faults];
}

const noise =
	/ (GetItem|BatchGetItem|DescribeExecution|exited |entered (Is there|After |Told,|Read the|Heartbeat|Which|Hold on|Is it|Count))/;

/** The lines of a trace that tell the story. */
export const storyOf = (trace: readonly string[]): readonly string[] => trace.filter((line) => !noise.test(line));

/** Lines of a story at most: its beginning and its end. */
const LINES = 70;

/** What is printed of a seed that failed. */
export function failureReport({ seed, violations, trace }: Tried, part: Part, withoutRule?: string): string {
	const story = storyOf(trace);
	const left = story.length - LINES;
	const told = left <= 0 ? story : [...story.slice(0, LINES / 2), `… ${left} lines more …`, ...story.slice(-LINES / 2)];
	return [
		`seed ${seed} failed:`,
		...violations.map((broken) => `  ${brokenLine(broken)}`),
		...describePlan(seed, part).map((line) => `  ${line}`),
		...told.map((line) => `    ${line.length > 220 ? `${line.slice(0, 217)}...` : line}`),
		`  ${replayOf(seed, part, withoutRule)}`,
	].join("\n");
}

type Counts = ReadonlyMap<FaultKind, number>;

/** How often each kind really struck, one a line. */
export const countsReport = (counts: Counts): string =>
	faultKinds.map((kind) => `${String(counts.get(kind) ?? 0).padStart(8)}  ${kind}`).join("\n");

/** Kinds that never struck. */
export const neverFired = (counts: Counts): readonly FaultKind[] => faultKinds.filter((kind) => (counts.get(kind) ?? 0) === 0);
