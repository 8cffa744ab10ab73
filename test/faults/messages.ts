import { account } from "../../src/local/arns.ts";
import type { AccountEvent } from "../../src/local/aws/account.ts";
import { eventBridgeMessage } from "../../src/local/aws/lifecycle-messages.ts";
import type { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import type { Plan } from "./plan.ts";
import { LEAVING } from "./stage.ts";
import type { Strikes } from "./strikes.ts";

type QueueOfMessages = "events" | "orders";
type Waiting = AccountEvent & { readonly kind: "waiting" };

/** A message that a queue has taken. */
export type Sent = { readonly messageId: string; readonly body: string };

export const GROUP = "workers";
const SECOND = 1_000;
const DAY = 86_400 * SECOND;

/** Everything that is put on the queues: by AWS, at once or late, once or again, and by operators. */
export class Messages {
	readonly posted: { readonly queue: QueueOfMessages; readonly body: string }[] = [];
	/** When the events of hooks were put on their queue. Epoch milliseconds. */
	readonly hooksToldAt: number[] = [];
	readonly sent: Sent[] = [];
	readonly #untold: string[] = [];
	readonly #plan: Plan;
	readonly #clock: VirtualClock;
	readonly #strikes: Strikes;
	readonly #ground: () => EmbeddedGround;
	readonly #broken: (fault: unknown) => void;

	constructor(options: {
		readonly plan: Plan;
		readonly clock: VirtualClock;
		readonly strikes: Strikes;
		readonly ground: () => EmbeddedGround;
		readonly broken: (fault: unknown) => void;
	}) {
		this.#plan = options.plan;
		this.#clock = options.clock;
		this.#strikes = options.strikes;
		this.#ground = options.ground;
		this.#broken = options.broken;
	}

	post(queue: QueueOfMessages, body: string): void {
		this.posted.push({ queue, body });
		const send = async () => void this.sent.push({ messageId: await this.#ground().queues.send(queue, body), body });
		this.#clock.thread(send).catch(this.#broken);
	}

	/** The order to drain with which a world may begin. */
	order(): void {
		const issuedAt = new Date(this.#clock.now()).toISOString();
		const order = { kind: "drain", version: 1, requestId: "CHG-begin", instanceId: LEAVING, reason: "new kernel", issuedAt };
		this.post("orders", JSON.stringify(order));
	}

	/** The event of a hook that nobody has been told of, from now on told. */
	untold(): string | undefined {
		const event = this.#untold.shift();
		if (event !== undefined) this.hooksToldAt.push(this.#clock.now());
		return event;
	}

	/** An action waits; whom it waits for is told, at once or late. */
	tellOf({ hook: name, instanceId, token, at }: Waiting): void {
		const { secondHook, hookSeconds, defaultResult } = this.#plan.world;
		const hook = { name, heartbeatTimeoutSeconds: hookSeconds, defaultResult, tells: [] };
		const body = eventBridgeMessage({ account, region: "eu-west-1", group: GROUP, instanceId, hook, token, at });
		if (name === "second" && secondHook === "late") {
			this.#untold.push(body);
			this.#clock.at((hookSeconds / 4) * SECOND, () => this.#tellAtLast());
		} else this.#tell(name, body, hookSeconds / 4);
	}

	/** All of them come again, a day later. */
	redriveLater(): number {
		const fault = this.#plan.faults.find(({ kind }) => kind === "message redriven a day later");
		if (!fault) return 0;
		this.#clock.at(DAY, () => {
			this.#strikes.note(fault);
			for (const { queue, body } of [...this.posted]) this.post(queue, body);
		});
		return this.#clock.now() + DAY + 300 * SECOND;
	}

	#tell(hook: string, body: string, latestSeconds: number): void {
		const late = this.#plan.faults.find(({ kind }) => kind === "message reordered");
		if (!late || hook === "second") {
			this.#postHook(body);
			return;
		}
		this.#strikes.note(late);
		this.#clock.at(Math.min(late.seconds, latestSeconds) * SECOND, () => this.#postHook(body));
	}

	/** However late an event is, it comes: a hook that nobody was ever told of is nobody's to answer. */
	#tellAtLast(): void {
		const body = this.#untold.shift();
		if (body === undefined) return;
		const fault = this.#plan.faults.find(({ kind }) => kind === "second hook token");
		if (fault) this.#strikes.note(fault);
		this.#postHook(body);
	}

	#postHook(body: string): void {
		this.hooksToldAt.push(this.#clock.now());
		this.post("events", body);
	}
}
