import { describe, expect, it } from "@jest/globals";
import { wrongDirections } from "./directions.ts";
import { unimportedExports } from "./exports.ts";
import { completeLockFile, missingEntries } from "./lock-file.ts";
import { secretClocks } from "./time.ts";

describe("the house", () => {
	it("refuses an import that points outward, static, of a type, or dynamic", () => {
		const files = [
			{ path: "src/domain/a.ts", text: 'import { b } from "../adapters/b.ts";\nexport type { C } from "../ports.ts";' },
			{ path: "src/app/c.ts", text: 'const d = await import("../local/d.ts");\nimport "../domain/fine.ts";' },
			{ path: "src/elsewhere/e.ts", text: "" },
		];

		const broken = wrongDirections(files);

		expect(broken).toEqual([
			"src/domain/a.ts: src/domain/ may not import src/adapters/b.ts",
			"src/domain/a.ts: src/domain/ may not import src/ports.ts",
			"src/app/c.ts: src/app/ may not import src/local/d.ts",
			"src/elsewhere/e.ts: belongs to no part of the house; name one in test/house/directions.ts",
		]);
	});

	it("lets the monitor import nothing but types", () => {
		const files = [
			{
				path: "test/monitor/laws.ts",
				text: 'import type { T } from "../../src/ports.ts";\nimport { f } from "../../src/domain/fate.ts";',
			},
		];

		expect(wrongDirections(files)).toEqual(["test/monitor/laws.ts: test/monitor/ may not import src/domain/fate.ts"]);
	});

	it("finds the exports that nobody imports", () => {
		const files = [
			{
				path: "src/a.ts",
				text: [
					"export const used = 1;",
					"export const unused = used;",
					"export type Used = 1;",
					"export type Unused = Used;",
					"export async function later() {}",
					"export async function never() {}",
					"class A {}\nexport { A as B, type C };",
					"export default A;",
				].join("\n"),
			},
			{
				path: "src/b.ts",
				text: [
					'import { used as mine } from "./a.ts";',
					'import type { Used } from "./a.ts";',
					'const { later } = await import("./a.ts");',
					'export { B } from "./a.ts";',
				].join("\n"),
			},
			{ path: "src/c.ts", text: 'import * as b from "./b.ts";\nb.B;' },
			{ path: "lambdas/d.ts", text: "export const handler = 1;\nexport const other = 1;" },
			{ path: "some.config.ts", text: "export default {};" },
		];

		expect(unimportedExports(files)).toEqual([
			"src/a.ts: nobody imports unused",
			"src/a.ts: nobody imports Unused",
			"src/a.ts: nobody imports never",
			"src/a.ts: nobody imports C",
			"src/a.ts: nobody imports default",
			"lambdas/d.ts: nobody imports other",
		]);
		expect(unimportedExports([...files, { path: "src/e.ts", text: 'import A, { type C, unused } from "./a.ts";' }])).toEqual([
			"src/a.ts: nobody imports Unused",
			"src/a.ts: nobody imports never",
			"lambdas/d.ts: nobody imports other",
		]);
	});

	it("finds a clock, a timer and dice outside the clocks", () => {
		const text = "const a = Date.now();\nsetTimeout(f, 1);\nnew Date(5).toISOString();\nnew Date();\nMath.random();";

		expect(secretClocks([{ path: "src/app/x.ts", text }]).map((line) => line.split(":")[1])).toEqual(["1", "2", "4", "5"]);
		expect(secretClocks([{ path: "src/adapters/real-clock.ts", text }])).toEqual([]);
	});

	it("adds the platform packages that npm left out of the lock file", () => {
		const lock = {
			packages: {
				"": {},
				"node_modules/tool": { dev: true, optionalDependencies: { "@tool/linux-x64-musl": "1.2.3", "@tool/linux-x64": "1.2.3" } },
				"node_modules/@tool/linux-x64": { version: "1.2.3" },
			},
		};

		const complete = completeLockFile(lock);

		expect(missingEntries(lock).map(({ path }) => path)).toEqual(["node_modules/@tool/linux-x64-musl"]);
		expect(missingEntries(complete)).toEqual([]);
		expect(complete.packages["node_modules/@tool/linux-x64-musl" as keyof typeof complete.packages]).toEqual({
			version: "1.2.3",
			dev: true,
			optional: true,
			os: ["linux"],
			cpu: ["x64"],
			libc: ["musl"],
		});
	});

	it("does not guess the version of a range", () => {
		const lock = { packages: { "": { optionalDependencies: { thing: "^1.0.0" } } } };

		expect(() => completeLockFile(lock)).toThrow("cannot complete node_modules/thing: package.json asks for the range ^1.0.0");
	});
});
