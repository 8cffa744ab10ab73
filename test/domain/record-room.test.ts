import { describe, expect, it } from "@jest/globals";
import type { Refusal, VmStory } from "../../src/domain/record.ts";
import { withRefusals } from "../../src/domain/record-changes.ts";
import { keptAllowances, keptRefusals, keptStories } from "../../src/domain/record-limits.ts";
import { aRecord, NOW } from "./builders.ts";

const ROOM_FOR_STORIES = 190_000;
const ROOM_FOR_REFUSALS = 80_000;
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

const aStory = (index: number, some: Partial<VmStory> = {}): VmStory => ({
	namespace: "shop",
	name: `vm-${index}`,
	uid: `vm-${index}-vmi`,
	fate: { kind: "migrates", why: "eviction strategy LiveMigrate", by: "kubevirt" },
	...some,
});
const migratedAt = (outcomeAt: number) => ({ outcome: { kind: "migrated", to: "node-b" }, outcomeAt }) as const;
const withoutWhy = (story: VmStory): VmStory => ({ ...story, fate: { ...story.fate, why: "" } });
/** The stories, and one before them whose name makes the JSON of them all so long. */
const padded = (stories: readonly VmStory[], bytes: number, some?: Partial<VmStory>): readonly VmStory[] => {
	const first = aStory(0, some);
	const missing = bytes - bytesOf([first, ...stories]);
	return [{ ...first, name: first.name + "x".repeat(missing) }, ...stories];
};

describe("stories that just fit into a record", () => {
	const ended = numbers(9).map((index) => aStory(index + 1, migratedAt(NOW + index)));

	it("are kept whole", () => {
		const vms = padded(ended, ROOM_FOR_STORIES);

		expect(keptStories(vms)).toEqual({ vms, ended: 0, present: 0 });
	});

	it("without the reasons of those that have ended are kept without them, and every other is the very same", () => {
		const brief = padded(ended.map(withoutWhy), ROOM_FOR_STORIES);
		const [first] = brief;
		const kept = keptStories(first ? [first, ...ended] : []);

		expect(kept).toEqual({ vms: brief, ended: 0, present: 0 });
		expect(kept.vms[0]).toBe(first);
	});

	it("when the first to go is gone are all kept but that one", () => {
		const vms = padded(ended.map(withoutWhy), ROOM_FOR_STORIES);
		const [first, ...others] = vms;
		const oldest = withoutWhy(aStory(10, migratedAt(NOW - 1)));

		expect(keptStories(first ? [first, oldest, ...others] : [])).toEqual({ vms, ended: 1, present: 0 });
	});
});

describe("stories that do not fit into a record", () => {
	it("go by when they ended, not by when they began; an instant that is missing is the oldest", () => {
		const [late, early, middle] = [3, 1, 2].map((at) => withoutWhy(aStory(at, migratedAt(NOW + at))));
		const undated = withoutWhy(aStory(4, { outcome: { kind: "stopped" } }));
		const going = [late, early, middle, undated].filter((story) => story !== undefined);
		const kept = (room: number) => {
			const all = padded([], ROOM_FOR_STORIES - bytesOf(going.slice(0, room)) + 1);
			return keptStories([...all, ...going]).vms.slice(1);
		};

		expect([3, 2, 1].map(kept)).toEqual([[late, early, middle], [late, middle], [late]]);
	});

	it("leave those alone that are kept, and brief already", () => {
		const ended = numbers(2_000).map((index) => withoutWhy(aStory(index, migratedAt(NOW + index))));
		const { vms } = keptStories(ended);

		expect(vms.every((story) => ended.includes(story))).toBe(true);
	});
});

describe("the refusals of a record", () => {
	const refusal = (nextAt: number, why = "budget"): Refusal => ({ count: 1, nextAt, why });
	/** Of 159 bytes, so that 500 of them, each with what parts it from the next, have just room. */
	const ofEvenSize = (index: number): readonly [string, Refusal] => {
		const one = [`pod-${String(index).padStart(4, "0")}`, refusal(NOW + index)] as const;
		return [one[0].padEnd(one[0].length + 159 - bytesOf(one), "."), one[1]];
	};

	it("keep their whole reasons while there is room", () => {
		const why = "w".repeat(240);
		const [web, db] = [
			["web", refusal(NOW, why)],
			["db", refusal(NOW, why)],
		] as const;
		const missing = ROOM_FOR_REFUSALS - bytesOf([web, db]);
		const full = [web, [`db${"-".repeat(missing)}`, refusal(NOW, why)]] as const;

		expect(keptRefusals(full)).toBe(full);
	});

	it("are those that pause longest where there are too many, in their own order", () => {
		const all = numbers(600).map(ofEvenSize);

		expect(bytesOf(ofEvenSize(0))).toBe(159);
		expect(keptRefusals(all)).toEqual(all.slice(100));
		expect(keptRefusals(all.toReversed())).toEqual(all.slice(100).toReversed());
	});

	it("are not written again where nothing is new", () => {
		const all = numbers(600).map(ofEvenSize);
		const [refused, present] = [Object.fromEntries(all), all.map(([uid]) => uid)];
		const record = withRefusals(aRecord(), refused, present);

		expect(Object.keys(record.refusals)).toHaveLength(500);
		expect(withRefusals(record, refused, present)).toBe(record);
	});
});

it("of the allowances the newest are kept", () => {
	const allowed = numbers(501).map((index) => `shop/vm-${index}`);

	expect(keptAllowances(allowed)).toEqual(allowed.slice(1));
});
