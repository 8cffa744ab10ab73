import { expect, it } from "@jest/globals";
import { MishapLog } from "./mishap-log.ts";

it("what goes wrong again and again within a minute has one line and a count", () => {
	let now = Date.UTC(2026, 10, 22);
	const log = new MishapLog(() => now);
	for (const what of ["no answer", "no answer", "refused", "no answer"]) log.note(what);
	now += 61_000;
	log.note("no answer");
	expect(log.lines).toEqual([
		"2026-11-22T00:00:00.000Z no answer (3 times)",
		"2026-11-22T00:00:00.000Z refused",
		"2026-11-22T00:01:01.000Z no answer",
	]);
});
