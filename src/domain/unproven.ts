import { isSameNode } from "./identity.ts";
import type { Look } from "./look.ts";
import { type Finding, whatIsLeft } from "./proof.ts";
import type { MaintenanceRecord } from "./record.ts";
import { shortened } from "./shortened.ts";
import type { Trouble } from "./trouble.ts";
import { listed } from "./trouble-texts.ts";

const SAYS_LIMIT = 500;

/** What Release's proof found: where only time is missing, no other look shows it. Instants are epoch milliseconds. */
export const withProofRefused = (record: MaintenanceRecord, because: readonly Finding[], now: number): MaintenanceRecord =>
	because.every(({ rule }) => rule === "S7") ? withUnproven(record, because, now) : record;

/** What a look shows on which nothing is left but that somebody has lifted our cordon. */
export function withUncordoned(record: MaintenanceRecord, look: Look, now: number): MaintenanceRecord {
	const { node, cordonedAt, cancel } = record;
	const isOurs = look.node !== undefined && node !== undefined && isSameNode(look.node, node);
	if (!isOurs || look.node.unschedulable || cordonedAt === undefined || cancel) return record;
	const because = whatIsLeft(look, { node });
	return because.every(({ rule }) => rule === "S1") ? withUnproven(record, because, now) : record;
}

/** One look has proved it: what was said against it is over. */
export function withProved(record: MaintenanceRecord): MaintenanceRecord {
	if (record.left?.unproven === undefined) return record;
	const { unproven, ...left } = record.left;
	return { ...record, left };
}

/** The half hour begins with the first of what speaks against it in a row, whatever comes after. */
function withUnproven(record: MaintenanceRecord, because: readonly Finding[], now: number): MaintenanceRecord {
	const { left, node } = record;
	if (!left || !node || left.vms > 0 || left.pods > 0 || because.length === 0) return record;
	const unproven = shortened(saysOf(because, node.name), SAYS_LIMIT);
	if (unproven === left.unproven) return record;
	return { ...record, left: { ...left, unproven, changedAt: left.unproven === undefined ? now : left.changedAt } };
}

/** The way out comes first, for it must not be cut off. */
function saysOf(because: readonly Finding[], node: string): string {
	const wayOut = because.every(({ about }) => about === node)
		? "see who lifts its cordon"
		: "delete the VMs that wait for a node, bind them to others, or take their toleration away";
	return `${wayOut}: ${listed(because.map(({ about, says }) => `${about} (${says.replace(/\.$/, "")})`))}`;
}

/** A drain that has nothing left to drain, and does not end. */
export const neverProved = (node: string, unproven: string): Trouble => ({
	kind: "stalled",
	about: node,
	says: `Nothing is left on ${node}, but it is not proved that nothing more comes; ${unproven}.`,
});
