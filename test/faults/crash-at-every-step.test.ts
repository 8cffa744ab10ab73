import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { functionNames } from "../../infra/function-names.ts";
import { crashStories } from "./crash-stories.ts";

jest.setTimeout(900_000);

type Run = {
	readonly story: string;
	readonly of: string;
	readonly where: string;
	readonly struck: boolean;
	readonly same: boolean;
	readonly violations: readonly unknown[];
};

let runs: readonly Run[] = [];
beforeAll(async () => {
	const script = fileURLToPath(new URL("./crash-steps.ts", import.meta.url));
	const { stdout } = await promisify(execFile)(process.execPath, [script], { maxBuffer: 2 ** 26 });
	runs = stdout
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as Run);
});

const endings = crashStories.flatMap(({ name, ends }) => ends.map((of) => ({ of, name })));

describe("a function that ends between two of its effects, and is called again as AWS does", () => {
	it("is every one of ours", () => {
		expect([...new Set(endings.map(({ of }) => of))].sort()).toEqual([...functionNames].sort());
	});

	it.each(endings)("leaves everything as if it had never ended: $of in $name", ({ of, name }) => {
		const own = runs.filter((run) => run.of === of && run.story === name);

		expect(own.length).toBeGreaterThan(1);
		expect(own.filter(({ struck }) => !struck).map(({ where }) => where)).toEqual([]);
		expect(own.filter(({ same, violations }) => !same || violations.length > 0)).toEqual([]);
	});
});
