import type { SharedOutcome } from "./shared-scenario.ts";

/** AWS has taken the instance, no law was broken, and nothing is left to be told. */
export const released = (truth: SharedOutcome["truth"], stories: SharedOutcome["stories"]): SharedOutcome => ({
	state: "released",
	violations: [],
	truth,
	stories,
	trouble: [],
});

/** These VMs have migrated, and nothing else happened. */
export const moved = (...vms: readonly string[]): SharedOutcome => released(each(vms, "moved"), each(vms, "migrates: migrated"));

/** The instance is held, and a human knows why. */
export const held = (
	trouble: readonly string[],
	truth: SharedOutcome["truth"] = {},
	stories: SharedOutcome["stories"] = {},
): SharedOutcome => ({ state: "open", violations: [], truth, stories, trouble });

/** The same of each. */
export const each = (names: readonly string[], says: string): Readonly<Record<string, string>> =>
	Object.fromEntries(names.map((name) => [name, says]));
