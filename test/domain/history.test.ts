import { describe, expect, it } from "@jest/globals";
import { tombstone, withCancel } from "../../src/domain/cancellation.ts";
import { withNode, withoutCordon } from "../../src/domain/cordon-changes.ts";
import { nextGeneration, withContinued, withHandedOver } from "../../src/domain/generations.ts";
import { happeningsOf } from "../../src/domain/history.ts";
import { withBeat, withHookCompleted, withHookLost } from "../../src/domain/hook-changes.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import { withGone, withSlotWait, withTrouble } from "../../src/domain/record-changes.ts";
import { mergeRequest } from "../../src/domain/record-requests.ts";
import { withMark, withReleasing } from "../../src/domain/release-changes.ts";
import { withSurvey } from "../../src/domain/survey.ts";
import { aHook, aRecord, aRequest, NOW, ours } from "./builders.ts";

const record = aRecord();
const slot = { since: NOW, place: 2, orders: 0 };
const cancel = { at: NOW, issuedAt: NOW, requestId: "cancel-1", by: "kim" };
const { node, cordonedAt, ...unknown } = record;
const blocks = { kind: "vm-blocks", about: "shop/db", says: "no" } as const;
const noRoom = { kind: "no-room", about: "shop/big", says: "no" } as const;

describe("the history of a maintenance", () => {
	it.each<[string, MaintenanceRecord | undefined, MaintenanceRecord, readonly string[]]>([
		["begins with the request", undefined, record, ["generation 1 opened, last request event-1: scale-in"]],
		[
			"begins again with each generation",
			undefined,
			nextGeneration(record, NOW),
			["generation 2 opened, last request event-1: scale-in"],
		],
		[
			"begins without a request where a cancel came first",
			undefined,
			tombstone(record, cancel, NOW),
			["generation 1 opened, last request none: cancelled before it began"],
		],
		[
			"tells of another request and its hook",
			record,
			mergeRequest(record, aRequest({ requestId: "event-2", hook: aHook({ token: "token-2", hook: "second" }) })),
			["request event-2 merged", "hook second of group workers waits"],
		],
		[
			"tells of the node",
			aRecord(),
			withNode(record, { ...ours, uid: "another" }),
			["node node-a (uid another)", "found uncordoned"],
		],
		["tells of the node that it did not know", unknown, withNode(unknown, ours), ["node node-a (uid node-a-uid)"]],
		["tells of the cordon", withoutCordon(record), record, ["cordoned"]],
		["tells that it waits for a slot", record, withSlotWait(record, slot), ["waits for a slot"]],
		["tells that it has one", withSlotWait(record, slot), record, ["has a slot"]],
		["tells who cancelled it", record, withCancel(record, cancel), ["cancelled by kim, request cancel-1"]],
		[
			"tells who cancelled it, though nobody is named",
			record,
			withCancel(record, { at: NOW, issuedAt: NOW, requestId: "cancel-1" }),
			["cancelled by an operator, request cancel-1"],
		],
		["tells that somebody wants it again", withCancel(record, cancel), record, ["wanted again"]],
		["tells of the kinds of trouble", record, withTrouble(record, [blocks]), ["trouble: vm-blocks"]],
		[
			"tells of each kind of trouble once, in the order of the alphabet",
			record,
			withTrouble(record, [blocks, noRoom, { ...blocks, about: "shop/web" }]),
			["trouble: no-room, vm-blocks"],
		],
		["tells that trouble is over", withTrouble(record, [blocks]), withTrouble(record, []), ["no trouble any more"]],
		["tells of the mark", record, withMark(record, NOW), ["marked safe to terminate"]],
		["tells that the mark is revoked", withMark(record, NOW), record, ["mark revoked"]],
		[
			"tells of a hook that is answered",
			record,
			withHookCompleted(record, "token-1", NOW),
			["hook drain of group workers completed"],
		],
		["tells of a hook that is lost", record, withHookLost(record, "token-1", NOW), ["hook drain of group workers lost"]],
		["ends with how it ended", record, withGone(record, NOW), ["gone"]],
		["ends with a hand-over", record, withHandedOver(record, NOW), ["handed over"]],
	])("%s", (_, was, next, happenings) => {
		expect(happeningsOf(was, next)).toEqual(happenings);
	});

	it.each<[string, MaintenanceRecord, MaintenanceRecord?]>([
		["heartbeats", withBeat(record, NOW)],
		["surveys", withSurvey(record, NOW)],
		["another place in the queue", withSlotWait(record, { ...slot, place: 1 }), withSlotWait(record, slot)],
		["a claim of Release", withReleasing(record, "turn", ["token-1"], NOW)],
		[
			"the same kinds of trouble about other VMs and in another order",
			withTrouble(record, [blocks, noRoom]),
			withTrouble(record, [noRoom, { ...blocks, about: "shop/web" }]),
		],
		["a write after the end", withContinued(withHandedOver(record, NOW), 2), withHandedOver(record, NOW)],
		["what is left", { ...record, left: { vms: 1, pods: 1, changedAt: NOW } }],
	])("says nothing of %s", (_, next, was = record) => {
		expect(happeningsOf(was, next)).toEqual([]);
	});
});
