import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const headings = [...read("docs/runbook.md").matchAll(/^## (.+)$/gm)].flatMap(([, heading = ""]) => heading.split(", "));

describe("the runbook", () => {
	it("has a heading for each alarm and each trouble, and no other", () => {
		const alarms = [...read("infra/alarms.ts").matchAll(/alarm\(\s*"(\w+)"/g)].map(([, name]) => name);
		const troubles = [...read("src/domain/trouble.ts").matchAll(/\| "([a-z-]+)"/g)].map(([, kind]) => kind);

		expect(headings).toEqual([...alarms, ...troubles]);
	});
});
