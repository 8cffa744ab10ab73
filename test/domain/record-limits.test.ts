import { describe, expect, it } from "@jest/globals";
import { noticeOf } from "../../src/app/observe.ts";
import { stepResult } from "../../src/app/step.ts";
import { followStories } from "../../src/domain/outcomes.ts";
import type { VmStory } from "../../src/domain/record.ts";
import { keptRefusals, keptRequests, keptStories } from "../../src/domain/record-limits.ts";
import { nextRefusal } from "../../src/domain/refusal.ts";
import { withStories } from "../../src/domain/story-changes.ts";
import { keptTroubles } from "../../src/domain/trouble-limits.ts";
import { aLook, aRecord, aVmi, NOW } from "./builders.ts";

const numbers = Array.from({ length: 500 }, (_, index) => index);
const long = (index: number) => `${String(index).padStart(4, "0")}${"v".repeat(249)}`;
const story = (index: number, some: Partial<VmStory> = {}): VmStory => ({
	namespace: "n".repeat(63),
	name: long(index),
	uid: `${index}`.padStart(36),
	fate: { kind: "migrates", why: "w".repeat(160), by: "kubevirt" },
	...some,
});
const migrated = (index: number) => ({ outcome: { kind: "migrated", to: "node-b" }, outcomeAt: NOW + index }) as const;

describe("the stories of a record", () => {
	it("are all kept while there is room", () => {
		const vms = numbers.slice(0, 100).map((index) => story(index));
		expect(keptStories(vms)).toEqual({ vms, ended: 0, present: 0 });
	});

	it("lose those that ended first before any that goes on", () => {
		const vms = numbers.map((index) => story(index, index % 2 === 0 ? migrated(index) : {}));
		const kept = keptStories(vms);
		const names = kept.vms.map(({ name }) => name);

		expect(numbers.filter((index) => index % 2 === 1).every((index) => names.includes(long(index)))).toBe(true);
		expect(kept.present).toBe(0);
		expect(kept.vms).toHaveLength(500 - kept.ended);
		// The oldest are gone, and the others have no reason any more.
		expect(names).toContain(long(498));
		expect(names).not.toContain(long(0));
		expect(kept.vms.find(({ name }) => name === long(498))).toEqual({
			...story(498, migrated(498)),
			fate: { kind: "migrates", why: "", by: "kubevirt" },
		});
	});

	it("keep every VM that lacks room, for the looks between two surveys depend on it", () => {
		const blocks = { kind: "blocks", why: "no other node can host it", until: "room" } as const;
		const vms = numbers.map((index) => story(index, index >= 400 ? { fate: blocks } : {}));
		const { vms: kept, present } = keptStories(vms);

		expect(kept.filter(({ fate }) => fate.until === "room")).toHaveLength(100);
		expect(present).toBeGreaterThan(0);
	});

	it("count what they have no room for, and are not written again for it", () => {
		const vms = numbers.map((index) => story(index));
		const once = withStories(aRecord(), vms);
		const again = withStories(once, [...once.vms, ...vms.slice(once.vms.length)]);

		expect(once.unlisted).toEqual({ ended: 0, present: 500 - once.vms.length });
		expect(again).toBe(once);
	});

	it("remember as much of a reason as there is room for, and know it again", () => {
		const vmi = aVmi("web", { migratable: "no", evictionStrategy: "LiveMigrate", notMigratableBecause: "é".repeat(2_000) });
		const look = aLook({ vmis: [vmi] });
		const [first] = followStories(aRecord(), look, NOW);
		const record = aRecord({ vms: first ? [first] : [] });

		expect(first?.fate.why.length).toBeLessThanOrEqual(160);
		expect(followStories(record, look, NOW)).toBe(record.vms);
	});
});

describe("the refusals of a record", () => {
	it("are all kept for 500 pods, with the beginnings of their reasons", () => {
		const all = numbers.map(
			(index) => [`${index}`.padStart(36), nextRefusal(undefined, { says: "r".repeat(2_000) }, NOW)] as const,
		);
		const kept = keptRefusals(all);

		expect(kept.map(([uid]) => uid)).toEqual(all.map(([uid]) => uid));
		expect(kept[0]?.[1]).toEqual({ count: 1, nextAt: NOW + 5_000, why: `${"r".repeat(63)}…` });
	});
});

describe("what a human is told of 500 VMs in trouble", () => {
	const troubles = numbers.map((index) => ({
		kind: "vm-blocks" as const,
		about: `shop/${long(index)}`,
		says: `VM shop/${long(index)} will not leave: ${"because ".repeat(500)}`,
	}));

	it("names some and counts the rest", () => {
		const kept = keptTroubles(troubles);
		expect(kept.map(({ about }) => about)).toEqual([...numbers.slice(0, 8).map((index) => `shop/${long(index)}`), "others"]);
		expect(kept.at(-1)?.says).toContain("492 more of the same kind (vm-blocks)");
		expect(Math.max(...kept.map(({ says }) => says.length))).toBe(600);
	});

	it("keeps the answer of a step under 2 KB, and says how much is left out", () => {
		const record = aRecord({ vms: numbers.map((index) => story(index)), trouble: keptTroubles(troubles) });
		const decision = { next: "hold", why: "w".repeat(50_000) } as const;
		const answer = {
			...stepResult(decision, record, { turn: "t", events: 3, rounds: 0 }, NOW),
			...noticeOf(record.trouble, record),
		};

		expect(JSON.stringify(answer).length).toBeLessThan(1_500);
		expect(answer.tell?.message).toMatch(/^VM shop\/0000v+ will not leave: .*…\n8 more: see the record's trouble\.$/s);
	});
});

it("of the requests the newest are kept", () => {
	expect(keptRequests(numbers.map(String))).toEqual(numbers.slice(300).map(String));
});
