import type { MaintenanceRecord } from "../../../src/domain/record.ts";
import type { TruthEvent } from "../../../src/local/cluster/truth.ts";
import type { Violation } from "../../monitor/laws.ts";
import { LEAVING } from "../drill.ts";
import type { SharedOutcome } from "./shared-scenario.ts";

/** What a ground knows when a scenario is over. */
type Played = {
	readonly record: MaintenanceRecord | undefined;
	readonly violations: readonly Violation[];
	readonly events: readonly TruthEvent[];
	/** When everything given was there, and the story began; epoch milliseconds of the ground. */
	readonly began: number;
	/** The node that left. */
	readonly node: string;
};

/** What came of a scenario, in words that are the same on every ground: nothing made up by a cluster is in them. */
export function outcomeOf({ record, violations, events, began, node }: Played): SharedOutcome {
	return {
		state: record?.state,
		violations,
		truth: truthOf(events, began),
		stories: storiesOf(record),
		trouble: (record?.trouble ?? []).map(({ kind, about }) => `${kind} ${about === node ? "the node" : plainName(about)}`).sort(),
	};
}

/** What really happened to each guest since the story began, by its plain name; nothing for those that ran on undisturbed. */
export function truthOf(events: readonly TruthEvent[], began: number): Readonly<Record<string, string>> {
	const chapters: Record<string, string[]> = {};
	for (const event of events) {
		const name = plainName(event.name);
		chapters[name] ??= [];
		const chapter = event.at > began ? chapterOf(event) : undefined;
		if (chapter) chapters[name].push(chapter);
	}
	return Object.fromEntries(Object.entries(chapters).map(([name, said]) => [name, said.join(", ")]));
}

function storiesOf(record: MaintenanceRecord | undefined): Readonly<Record<string, string>> {
	return Object.fromEntries(
		(record?.vms ?? []).map(({ name, fate, outcome }) => [plainName(name), `${fate.kind}: ${outcome?.kind ?? "on its way"}`]),
	);
}

/** Who asked for an end the monitor judges; the story tells by which way. Grounds see who deleted what with unlike sharpness. */
function chapterOf(event: TruthEvent): string | undefined {
	switch (event.kind) {
		case "moved":
			return event.instanceId === LEAVING ? "came" : "moved";
		case "started":
			return event.instanceId === LEAVING ? "started here" : "started elsewhere";
		case "ended":
			return `ended by ${event.cause === "user" || event.cause === "delete" ? "deletion" : event.cause}`;
		default:
			return undefined;
	}
}

/** Without the five characters that Kubernetes adds: scenarios call their replica set `set`. */
const plainName = (name: string): string =>
	name.replace(/(^|\/)set[a-z0-9]{5}$/, "$1set*").replace(/(virt-launcher-.+)-[a-z0-9]{5}$/, "$1");
