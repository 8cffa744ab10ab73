import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Machine, thisMachine } from "./find-ground.ts";
import { PLANE_ADDRESSES } from "./kubevirt-addresses.ts";
import { processesOf } from "./process-mark.ts";

/** What a run without namespaces leaves on this machine when it is killed: found again by the next one. */
type Traces = { readonly addresses: readonly string[]; readonly group?: number };

/** Addresses on this machine's own `lo` for as long as a control plane needs them. */
type BorrowedAddresses = {
	/** The group of processes that the next run ends, should this process not live to do it. */
	remember(group: number): void;
	/** Removes exactly those that were added. */
	giveBack(): void;
};

/**
 * Adds the plane's addresses to `lo`, after removing what a killed run left: its processes and the addresses that it added.
 * The list is written before the first one is added.
 */
export function borrowAddresses(cache: string, machine: Machine = thisMachine): BorrowedAddresses {
	const file = fileIn(cache);
	const write = (traces: Traces) => writeFileSync(file, JSON.stringify(traces));
	clearTraces(cache, machine);
	const addresses = PLANE_ADDRESSES.filter(
		(address) => machine.run("ip", ["addr", "add", `${address}/32`, "dev", "lo"]).code === 0,
	);
	write({ addresses });
	return {
		remember: (group) => write({ addresses, group }),
		giveBack: () => clearTraces(cache, machine),
	};
}

function clearTraces(cache: string, { run }: Machine): void {
	const file = fileIn(cache);
	const traces = tracesIn(file);
	if (traces === undefined) return;
	if (traces.group !== undefined) for (const pid of processesOf(traces.group, cache)) process.kill(pid, "SIGKILL");
	for (const address of traces.addresses) run("ip", ["addr", "del", `${address}/32`, "dev", "lo"]);
	rmSync(file);
}

function fileIn(cache: string): string {
	return join(cache, "loopback.json");
}

function tracesIn(file: string): Traces | undefined {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch {
		return undefined;
	}
}
