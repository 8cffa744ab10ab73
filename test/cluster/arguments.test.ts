import { totalmem } from "node:os";
import { describe, expect, it } from "@jest/globals";
import { helpOf, readArguments, usualLanes } from "./arguments.ts";

describe("the arguments of the control plane's commands", () => {
	it.each([
		["test", { kind: "test", kubevirt: "1.7.0", lanes: usualLanes(totalmem()), audit: false, json: false }],
		[
			"test --kubevirt 1.5.1 --lanes 3 --only budget --audit --json",
			{ kind: "test", kubevirt: "1.5.1", lanes: 3, audit: true, only: "budget", json: true },
		],
		["test --build-only", { kind: "build", kubevirt: "1.7.0", json: false }],
		["test --help", { kind: "help", command: "test" }],
		["up", { kind: "up", kubevirt: "1.7.0" }],
		["up --kubevirt 1.5.1", { kind: "up", kubevirt: "1.5.1" }],
		["up -h", { kind: "help", command: "up" }],
	])("%s", (line, asked) => {
		expect(readArguments(line.split(" "))).toEqual(asked);
	});

	it.each([
		["test --kubevirt 1.9.0", 'cannot run KubeVirt "1.9.0": choose one of 1.7.0, 1.5.1'],
		["test --lanes 0", "cannot run 0 lanes: give a whole number from 1 to 8"],
		["test --lanes two", "cannot run two lanes: give a whole number from 1 to 8"],
		[
			"test --fast",
			"cannot read the arguments: Unknown option '--fast'; the options are --kubevirt, --help, --lanes, --only, --audit, --build-only, --json",
		],
		["up --lanes 2", "cannot read the arguments: Unknown option '--lanes'; the options are --kubevirt, --help"],
		["down", 'cannot run "down": the commands are npm run test:cluster and npm run cluster'],
	])("%s is refused with the way out", (line, says) => {
		expect(readArguments(line.split(" "))).toEqual({ kind: "wrong", says });
	});

	it("are all in the help", () => {
		const options = ["--kubevirt", "--lanes", "--only", "--audit", "--build-only", "--json", "--help"];
		expect(options.filter((option) => !helpOf("test").includes(option))).toEqual([]);
	});
});

describe("without a number of lanes there are", () => {
	const gigabyte = 2 ** 30;
	it.each([
		[2 * gigabyte, 1],
		[8 * gigabyte, 2],
		[64 * gigabyte, 4],
	])("on a machine of %s bytes: %s", (memory, lanes) => {
		expect(usualLanes(memory)).toBe(lanes);
	});
});
