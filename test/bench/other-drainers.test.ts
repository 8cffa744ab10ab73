import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { otherDrainers } from "./other-drainers.ts";

it("the README compares us with the same drainers as the bench", () => {
	const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
	const rows = [...readme.matchAll(/^\| (.+) \| ([\d,]+) \| ([\d,]+) \| (\d+).*\|$/gm)].map(([, ...cells]) => cells);
	const others = rows.filter(([program]) => !program?.startsWith("Evacuator"));

	expect(others).toEqual(
		otherDrainers.map(({ program, requests, evictions, left }) => [
			program,
			requests.toLocaleString("en"),
			evictions.toLocaleString("en"),
			String(left),
		]),
	);
});
