import type { DemoEvent } from "../demo-event.ts";
import { eventLines } from "./event-lines.ts";
import type { Paint } from "./paint.ts";
import { noProgress, type Progress, progressed } from "./progress.ts";
import { type BlockSize, progressBlock } from "./progress-block.ts";
import type { Show } from "./show.ts";

const ESCAPE = "\u001b[";
const hideCursor = `${ESCAPE}?25l`;
const showCursor = `${ESCAPE}?25h`;
const eraseLine = `${ESCAPE}K`;
const eraseBelow = `${ESCAPE}J`;
const up = (lines: number): string => (lines === 0 ? "\r" : `\r${ESCAPE}${lines}A`);

const WIDTH = 100;

type Screen = {
	readonly write: (text: string) => void;
	/** As it is now. */
	readonly size: () => { readonly columns: number; readonly rows: number };
	readonly paint: Paint;
};

/**
 * Text that scrolls, and below it, while the node drains, a block that is redrawn in place: each frame is one write that
 * overwrites the last one line by line, so that nothing flickers.
 */
export function liveShow({ write, size, paint }: Screen): Show {
	let progress: Progress = noProgress;
	let drawn: readonly string[] = [];
	let isDraining = false;
	let isOver = false;
	let knowsFates = false;
	let hidden = false;
	const run = { began: 0, explained: false };
	const block = (): BlockSize => ({ width: Math.min(WIDTH, size().columns - 1), height: size().rows - 1 });

	const draw = (now: number): void => {
		const next = progressBlock(progress, now, block(), paint);
		if (next.join("\n") === drawn.join("\n")) return;
		const overwritten = next.map((line) => `${line}${eraseLine}\n`).join("");
		write(`${hidden ? "" : hideCursor}${up(drawn.length)}${overwritten}${eraseBelow}`);
		hidden = true;
		drawn = next;
	};
	const print = (lines: readonly string[], now: number): void => {
		if (lines.length === 0) return;
		write(`${up(drawn.length)}${eraseBelow}${lines.map((line) => `${line}\n`).join("")}`);
		drawn = [];
		if (isDraining) draw(now);
	};
	const leaveBlock = (now: number): void => {
		isOver = true;
		if (isDraining) draw(now);
		isDraining = false;
		if (drawn.length > 0) write("\n");
		drawn = [];
	};

	return {
		start: (says) => write(`${says} …\n`),
		tell(event) {
			if (event.kind === "begin" || event.kind === "context") run.began = event.at;
			progress = progressed(progress, event);
			if (event.kind === "proof" || event.kind === "result" || event.kind === "end") leaveBlock(event.at);
			if (scrolls(event, run.explained)) print(eventLines(event, { ...run, width: block().width, paint }), event.at);
			run.explained ||= event.kind === "eviction" && event.answer === "guarded";
			knowsFates ||= event.kind === "fates";
			if (event.kind === "state" && knowsFates && !isOver) isDraining = true;
		},
		frame(now) {
			if (isDraining) draw(now);
		},
		end() {
			if (hidden) write(showCursor);
			hidden = false;
		},
	};
}

/** What the block shows by itself does not scroll past as well. */
function scrolls(event: DemoEvent, explained: boolean): boolean {
	switch (event.kind) {
		case "eviction":
			return event.answer !== "accepted" && !(event.answer === "guarded" && explained);
		case "state":
		case "heartbeat":
		case "migration began":
		case "vm ended":
		case "vm started":
		case "pod left":
			return false;
		case "migration ended":
			return event.outcome !== "moved";
		default:
			return true;
	}
}
