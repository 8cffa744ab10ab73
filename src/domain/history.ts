import type { MaintenanceRecord } from "./record.ts";
import { isClosed } from "./record-changes.ts";
import { shortened } from "./shortened.ts";

/** Something that happened to a maintenance, for an operator who reads its history. `at` in epoch milliseconds. */
export type Happening = { readonly at: number; readonly what: string };

const WHAT_LIMIT = 200;

/** What a write means to a human, in the order of a drain; nothing for what every look does. `was`: absent when it opens. */
export function happeningsOf(was: MaintenanceRecord | undefined, next: MaintenanceRecord): readonly string[] {
	const happenings = was ? changes.flatMap((change) => change(was, next)) : [opening(next)];
	return happenings.map((what) => shortened(what, WHAT_LIMIT));
}

const opening = ({ generation, reason, requests }: MaintenanceRecord): string =>
	`generation ${generation} opened, last request ${requests.at(-1) ?? "none"}: ${reason}`;

type Change = (was: MaintenanceRecord, next: MaintenanceRecord) => readonly string[];

const requestCame: Change = (was, { requests }) =>
	requests.filter((id) => !was.requests.includes(id)).map((id) => `request ${id} merged`);

const hookCame: Change = (was, { hooks }) =>
	hooks.slice(was.hooks.length).map(({ hook, group }) => `hook ${hook} of group ${group} waits`);

const hookEnded: Change = (was, { hooks }) =>
	hooks.flatMap(({ hook, group, completedAt, lostAt }, index) => {
		const before = was.hooks[index];
		if (completedAt !== before?.completedAt) return [`hook ${hook} of group ${group} completed`];
		return lostAt === before?.lostAt ? [] : [`hook ${hook} of group ${group} lost`];
	});

const nodeFound: Change = (was, { node }) => (node && node.uid !== was.node?.uid ? [`node ${node.name} (uid ${node.uid})`] : []);

const cordonChanged: Change = (was, { cordonedAt }) => {
	if ((cordonedAt === undefined) === (was.cordonedAt === undefined)) return [];
	return [cordonedAt === undefined ? "found uncordoned" : "cordoned"];
};

const slotChanged: Change = (was, { slot, state }) => {
	if ((slot === undefined) === (was.slot === undefined) || isClosed({ state })) return [];
	return [slot === undefined ? "has a slot" : "waits for a slot"];
};

const cancelChanged: Change = (was, { cancel }) => {
	if (cancel?.requestId === was.cancel?.requestId) return [];
	return [cancel === undefined ? "wanted again" : `cancelled by ${cancel.by ?? "an operator"}, request ${cancel.requestId}`];
};

const kindsOf = ({ trouble }: MaintenanceRecord): string => [...new Set(trouble.map(({ kind }) => kind))].sort().join(", ");

const troubleChanged: Change = (was, next) => {
	const kinds = kindsOf(next);
	if (kinds === kindsOf(was)) return [];
	return [kinds === "" ? "no trouble any more" : `trouble: ${kinds}`];
};

const markChanged: Change = (was, { markedAt }) => {
	if ((markedAt === undefined) === (was.markedAt === undefined)) return [];
	return [markedAt === undefined ? "mark revoked" : "marked safe to terminate"];
};

const closed: Change = (was, next) => (isClosed(next) && next.state !== was.state ? [next.state] : []);

const changes: readonly Change[] = [
	requestCame,
	cancelChanged,
	hookCame,
	nodeFound,
	cordonChanged,
	slotChanged,
	troubleChanged,
	markChanged,
	hookEnded,
	closed,
];
