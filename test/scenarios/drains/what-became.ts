import type { MaintenanceRecord } from "../../../src/domain/record.ts";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import type { TruthEvent } from "../../../src/local/cluster/truth.ts";
import { LEAVING, type Outcome } from "../drill.ts";

/** Replicas of the set `set-` have made-up names. */
const nameOf = (name: string): string => name.replace(/^set-.+/, "set-*");

const chapterOf = (event: TruthEvent): string | undefined => {
	switch (event.kind) {
		case "moved":
			return event.instanceId === LEAVING ? "came" : "moved";
		case "started":
			return event.instanceId === LEAVING ? "started here" : "started elsewhere";
		case "ended":
			return `ended by ${event.by ?? event.cause}`;
		default:
			return undefined;
	}
};

/** What really happened to each guest since the drill began, by the name of its VM; nothing for those that ran on undisturbed. */
export function truthOf(cluster: SimulatedCluster, began = Date.UTC(2026, 0, 1)): Readonly<Record<string, string>> {
	const chapters: Record<string, string[]> = {};
	for (const event of cluster.truth.events) {
		const name = nameOf(event.name);
		chapters[name] ??= [];
		const chapter = event.at > began ? chapterOf(event) : undefined;
		if (chapter) chapters[name].push(chapter);
	}
	return Object.fromEntries(Object.entries(chapters).map(([name, said]) => [name, said.join(", ")]));
}

/** Fate and outcome of each VM as the record tells it. */
export function storiesOf(record: MaintenanceRecord | undefined): Readonly<Record<string, string>> {
	return Object.fromEntries(
		(record?.vms ?? []).map(({ name, fate, outcome }) => [nameOf(name), `${fate.kind}: ${outcome?.kind ?? "on its way"}`]),
	);
}

/** What a drill came to, as far as law and record go. */
export const endOf = ({ record, violations }: Outcome) => ({ state: record?.state, violations });

export const released = { state: "released", violations: [] };
export const open = { state: "open", violations: [] };

/** The troubles that the record knows, as `kind about`. */
export const troublesIn = (record: MaintenanceRecord | undefined): readonly string[] =>
	(record?.trouble ?? []).map(({ kind, about }) => `${kind} ${about}`);

/** Subjects of everything that was published, without the maintenance's name. */
export const noticesOf = ({ notices }: Pick<Outcome, "notices">): readonly string[] =>
	notices.map(({ subject }) => subject.replace(`Evacuator ${LEAVING}-1: `, ""));
