import { type Cell, clipped, duration, row, widthsOf } from "./layout.ts";
import type { Paint } from "./paint.ts";
import type { Progress, VmProgress } from "./progress.ts";

export type BlockSize = { readonly width: number; readonly height: number };

/** The block that the live display redraws: state, hook, pods, one line per VM. Fits the size. */
export function progressBlock(progress: Progress, now: number, { width, height }: BlockSize, paint: Paint): readonly string[] {
	const { state, vms, pods, hook } = progress;
	const gone = vms.filter(({ kind }) => kind === "settled").length;
	const head = [
		"",
		paint.bold(
			clipped(`${state}: ${gone} of ${vms.length} VMs and ${pods.left} of ${pods.leaving.length} pods are off the node`, width),
		),
		...(hook.name === ""
			? []
			: [
					clipped(
						`Hook ${hook.name}: AWS waits ${duration((hook.dueAt - now) / 1000)} more for a heartbeat; ${hook.heartbeats} sent`,
						width,
					),
				]),
		"",
	];
	const shown = fitting(vms, height - head.length);
	const rows = shown.map((vm) => cellsOf(vm, now, paint));
	const widths = widthsOf(rows);
	return [...head, ...rows.map((cells) => `  ${row(cells, widths, width - 2)}`)].slice(0, Math.max(0, height));
}

/** Where there is no room for all, those that have settled go first. */
function fitting(vms: readonly VmProgress[], height: number): readonly VmProgress[] {
	if (vms.length <= height) return vms;
	const unsettled = vms.filter(({ kind }) => kind !== "settled");
	return unsettled.slice(0, Math.max(0, height));
}

function cellsOf({ vm, now: says, kind, since }: VmProgress, now: number, paint: Paint): readonly Cell[] {
	const paints = { "not yet": undefined, "on its way": paint.yellow, settled: paint.green, blocked: paint.red };
	const shown = paints[kind];
	const took = kind === "on its way" ? `, for ${duration((now - since) / 1000)}` : "";
	return [{ text: vm }, { text: `${says}${took}`, ...(shown && { paint: shown }) }];
}
