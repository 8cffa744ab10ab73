import type { PodGroup, Telling, VmRow } from "../demo-event.ts";
import { type Cell, count, duration, indented, row, widthsOf } from "./layout.ts";
import type { Paint } from "./paint.ts";

type Fates = Telling & { readonly kind: "fates" };

const INDENT = "  ";

/** The table of the VMs, the pods in a few lines, the estimate. Nothing is wider than `width`. */
export function fatesLines({ vms, pods, estimate }: Fates, width: number, paint: Paint): readonly string[] {
	const head = ["VM", "strategy", "owner", "fate"].map((text): Cell => ({ text, paint: paint.dim }));
	const rows = vms.map((vm) => cellsOf(vm, paint));
	const widths = widthsOf([head, ...rows]);
	const line = (cells: readonly Cell[]) => `${INDENT}${row(cells, widths, width - INDENT.length)}`;
	const indent = INDENT.length + (widths[0] ?? 0) + 2;
	const table = vms.flatMap((vm, index) => [
		line(rows[index] ?? []),
		...indented(reason(vm), width, indent).map((text) => paint.dim(text)),
	]);
	return ["", line(head), ...table, "", ...podLines(pods, width), "", ...estimateLines(estimate, width), ""];
}

function cellsOf({ vm, strategy, owner, fate }: VmRow, paint: Paint): readonly Cell[] {
	const paints = new Map([
		["migrates", paint.green],
		["blocks", paint.red],
		["stops", paint.yellow],
		["is lost", paint.yellow],
	]);
	const shown = paints.get(fate);
	return [{ text: vm }, { text: strategy }, { text: owner }, { text: fate, ...(shown && { paint: shown }) }];
}

/** A strategy that says it all by itself is not repeated. */
function reason({ why, strategy, allowed }: VmRow): string {
	const said = why === `eviction strategy ${strategy}` ? "" : why;
	return allowed ? `${said}; the written policy lets it end` : said;
}

const podFates = new Map([
	["stays", "stay with the node and do not count"],
	["leaves last", "leave last, because migrations need them"],
	["restarts elsewhere", "restart elsewhere"],
	["is lost", "end for good, because nothing owns them"],
	["goes with its VM", "go with their VM"],
	["has ended", "have ended"],
]);

function podLines(groups: readonly PodGroup[], width: number): readonly string[] {
	return groups.flatMap(({ fate, pods }) => {
		const says = `Pods that ${podFates.get(fate) ?? fate}: ${workloads(pods)}`;
		return indented(says, width, INDENT.length);
	});
}

function workloads(pods: PodGroup["pods"]): string {
	const counts = new Map<string, number>();
	for (const { of } of pods) counts.set(of, (counts.get(of) ?? 0) + 1);
	return [...counts].map(([of, number]) => (number === 1 ? of : `${of} ×${number}`)).join(", ");
}

function estimateLines({ seconds, migrations, atATime, shutdowns }: Fates["estimate"], width: number): readonly string[] {
	const says =
		`At most ${duration(seconds)} if no migration fails: ${count(migrations, "VM")} to migrate, ` +
		`${atATime} at a time, ${count(shutdowns, "VM")} to shut down.`;
	return indented(says, width, INDENT.length);
}
