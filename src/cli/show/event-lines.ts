import type { DemoEvent } from "../demo-event.ts";
import { contextLines, earlierRunText, endLines } from "./context-texts.ts";
import { fatesLines } from "./fates-lines.ts";
import { clipped, duration, indented, shortNode, wrapped } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { beginning, evictionText, refusalExplained, resultTexts } from "./texts.ts";

/** What a line needs to know beyond its event. */
type Telling = {
	readonly width: number;
	readonly paint: Paint;
	/** When the run began, by the demo's clock. */
	readonly began: number;
	/** Whether KubeVirt's refusal has been explained already. */
	readonly explained: boolean;
};

/** `+04:03 `: minutes and seconds there. */
const STAMP = 8;

/** The lines that one event is told with, none wider than the width. Empty for what is not worth a line. */
export function eventLines(event: DemoEvent, telling: Telling): readonly string[] {
	const { width, paint, began } = telling;
	const said = (text: string, emphasis: (line: string) => string = (line) => line): readonly string[] =>
		stamped(wrapped(text, width - STAMP).map(emphasis), event.at - began, paint);
	switch (event.kind) {
		case "begin":
			return ["", ...beginning(event).flatMap((text) => wrapped(text, width)), ""];
		case "message":
			return [
				...said(`EventBridge puts this message in the queue ${event.queue} (id ${event.messageId}):`),
				...JSON.stringify(event.body, null, 2)
					.split("\n")
					.map((line) => paint.dim(`${" ".repeat(STAMP)}${clipped(line, width - STAMP)}`)),
			];
		case "received":
			return said(`Intake reads it: ${event.outcome}, ${event.why}`);
		case "fates":
			return [...said("What will become of everything on the node; nothing is touched yet:"), ...fatesLines(event, width, paint)];
		case "eviction":
			return [
				...said(evictionText(event)),
				...(event.answer === "guarded" && !telling.explained ? indented(refusalExplained, width, STAMP + 2) : []),
			];
		case "trouble":
			return said(`Trouble, ${event.trouble}: ${event.says}`, paint.yellow);
		case "proof":
			return [
				...said("Release has looked twice, and both looks prove that nothing is left:"),
				...event.rules.flatMap(({ rule, holds, says }) =>
					indented(`${rule} ${holds ? "holds" : "FAILS"}: ${says}`, width, STAMP + 2).map(holds ? paint.green : paint.red),
				),
			];
		case "result":
			return resultLines(event, telling);
		case "context":
			return contextLines(event, width);
		case "earlier run":
			return said(earlierRunText(event), paint.yellow);
		case "end":
			return endLines(event, width, paint);
		default:
			return said(shortText(event));
	}
}

type Short = Exclude<
	DemoEvent,
	{
		readonly kind:
			| "begin"
			| "message"
			| "received"
			| "fates"
			| "eviction"
			| "trouble"
			| "proof"
			| "result"
			| "context"
			| "earlier run"
			| "end";
	}
>;

function shortText(event: Short): string {
	switch (event.kind) {
		case "state":
			return event.state;
		case "waiting":
			return `Auto Scaling: Terminating:Wait; hook ${event.hook} lets AWS wait ${secondsLeft(event)} more`;
		case "heartbeat":
			return `Heartbeat: hook ${event.hook} lets AWS wait ${secondsLeft(event)} more`;
		case "migration began":
			return `${event.vm}: migrates to ${shortNode(event.to)}`;
		case "migration ended":
			return event.outcome === "moved"
				? `${event.vm}: has moved to ${shortNode(event.to)}, still running`
				: `${event.vm}: its migration to ${shortNode(event.to)} ended: ${event.outcome}`;
		case "vm ended":
			return `${event.vm}: has shut down on ${shortNode(event.on)} (${event.cause})`;
		case "vm started":
			return `${event.vm}: runs on ${shortNode(event.on)}`;
		case "pod left":
			return `pod ${event.pod}: has left`;
		case "note":
			return event.says;
		case "marked":
			return `Tagged: ${event.tag} = ${event.value}`;
		case "hook completed":
			return `Hook ${event.hook} answered: ${event.result}`;
		default:
			return event satisfies never;
	}
}

const secondsLeft = ({ at, dueAt }: { readonly at: number; readonly dueAt: number }): string => duration((dueAt - at) / 1000);

function resultLines(event: DemoEvent & { readonly kind: "result" }, { width, paint }: Telling): readonly string[] {
	const texts = resultTexts(event);
	const verdict = event.outcome === "released" ? paint.green : paint.red;
	return texts.flatMap((text, index) =>
		index < texts.length - 1
			? ["", ...wrapped(text, width)]
			: ["", ...wrapped(text, width).map((line) => paint.bold(verdict(line)))],
	);
}

function stamped(lines: readonly string[], sinceMs: number, paint: Paint): readonly string[] {
	const seconds = Math.max(0, Math.floor(sinceMs / 1000));
	const two = (value: number) => String(value).padStart(2, "0");
	const stamp = paint.dim(`+${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`);
	return lines.map((line, index) => (index === 0 ? `${stamp}  ${line}` : `${" ".repeat(STAMP)}${line}`));
}
