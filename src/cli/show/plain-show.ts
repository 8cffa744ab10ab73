import type { DemoEvent } from "../demo-event.ts";
import { eventLines } from "./event-lines.ts";
import { plain } from "./paint.ts";
import type { Show } from "./show.ts";

const WIDTH = 80;
/** Heartbeats that follow one another more closely are told of once; milliseconds there. */
const HEARTBEATS_APART_MS = 60_000;

/** Lines as things happen, for a log or a pipe: no colours, nothing is redrawn. */
export function plainShow(write: (text: string) => void): Show {
	let began = 0;
	let explained = false;
	let state = "";
	let heartbeatAt = Number.NEGATIVE_INFINITY;
	const isRepetition = (event: DemoEvent): boolean => {
		if (event.kind === "state") return event.state === state;
		return event.kind === "heartbeat" && event.at - heartbeatAt < HEARTBEATS_APART_MS;
	};
	return {
		start: (says) => write(`${says} …\n`),
		tell(event) {
			if (event.kind === "begin" || event.kind === "context") began = event.at;
			if (isRepetition(event)) return;
			if (event.kind === "state") state = event.state;
			if (event.kind === "heartbeat") heartbeatAt = event.at;
			const lines = eventLines(event, { width: WIDTH, paint: plain, began, explained });
			explained ||= event.kind === "eviction" && event.answer === "guarded";
			write(lines.map((line) => `${line.trimEnd()}\n`).join(""));
		},
		frame() {},
		end() {},
	};
}
