import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { makeRunFolder } from "./run-folder.ts";

let cache: string;
beforeEach(() => {
	cache = mkdtempSync(join(tmpdir(), "evacuator-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

describe("the folder of a run", () => {
	it("goes with the run, and its logs stay when they are wanted", () => {
		const folder = makeRunFolder(cache, 0);
		writeFileSync(join(folder.logs, "etcd.log"), "it broke");

		const kept = folder.keepLogs() ?? "";
		folder.remove();

		expect({ runs: readdirSync(join(cache, "runs")), logs: readdirSync(kept) }).toEqual({ runs: [], logs: ["etcd.log"] });
	});

	it("removes what dead runs left, and leaves the living alone", () => {
		mkdirSync(join(cache, "runs", "999999999-1-0"), { recursive: true });
		const living = makeRunFolder(cache, 0);

		makeRunFolder(cache, 1);

		expect([existsSync(join(cache, "runs", "999999999-1-0")), existsSync(living.logs)]).toEqual([false, true]);
	});
});
