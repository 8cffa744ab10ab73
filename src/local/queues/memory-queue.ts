import type { StoredMessage } from "./sqs-server.ts";

type Message = StoredMessage & { readonly id: string; readonly sentAt: number };
type Held = Message & { receives: number; firstReceivedAt: number; receipt: string; inFlight: boolean };

/** Where a message goes that was received too often. */
type Redrive = { readonly dead: MemoryQueue; readonly maxReceiveCount: number };

/** One standard queue. Messages are handed out in the order in which they became visible. */
export class MemoryQueue {
	#messages: Held[] = [];
	readonly #redrive: Redrive | undefined;

	constructor(redrive: Redrive | undefined) {
		this.#redrive = redrive;
	}

	add(message: Message): void {
		this.#messages.push({ ...message, receives: 0, firstReceivedAt: 0, receipt: "", inFlight: false });
	}

	receive(atMost: number, now: number): readonly Held[] {
		const handed: Held[] = [];
		for (const message of this.#messages.filter(({ inFlight }) => !inFlight)) {
			if (handed.length === atMost) break;
			if (this.#redrive && message.receives >= this.#redrive.maxReceiveCount) {
				this.#take(message);
				this.#redrive.dead.add(message);
				continue;
			}
			message.receives += 1;
			if (message.receives === 1) message.firstReceivedAt = now;
			message.receipt = `${message.id}-${message.receives}`;
			message.inFlight = true;
			handed.push({ ...message });
		}
		return handed;
	}

	/** An old receipt deletes nothing any more. */
	delete(receipt: string): void {
		const message = this.#held(receipt);
		if (message) this.#take(message);
	}

	/** Makes a message that is in flight visible again, behind those that are. */
	show(receipt: string): void {
		const message = this.#held(receipt);
		if (!message) return;
		this.#take(message);
		message.inFlight = false;
		this.#messages.push(message);
	}

	inspect(): { readonly ready: readonly StoredMessage[]; readonly inFlight: readonly StoredMessage[] } {
		const kept = (inFlight: boolean) =>
			this.#messages.filter((message) => message.inFlight === inFlight).map(({ body, attributes }) => ({ body, attributes }));
		return { ready: kept(false), inFlight: kept(true) };
	}

	#held(receipt: string): Held | undefined {
		return this.#messages.find((message) => message.inFlight && message.receipt === receipt);
	}

	#take(message: Held): void {
		this.#messages = this.#messages.filter((other) => other !== message);
	}
}
