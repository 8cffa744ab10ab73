import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "@jest/globals";
import { readConfiguration } from "../../infra/configuration.ts";

const example = fileURLToPath(new URL("../../infra/example.config.json", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "evacuator-configuration-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What reading such a file says. */
function sayFor(text: string): string {
	const file = join(folder, "config.json");
	writeFileSync(file, text);
	try {
		readConfiguration(file);
		return "nothing is wrong";
	} catch (fault) {
		return String(fault).replace(file, "<file>");
	}
}
const sayWith = (change: Readonly<Record<string, unknown>>) =>
	sayFor(JSON.stringify({ ...readConfiguration(example), ...change }));

describe("the configuration", () => {
	it("of the example can be used", () => {
		expect(readConfiguration(example).clusters.map(({ name }) => name)).toEqual(["production"]);
	});

	it("is asked for when none is named", () => {
		expect(() => readConfiguration(undefined)).toThrow("name its file with `-c config=<file>`, see infra/example.config.json");
	});

	it("that is not there, or is no JSON, is named", () => {
		expect(() => readConfiguration(join(folder, "none.json"))).toThrow(/^cannot read the configuration .*none.json: ENOENT/);
		expect(sayFor("{")).toMatch(/^Error: cannot read the configuration <file>: /);
		expect(sayFor("[]")).toBe("Error: cannot use the configuration <file>: it holds no JSON object");
	});

	it("is told everything that is wrong in it", () => {
		expect(sayFor('{ "region": "here", "hookName": "x", "clusters": [{ "name": "" }], "groups": "all" }').split("\n")).toEqual([
			"Error: cannot use the configuration <file>:",
			"  account: give the twelve digits of the AWS account, as a string",
			"  region: give the AWS region, such as eu-central-1",
			expect.stringMatching(/^ {2}clusters\.0\.name: /),
			expect.stringMatching(/^ {2}clusters\.0\.region: /),
			expect.stringMatching(/^ {2}clusters\.0\.endpoint: /),
			expect.stringMatching(/^ {2}clusters\.0\.certificateAuthority: /),
			expect.stringMatching(/^ {2}hookNames: /),
			expect.stringMatching(/^ {2}policy: /),
			"  groups: give a list of names of Auto Scaling groups, or leave it out",
			"  hookName: there is no such key; the keys are account, region, clusters, hookNames, policy, groups, vpc",
		]);
	});

	it.each([
		[{ account: 111122223333 }, "account: give the twelve digits"],
		[{ vpc: { id: "vpc-1" } }, "vpc: give id, availabilityZones and privateSubnetIds, or leave it out"],
		[{ vpc: null }, "vpc: give id"],
		[{ hookNames: [] }, "hookNames: "],
		[{ clusters: [] }, "clusters: "],
		[{ policy: { mayEnd: [], maxConcurrentDrains: 0 } }, "policy.maxConcurrentDrains: give a whole number of nodes, 1 or more"],
		[{ policy: { mayEnd: [], maxConcurrentDrains: 1.5 } }, "policy.maxConcurrentDrains: give a whole number of nodes, 1 or more"],
		[{ policy: { mayEnd: [], mostLeavingShare: 0 } }, "policy.mostLeavingShare: give a share above 0 and up to 1, such as 0.34"],
		[{ policy: { mayEnd: [], mostLeavingShare: 34 } }, "policy.mostLeavingShare: give a share above 0 and up to 1, such as 0.34"],
		[{ policy: { mayEnd: [], mostLeaving: 0.5 } }, 'policy: Unrecognized key: "mostLeaving"'],
	])("%j is refused", (change, reason) => {
		expect(sayWith(change)).toContain(reason);
	});
});
