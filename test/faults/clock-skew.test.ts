import { describe, expect, it, jest } from "@jest/globals";
import { functionNames } from "../../infra/function-names.ts";
import type { Fault } from "./fault.ts";
import { tryPlan } from "./try-seed.ts";
import type { WorldPlan } from "./world.ts";

const world: WorldPlan = {
	kubevirtVersion: "1.9.0",
	others: 2,
	vms: [{ name: "vm-0", fate: "migrates", seconds: 60, may: true }],
	pods: 2,
	budget: true,
	neighbour: false,
	hookSeconds: 300,
	defaultResult: "CONTINUE",
	secondHook: "none",
	retain: false,
	begins: "hook",
};

jest.setTimeout(60_000);

const atOnce = { on: "time", seconds: 0 } as const;

/** This function's clock is almost five minutes ahead of all others. */
const ahead = (name: (typeof functionNames)[number]): Fault => ({
	kind: "clock skew",
	at: atOnce,
	seconds: 292,
	times: 1,
	choice: (functionNames.indexOf(name) + 0.5) / functionNames.length,
});

const latecomer: Fault = { kind: "VM bound after the cordon", at: atOnce, seconds: 384, times: 1, choice: 0 };

/** Where a step sends the execution back at once it never ends, which breaks it off. */
describe.each(functionNames)("a drain whose %s has a clock that is ahead", (name) => {
	it("ends as all others do, while a budget lets one pod go after the other", async () => {
		const { violations, state } = await tryPlan({ seed: 1, world, faults: [ahead(name)], patient: false });

		expect({ violations, state }).toEqual({ violations: [], state: "released" });
	});

	it("waits as all others do, where nothing has room for a VM that came after the cordon", async () => {
		const crowded = { ...world, others: 1, vms: world.vms.map((vm) => ({ ...vm, seconds: 12 })), hookSeconds: 3600 };
		const faults = [ahead(name), latecomer];
		const { violations, state } = await tryPlan({ seed: 1, world: crowded, faults, patient: false });

		expect({ violations, state }).toEqual({ violations: [], state: "open" });
	});
});

it("a drain that stands still for one of two clocks, and not yet for the other, does not turn for it without a pause", async () => {
	const vms = [
		{ name: "vm-0", fate: "shuts down", seconds: 18, may: true },
		{ name: "vm-1", fate: "migrates", seconds: 9, may: false },
	] as const;
	const stuck: WorldPlan = { ...world, others: 1, vms, hookSeconds: 3600, defaultResult: "ABANDON", secondHook: "told" };
	const faults: readonly Fault[] = [
		{ ...ahead("evict"), seconds: -33 },
		{ kind: "API 409", at: { on: "request", of: "evict", channel: "cluster", nth: 5 }, seconds: 204, times: 2, choice: 0.2 },
		{ kind: "VMI object forced away", at: { on: "time", seconds: 118 }, seconds: 381, times: 6, choice: 0.4 },
	];
	const { violations, state } = await tryPlan({ seed: 1, world: stuck, faults, patient: true });

	expect({ violations, state }).toEqual({ violations: [], state: "open" });
});
