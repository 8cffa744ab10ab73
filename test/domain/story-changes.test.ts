import { describe, expect, it } from "@jest/globals";
import type { VmStory } from "../../src/domain/record.ts";
import { withStories } from "../../src/domain/story-changes.ts";
import { aRecord, NOW } from "./builders.ts";

/** Some 2,000 bytes: of a hundred such stories a record has no room for the last. */
const aStory = (name: string, some: Partial<VmStory> = {}): VmStory => ({
	namespace: "shop",
	name: name.padEnd(1_900, "."),
	uid: `${name}-vmi`,
	fate: { kind: "migrates", why: "", by: "kubevirt" },
	...some,
});
const migrated = { outcome: { kind: "migrated", to: "node-b" }, outcomeAt: NOW } as const;
const stories = (count: number, some?: Partial<VmStory>) =>
	Array.from({ length: count }, (_, index) => aStory(`vm-${index}`, some));
const lacksRoom = { fate: { kind: "blocks", why: "", until: "room" } } as const;

describe("a record that has no room for all stories", () => {
	const record = withStories(aRecord(), stories(100));
	const room = record.vms.length;

	it("counts those of VMs on the node at the last look", () => {
		expect(room).toBeGreaterThan(80);
		expect(record).toEqual({ ...aRecord(), vms: stories(room), unlisted: { ended: 0, present: 100 - room } });
		expect(withStories(record, stories(room + 1))).toEqual({ ...record, unlisted: { ended: 0, present: 1 } });
	});

	it("counts none any more once they have left, though none of those that it lists is new", () => {
		expect(withStories(record, record.vms)).toEqual({ ...record, unlisted: { ended: 0, present: 0 } });
	});

	it("counts those of VMs that had left, of all there ever were", () => {
		const had = withStories(aRecord(), stories(100, migrated)).vms;
		const two = [aStory("vm-a"), aStory("vm-b")];
		const once = withStories(aRecord({ vms: had }), [...had, aStory("vm-a")]);
		const twice = withStories(once, [...once.vms, aStory("vm-b")]);

		expect(once.unlisted).toEqual({ ended: 1, present: 0 });
		expect(twice).toEqual({ ...aRecord(), vms: [...had.slice(0, -2), ...two], unlisted: { ended: 2, present: 0 } });
	});

	it("counts one that has left and goes at once, though it lists the same as before", () => {
		const had = withStories(aRecord(), stories(100, migrated)).vms;
		const before = aRecord({ vms: had });

		expect(withStories(before, [...had, aStory("vm-a", { ...migrated, outcomeAt: NOW - 1 })])).toEqual({
			...before,
			unlisted: { ended: 1, present: 0 },
		});
	});

	it("is the very same when the same stories come again", () => {
		const ended = withStories(aRecord(), stories(100, { ...migrated, fate: { ...lacksRoom.fate, why: "no room" } }));

		expect(withStories(record, [...record.vms, ...stories(100).slice(room)])).toBe(record);
		expect(withStories(ended, ended.vms)).toBe(ended);
	});
});

describe("a record that has room", () => {
	const [a, b] = [aStory("vm-a"), aStory("vm-b")];
	const record = aRecord({ vms: [a, b] });

	it.each([
		["another first one", [b, b]],
		["another last one", [a, a]],
		["one more", [a, b, a]],
		["one less", [a]],
	])("is written with %s", (_, vms) => {
		expect(withStories(record, vms)).toStrictEqual({ ...record, vms });
	});

	it("is the very same when no story is new, whoever lists them", () => {
		expect(withStories(record, [a, b])).toBe(record);
	});
});
