import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { stackUnderTest } from "./stack-under-test.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const runbook = read("docs/runbook.md");
const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
const { ofType, Outputs } = stackUnderTest();
const alarms = ofType("AWS::CloudWatch::Alarm").map(({ Properties }) => Properties);

/** As GitHub names a heading in an address. */
const anchorOf = (heading: string): string =>
	heading
		.toLowerCase()
		.replace(/[^\w -]/g, "")
		.replaceAll(" ", "-");

describe("the runbook", () => {
	it("has a heading for each alarm and each trouble, and no other", () => {
		const names = alarms.map(({ AlarmName }) => String(AlarmName).replace("Drains-", ""));
		const troubles = [...read("src/domain/trouble.ts").matchAll(/\| "([a-z-]+)"/g)].map(([, kind]) => kind);

		expect(headings.flatMap((heading) => heading.split(", "))).toEqual([...names, ...troubles]);
	});

	it("reads only outputs that the stack has", () => {
		const read = [...runbook.matchAll(/\$\(output (\w+)/g)].map(([, name = ""]) => name);

		expect(read.filter((name) => !(name in Outputs))).toEqual([]);
		expect(read).toContain("QuarantineUrl");
	});

	it("has the heading that an alarm refers to", () => {
		const anchors = headings.map(anchorOf);
		const referred = alarms.map(
			({ AlarmDescription }) => /docs\/runbook\.md#(\S+)$/.exec(String(AlarmDescription))?.[1] ?? "none",
		);

		expect(referred.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
	});
});
