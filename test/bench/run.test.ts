import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "@jest/globals";
import { usage } from "./options.ts";

const bench = (...args: readonly string[]) =>
	spawnSync(process.execPath, [fileURLToPath(new URL("run.ts", import.meta.url)), ...args], { encoding: "utf8" });

it("the bench explains itself", () => {
	const { status, stdout } = bench("--help");

	expect({ status, stdout }).toEqual({ status: 0, stdout: `${usage}\n` });
});

it.each([
	["--nodes", "0"],
	["--clusters", "many"],
	["--node", "1"],
])("the bench refuses %s %s, and ends with 2", (...args) => {
	const { status, stdout, stderr } = bench(...args);

	expect({ status, stdout, said: stderr.endsWith(`\n\n${usage}\n`) }).toEqual({ status: 2, stdout: "", said: true });
});
