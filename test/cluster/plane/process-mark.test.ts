import { spawn } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { isProcess, processesOf, processMark } from "./process-mark.ts";

describe("the mark of a process", () => {
	it("is of this process as long as it lives, and of no other with its number", () => {
		const { pid, started } = processMark(process.pid);

		expect([isProcess({ pid, started }), isProcess({ pid, started: "1" }), isProcess(processMark(999_999_999))]).toEqual([
			true,
			false,
			false,
		]);
	});

	it("finds the members of a group by what they speak of", async () => {
		// The shell waits by itself: a child that it forks would speak of the same until it is another program.
		const child = spawn("/bin/sh", ["-c", "read line", "of-a-plane"], { detached: true, stdio: "pipe" });
		const group = child.pid ?? 0;

		const found = [processesOf(group, "of-a-plane"), processesOf(group, "of-another"), processesOf(1, "of-a-plane")];
		process.kill(-group, "SIGKILL");

		expect(found).toEqual([[group], [], []]);
	});
});
