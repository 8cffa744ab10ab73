import { createHash } from "node:crypto";
import type { SimulationClock } from "../clock/simulation-clock.ts";

type Entry = { readonly id: string; readonly sentAt: number; firstReceivedAt?: number };

/** What ReceiveMessage answers, as far as it is changed here. */
export type ReceivedMessage = { MessageId: string; Attributes?: Record<string, string> };

/**
 * The emulator draws message ids at random and stamps them with real time. Here the n-th message of a run has the n-th
 * id and the clock's time, whoever sends or receives it.
 */
export class MessageLedger {
	readonly #clock: SimulationClock;
	readonly #entries = new Map<string, Entry>();

	constructor(clock: SimulationClock) {
		this.#clock = clock;
	}

	/** The id to answer for a message that the emulator has just taken in. */
	sent(drawn: string): string {
		const hex = createHash("sha256").update(`message ${this.#entries.size}`).digest("hex");
		const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
		this.#entries.set(drawn, { id, sentAt: this.#clock.now() });
		return id;
	}

	received(message: ReceivedMessage): ReceivedMessage {
		const entry = this.#entries.get(message.MessageId);
		if (!entry) return message;
		entry.firstReceivedAt ??= this.#clock.now();
		const { Attributes } = message;
		if (!Attributes) return { ...message, MessageId: entry.id };
		const stamps = { SentTimestamp: entry.sentAt, ApproximateFirstReceiveTimestamp: entry.firstReceivedAt };
		const ours = Object.entries(stamps).filter(([name]) => name in Attributes);
		const stamped = Object.fromEntries(ours.map(([name, at]) => [name, String(at)]));
		return { ...message, MessageId: entry.id, Attributes: { ...Attributes, ...stamped } };
	}
}
