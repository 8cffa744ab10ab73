import type { AccountEvent } from "../local/aws/account.ts";
import type { DemoEvent } from "./demo-event.ts";

/** What Auto Scaling and EC2 have noted since the last call, as far as the demo tells of it. */
export function accountFollower(log: readonly AccountEvent[]): () => readonly DemoEvent[] {
	let told = 0;
	return () => {
		const news = log.slice(told);
		told = log.length;
		return news.flatMap(tellingOf);
	};
}

function tellingOf(event: AccountEvent): readonly DemoEvent[] {
	const { at } = event;
	switch (event.kind) {
		case "heartbeat":
			return [{ at, kind: "heartbeat", hook: event.hook, dueAt: event.nextDueAt }];
		case "ended":
			return [{ at, kind: "hook completed", hook: event.hook, result: `${event.result} (${event.how})` }];
		case "tagged":
			return [{ at, kind: "marked", tag: event.key, value: event.value }];
		default:
			return [];
	}
}
