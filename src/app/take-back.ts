import { isToBeRestored } from "../domain/cancellation.ts";
import type { NodeIdentity } from "../domain/identity.ts";
import type { Look } from "../domain/look.ts";
import { nameOf } from "../domain/namespaced-name.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { markStays, migrationsToCancel, type Remains } from "../domain/restoration.ts";
import type { Decision } from "../domain/step-result.ts";
import type { Trouble } from "../domain/trouble.ts";
import type { EvacuationCancelAnswer, World } from "../ports.ts";
import { readRecord } from "./maintenance-record.ts";
import { clusterOfRecord } from "./step.ts";

type TakingBack = {
	readonly remains: Remains;
	readonly look: Look;
	readonly record: MaintenanceRecord;
	readonly node: NodeIdentity;
	readonly world: World;
	/** When the step began; epoch milliseconds. */
	readonly began: number;
};

type TakenBack = {
	/** Something has changed, which the next look has to show. */
	readonly changed: boolean;
	readonly trouble: readonly Trouble[];
	/** Where to go at once; absent when everything was asked for. */
	readonly interruption?: Decision;
};

/** What this turn has come to so far. */
type Turn = { asked: number; changed: boolean; readonly unmarked: Set<string>; markStays?: string };

/** After this many milliseconds it asks for another turn. */
const TURN_MS = 15_000;
const NO_API = "KubeVirt has no API for it before 1.7";

/**
 * Uncordons, takes the marks off, and calls the migrations off, in this order: as long as a VMI is marked, KubeVirt begins
 * another migration for each that is deleted.
 */
export async function takeBack(job: TakingBack): Promise<TakenBack> {
	const turn: Turn = { asked: 0, changed: false, unmarked: new Set() };
	const interruption = (await uncordon(job, turn)) ?? (await takeMarksOff(job, turn)) ?? (await cancelMigrations(job, turn));
	return { changed: turn.changed, trouble: troubleOf(job, turn), ...(interruption && { interruption }) };
}

/** Read directly before each request: nobody wants the drain again, and no hook has come that would have to hold. */
async function interrupted({ record, world, began }: TakingBack, turn: Turn): Promise<Decision | undefined> {
	// Every turn asks for one thing at least, however long its look took.
	if (turn.asked > 0 && world.clock.now() >= began + TURN_MS) return { next: "restore", why: "the turn was too short for all" };
	turn.asked += 1;
	return isToBeRestored(await readRecord(record, world)) ? undefined : { next: "assess", why: "another request came meanwhile" };
}

async function uncordon(job: TakingBack, turn: Turn): Promise<Decision | undefined> {
	const { remains, record, node, world } = job;
	if (!remains.cordon && remains.annotations.length === 0) return undefined;
	const interruption = await interrupted(job, turn);
	if (interruption) return interruption;
	const what = { schedulable: remains.cordon, annotations: remains.annotations };
	const answer = await clusterOfRecord(record, world).uncordon(node, what);
	say(job, { event: "uncordoned", node: node.name, answer, schedulable: remains.cordon });
	turn.changed = true;
	// The next look sees what the Node has become.
	return answer === "uncordoned" ? undefined : { next: "restore", why: `the Node is ${answer}` };
}

async function takeMarksOff(job: TakingBack, turn: Turn): Promise<Decision | undefined> {
	const { remains, record, node, world } = job;
	for (const vmi of remains.marked) {
		const interruption = await interrupted(job, turn);
		if (interruption) return interruption;
		const answer = await clusterOfRecord(record, world).cancelEvacuation(vmi, node);
		say(job, { event: "mark", vm: nameOf(vmi), answer: answer.kind, says: saysOf(answer) });
		if (answer.kind === "cancelled" || answer.kind === "gone") {
			turn.unmarked.add(vmi.uid);
			turn.changed = true;
			continue;
		}
		turn.markStays ??= saysOf(answer);
		if (answer.kind === "unsupported") return undefined;
	}
	return undefined;
}

async function cancelMigrations(job: TakingBack, turn: Turn): Promise<Decision | undefined> {
	const { remains, look, record, world } = job;
	for (const migration of migrationsToCancel(remains, turn.unmarked, look)) {
		const interruption = await interrupted(job, turn);
		if (interruption) return interruption;
		const answer = await clusterOfRecord(record, world).cancelMigration(migration);
		say(job, { event: "migration", migration: nameOf(migration), answer });
		turn.changed = true;
	}
	return undefined;
}

function troubleOf({ remains, node }: TakingBack, turn: Turn): readonly Trouble[] {
	if (turn.markStays === undefined) return [];
	const vms = remains.marked.filter(({ uid }) => !turn.unmarked.has(uid));
	return [markStays(node.name, vms, turn.markStays)];
}

const saysOf = (answer: EvacuationCancelAnswer): string => {
	if (answer.kind === "unsupported") return NO_API;
	return "says" in answer ? answer.says : "";
};

const say = ({ record, world }: TakingBack, line: { readonly event: string; readonly [field: string]: unknown }): void =>
	world.notices.say({ maintenance: executionName(record), ...line });
