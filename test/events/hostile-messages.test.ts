import { describe, expect, it } from "@jest/globals";
import { readMessage } from "../../src/events/read-message.ts";
import type { CancelReading, LifecycleReading, OrderReading, Queue, Reading } from "../../src/events/reading.ts";
import {
	cancelOrder,
	executionStatus,
	inSns,
	lifecycleEvent,
	notification,
	notificationLines,
	order,
	testNotification,
} from "./samples.ts";

type Random = () => number;

/** mulberry32: the same numbers from the same seed on every machine. */
function randomFrom(seed: number): Random {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

const one = <T>(random: Random, of: readonly [T, ...T[]]): T => of[Math.floor(random() * of.length)] ?? of[0];

const atoms = [
	null,
	true,
	0,
	-1,
	1,
	1e308,
	2 ** 53,
	"",
	"i-12345678",
	"drain",
	"../..",
	"a\nb",
	"\u0000",
	"\u202e",
	"\ud800",
	"x".repeat(300),
	"2026-01-01T00:00:00Z",
	"autoscaling:EC2_INSTANCE_TERMINATING",
	"aws.autoscaling",
	"Notification",
	"constructor",
] as const;

const names = [
	"__proto__",
	"constructor",
	"toString",
	"length",
	"kind",
	"version",
	"source",
	"detail-type",
	"detail_type",
	"detail",
	"Message",
	"Type",
	"Event",
	"LifecycleTransition",
	"instanceId",
	"mayEnd",
	"reason",
	"time",
	"a",
] as const;

function randomValue(random: Random, depth: number): unknown {
	const choice = random();
	if (depth === 0 || choice < 0.5) return one<unknown>(random, atoms);
	const size = Math.floor(random() * 4);
	if (choice < 0.65) return Array.from({ length: size }, () => randomValue(random, depth - 1));
	return Object.fromEntries(Array.from({ length: size }, () => [one(random, names), randomValue(random, depth - 1)]));
}

/** The sample with one of its values, at any depth, exchanged, left out, or added to. */
function withOtherValue(random: Random, value: unknown): unknown {
	if (typeof value !== "object" || value === null || random() < 0.3) return randomValue(random, 3);
	const entries = Object.entries(value);
	const at = Math.floor(random() * (entries.length + 1));
	const [name, held] = entries[at] ?? [one(random, names), undefined];
	const next = random() < 0.2 ? undefined : withOtherValue(random, held);
	return Object.fromEntries([...entries.filter(([other]) => other !== name), [name, next]]);
}

/** The text with a few of its characters left out, doubled or exchanged. */
function withOtherText(random: Random, text: string): string {
	let changed = text;
	for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
		const at = Math.floor(random() * changed.length);
		const put = one(random, ["", '"', "{", "}", "[", "\\", "\n", ":", ",", "\u0000", "\ud800", "9", changed.slice(at, at + 20)]);
		changed = changed.slice(0, at) + put + changed.slice(at + Math.floor(random() * 3));
	}
	return changed;
}

const samples = [
	lifecycleEvent,
	notification,
	testNotification,
	executionStatus,
	cancelOrder,
	order,
	inSns(notification),
	{ Message: order },
] as const;

function hostileBody(random: Random): string {
	const choice = random();
	if (choice < 0.15) return JSON.stringify(randomValue(random, 5));
	if (choice < 0.25) return withOtherText(random, notificationLines);
	const sample = one<unknown>(random, samples);
	if (choice < 0.6) return withOtherText(random, JSON.stringify(sample));
	return JSON.stringify(withOtherValue(random, sample)) ?? "";
}

const INSTANCE = /^i-[0-9a-f]{8}(?:[0-9a-f]{9})?$/;

/** What must hold of a reading, whatever it was read from. */
function isSound(reading: Reading): boolean {
	switch (reading.kind) {
		case "lifecycle":
			return isSoundLifecycle(reading);
		case "execution ended":
			return INSTANCE.test(reading.instanceId) && Number.isSafeInteger(reading.generation);
		case "drain order":
			return isSoundOrder(reading) && reading.mayEnd.every((vm) => /^[a-z0-9-]+\/[a-z0-9.-]+$/.test(vm));
		case "cancel order":
			return isSoundOrder(reading);
		case "test notification":
			return !/\p{Cc}/u.test(reading.group);
		default:
			return reading.why.length <= 500 && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(reading.why);
	}
}

const isSoundLifecycle = ({ requestId, instanceId, token, hook, eventTime }: LifecycleReading) =>
	INSTANCE.test(instanceId) &&
	requestId === `asg:${instanceId}:${token}` &&
	token.length === 36 &&
	/^[\w\-/]+$/.test(hook) &&
	Number.isSafeInteger(eventTime);

const isSoundOrder = ({ target, issuedAt, notAfter, ...order }: OrderReading | CancelReading) =>
	/^[a-z0-9.-]+$/.test("instanceId" in target ? target.instanceId : target.nodeName) &&
	["deadline" in order ? order.deadline : undefined, issuedAt, notAfter].every(
		(at) => at === undefined || Number.isSafeInteger(at),
	);

describe("a message from somebody who means harm", () => {
	it.each([1, 2, 3, 4])("never makes reading throw, and never gets a name or a complaint through unchecked (seed %i)", (seed) => {
		const random = randomFrom(seed);
		const wrong: unknown[] = [];
		const kinds = new Map<string, number>();
		for (let times = 0; times < 4000; times++) {
			const body = hostileBody(random);
			const queue = one<Queue>(random, ["events", "orders"]);
			const reading = readMessage({ body, queue, messageId: "m-1" });
			kinds.set(reading.kind, (kinds.get(reading.kind) ?? 0) + 1);
			if (!isSound(reading)) wrong.push({ body, queue, reading });
		}
		expect(wrong).toEqual([]);
		expect([...kinds.keys()].toSorted()).toEqual([
			"cancel order",
			"drain order",
			"execution ended",
			"ignored",
			"lifecycle",
			"malformed",
			"test notification",
			"unsupported",
		]);
		expect(Object.keys(Object.prototype)).toEqual([]);
	});
});
