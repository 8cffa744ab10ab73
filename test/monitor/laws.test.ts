import { describe, expect, it } from "@jest/globals";
import { type GuestEnded, type MigrationEnded, Monitor } from "./laws.ts";

const vm = { namespace: "shop", name: "db" };
const died: GuestEnded = { ...vm, kind: "ended", instanceId: "i-target", cause: "instance taken", strategy: "LiveMigrate" };
const torn: MigrationEnded = { ...vm, kind: "migration ended", sourceInstance: "i-source", outcome: "instance taken" };

/** What the monitor says of a guest that dies on the target of its migration because the source was taken. */
function judged(why: string): readonly string[] {
	let tell: (event: GuestEnded | MigrationEnded) => void = () => {};
	const monitor = new Monitor({
		clusters: [
			{
				guests: () => [],
				migrations: () => [],
				migrationObjects: () => [],
				subscribe: (listener) => {
					tell = listener;
					return () => {};
				},
			},
		],
		mayEnd: () => false,
		isOurs: () => false,
		drained: () => true,
	});
	monitor.taken("i-source", why);
	tell(torn);
	tell(died);
	return monitor.violations.map(({ says }) => says);
}

describe("a guest of a post-copy migration that dies with its source", () => {
	it("is nobody's fault where AWS took the source past us", () => {
		expect(judged("reclaimed")).toEqual([]);
	});

	it("breaks law 1 where we let the source go", () => {
		expect(judged("completed")).toEqual(["shop/db died with i-target, which was taken"]);
	});
});
