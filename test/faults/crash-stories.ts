import type { FunctionName } from "../../src/local/embedded-ground.ts";
import type { Fault, FaultKind, Instant } from "./fault.ts";
import type { VmOfWorld, WorldPlan } from "./world.ts";

/** What happens to a drain that no crash disturbs, and the functions that are ended in it. */
export type CrashStory = {
	readonly name: string;
	readonly ends: readonly FunctionName[];
	readonly world: WorldPlan;
	readonly faults: readonly Fault[];
};

/** A VM that migrates, one that starts elsewhere, pods with a budget, two hooks: every effect that a drain has. */
const drain: WorldPlan = {
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

/** The same without a hook. */
const ordered: WorldPlan = { ...drain, secondHook: "none", begins: "order" };

/** Two migrations that take longer than it takes to call them off. */
const slow: readonly VmOfWorld[] = ["vm-0", "vm-1"].map((name) => ({ name, fate: "migrates", seconds: 600, may: false }));

const blocked: readonly VmOfWorld[] = [{ name: "vm-0", fate: "blocks", seconds: 5, may: false }];

/** `times`: how many requests or invocations it befalls; `seconds`: how long it lasts, or how late something is. */
const fault = (kind: FaultKind, at: Instant, { seconds = 0, times = 1 } = {}): Fault => ({ kind, at, seconds, times, choice: 0 });
const entering = (state: string): Instant => ({ on: "state", state, nth: 1 });
const after = (seconds: number): Instant => ({ on: "time", seconds });

/** From the first message on, intake hears of nothing more until each later one is in the dead letters. */
const intakeIsDeaf = fault("function throttled", { on: "request", of: "intake", channel: "any", nth: 1 }, { times: 100 });

/** Holds up nothing that is still to be done, and lets the run last as long as those with a crash. */
const runGoesOn = fault("virt-api down", after(175), { seconds: 1_000 });

export const crashStories: readonly CrashStory[] = [
	{
		name: "a drain",
		ends: ["intake", "assess", "cordon", "admit", "evict", "watch", "release"],
		world: drain,
		faults: [],
	},
	{
		name: "a drain that is cancelled while its VMs migrate",
		ends: ["restore"],
		world: { ...ordered, vms: slow },
		faults: [fault("cancel in between", entering("Watch"))],
	},
	{
		name: "an instance that waits, and whose event comes later than a sweep",
		ends: ["sweep"],
		world: { ...drain, secondHook: "none" },
		faults: [fault("message reordered", after(0), { seconds: 700 })],
	},
	{
		name: "an execution that dies while intake hears of nothing",
		ends: ["sweep"],
		world: { ...ordered, vms: [{ name: "vm-0", fate: "migrates", seconds: 25, may: false }] },
		faults: [intakeIsDeaf, fault("execution aborted", entering("Watch"), { seconds: 600 })],
	},
	{
		name: "a drained node that somebody uncordons",
		ends: ["sweep"],
		world: ordered,
		faults: [fault("node uncordoned by a user", after(170)), runGoesOn],
	},
	{
		name: "a held instance that somebody terminates",
		ends: ["sweep"],
		world: { ...ordered, vms: blocked },
		faults: [fault("instance taken by someone else", after(170)), runGoesOn],
	},
];
