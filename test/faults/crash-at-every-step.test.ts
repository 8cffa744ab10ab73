import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { functionNames } from "../../infra/function-names.ts";

jest.setTimeout(900_000);

type Run = {
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

describe("a function that ends between two of its effects, and is called again as AWS does", () => {
	// This drain is not taken back, and is over before the first sweep.
	it.each(functionNames.filter((name) => name !== "restore" && name !== "sweep"))(
		"leaves everything as if it had never ended: %s",
		(name) => {
			const own = runs.filter(({ of }) => of === name);

			expect(own.length).toBeGreaterThan(1);
			expect(own.filter(({ struck }) => !struck).map(({ where }) => where)).toEqual([]);
			expect(own.filter(({ same, violations }) => !same || violations.length > 0)).toEqual([]);
		},
	);
});
