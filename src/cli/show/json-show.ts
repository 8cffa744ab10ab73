import type { DemoEvent } from "../demo-event.ts";
import type { Show } from "./show.ts";

/** One JSON object per line; instants in ISO 8601. */
export function jsonShow(write: (text: string) => void): Show {
	return {
		start() {},
		tell: (event) => write(`${JSON.stringify(withInstants(event))}\n`),
		frame() {},
		end() {},
	};
}

const iso = (ms: number): string => new Date(ms).toISOString();

const withInstants = (event: DemoEvent): object => ({
	...event,
	at: iso(event.at),
	...("dueAt" in event && { dueAt: iso(event.dueAt) }),
});
