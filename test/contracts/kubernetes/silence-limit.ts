import { type Send, WatchSilent } from "../../../src/adapters/kubernetes/send.ts";
import type { SimulationClock } from "../../../src/local/clock/simulation-clock.ts";

/** What the transport does over sockets, in the clock's time: a watch on which nothing comes for so long breaks off. */
export function withSilenceLimit(send: Send, clock: SimulationClock, ms: number): Send {
	return async (request) => {
		const response = await send(request);
		const isWatch = new URL(request.url).searchParams.has("watch") && response.status === 200;
		return isWatch && response.body ? new Response(limited(response.body, clock, ms), response) : response;
	};
}

function limited(body: ReadableStream<Uint8Array>, clock: SimulationClock, ms: number): ReadableStream<Uint8Array> {
	const reader = body.getReader();
	let cancel = () => {};
	const arm = (controller: ReadableStreamDefaultController<Uint8Array>) => {
		cancel = clock.at(ms, () => {
			controller.error(new WatchSilent(`silent for ${ms} ms`));
			void reader.cancel();
		});
	};
	return new ReadableStream({
		start: arm,
		async pull(controller) {
			const { done, value } = await reader.read();
			cancel();
			if (value) controller.enqueue(value);
			if (done) return closeUnlessBroken(controller);
			arm(controller);
		},
		cancel(reason) {
			cancel();
			return reader.cancel(reason);
		},
	});
}

/** Cancelling the reader ends its last read, when the stream has broken off already. */
function closeUnlessBroken(controller: ReadableStreamDefaultController<Uint8Array>): void {
	if (controller.desiredSize !== null) controller.close();
}
