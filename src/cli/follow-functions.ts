import * as z from "zod";
import type { Telling } from "./demo-event.ts";

const lineSchema = z.discriminatedUnion("event", [
	z.object({ event: z.literal("message"), outcome: z.string(), why: z.string() }),
	z.object({ event: z.literal("eviction"), pod: z.string(), answer: z.string(), says: z.string() }),
	z.object({ event: z.literal("trouble"), kind: z.string(), about: z.string(), says: z.string() }),
	z.object({ event: z.literal("heartbeat failed"), why: z.string() }),
	z.object({ event: z.literal("step failed"), step: z.string(), message: z.string() }),
	z.object({ event: z.literal("not safe yet"), why: z.string() }),
	z.object({ event: z.literal("announcement failed"), why: z.string() }),
]);

/** The VM (`namespace/name`) that a pod (the same) carries, if it is a launcher. */
export type VmOfPod = (pod: string) => string | undefined;

/** What a log line of a function means to somebody who watches; undefined for lines that say nothing new. */
export function tellingOfLine(line: Readonly<Record<string, unknown>>, vmOf: VmOfPod): Telling | undefined {
	const read = lineSchema.safeParse(line);
	if (!read.success) return undefined;
	const { data } = read;
	switch (data.event) {
		case "message":
			return { kind: "received", outcome: data.outcome, why: data.why };
		case "eviction": {
			const vm = vmOf(data.pod);
			return { kind: "eviction", pod: data.pod, ...(vm && { vm }), answer: data.answer, says: data.says };
		}
		case "trouble":
			return { kind: "trouble", trouble: data.kind, about: data.about, says: data.says };
		case "heartbeat failed":
			return { kind: "note", says: `A heartbeat failed: ${data.why}` };
		case "step failed":
			return { kind: "note", says: `The step ${data.step} failed: ${data.message}` };
		case "not safe yet":
			return { kind: "note", says: `Release looked and did not let go: ${data.why}` };
		case "announcement failed":
			return { kind: "note", says: `No Event could be written on the Node: ${data.why}` };
		default:
			return data satisfies never;
	}
}
