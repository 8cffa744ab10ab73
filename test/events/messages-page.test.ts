import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { readMessage } from "../../src/events/read-message.ts";
import type { Queue } from "../../src/events/reading.ts";

const page = readFileSync(new URL("../../docs/messages.md", import.meta.url), "utf8");

type Sample = { readonly queue: Queue; readonly kind: string; readonly body: string };

/** Every block of the page, with the sentence before it that says what it reads as. */
const samples: readonly Sample[] = [
	...page.matchAll(/On `(events|orders)`\sthis\sreads\sas\s`([a-z ]+)`:\n\n```(?:json|text)\n(.*?)\n```/gs),
].map(([, queue, kind = "", body = ""]) => ({ queue: queue === "orders" ? "orders" : "events", kind, body }));

describe("the page of messages", () => {
	it.each(samples)("shows what reads as $kind on $queue", ({ queue, kind, body }) => {
		expect(readMessage({ body, queue, messageId: "m-1" })).toMatchObject({ kind });
	});

	it("says of every block what it reads as, and has one for every kind of reading", () => {
		expect(samples).toHaveLength([...page.matchAll(/^```(?:json|text)$/gm)].length);
		expect(new Set(samples.map(({ kind }) => kind))).toEqual(
			new Set([...page.matchAll(/^\| `([a-z ]+)` +\|/gm)].map(([, kind]) => kind).slice(0, 8)),
		);
	});
});
