import type { DemoEvent, Telling } from "../demo-event.ts";
import { count, duration, wrapped } from "./layout.ts";
import type { Paint } from "./paint.ts";

type Of<Kind extends Telling["kind"]> = DemoEvent & { readonly kind: Kind };

/** Where this is: the first thing that somebody sees who is about to drain a node. */
export function contextLines(
	{ context, server, node, kubernetes, kubevirt, mayEnd }: Of<"context">,
	width: number,
): readonly string[] {
	const policy = mayEnd.length === 0 ? "none" : mayEnd.join(", ");
	const rows = [
		["Context", context],
		["Server", server],
		["Node", node],
		["Kubernetes", kubernetes],
		["KubeVirt", kubevirt],
		["VMs that may end", policy],
	] as const;
	const label = Math.max(...rows.map(([name]) => name.length)) + 2;
	const lines = rows.flatMap(([name, value]) =>
		wrapped(value, Math.max(20, width - label)).map((line, index) => `${(index === 0 ? name : "").padEnd(label)}${line}`),
	);
	return ["", ...lines, ""];
}

export function earlierRunText({ maintenance, marked }: Of<"earlier run">): string {
	const vms =
		marked.length === 0
			? "No VM on it is marked."
			: `KubeVirt moves ${count(marked.length, "VM")} already, which ${marked.length === 1 ? "is" : "are"} not asked for again: ${marked.join(", ")}.`;
	return `An earlier run of Evacuator (maintenance ${maintenance}) has cordoned this node, and this one goes on from there. ${vms}`;
}

/** Why, what to type, and the verdict as the last line. Commands stay whole, for whoever copies them. */
export function endLines(event: Of<"end">, width: number, paint: Paint): readonly string[] {
	const { outcome, because, toType, figures } = event;
	const verdict = outcome === "safe" ? paint.green : paint.red;
	const commands = toType.flatMap(({ says, command }) => [
		...(says === "" ? [] : ["", ...wrapped(`${says}:`, width)]),
		`  ${command}`,
	]);
	const summary =
		outcome === "declined"
			? []
			: [
					"",
					...wrapped(
						`${duration(figures.seconds)}: ${count(figures.requests, "request")} to the API server, ${figures.evictions} of them for evictions.`,
						width,
					),
				];
	return [
		...summary,
		"",
		...because.flatMap((reason) => wrapped(reason, width)),
		...commands,
		...(because.length + commands.length > 0 ? [""] : []),
		...wrapped(verdictOf(event), width).map((line) => paint.bold(verdict(line))),
	];
}

function verdictOf({ outcome, node, context }: Of<"end">): string {
	const where = `node ${node} of context ${context}`;
	return outcome === "safe" ? `safe: ${where} is safe to terminate` : `${outcome}: ${where} is NOT safe to terminate`;
}
