import type { DemoEvent } from "../demo-event.ts";

/** How a run is shown. */
export type Show = {
	/** Before anything runs, with what takes the moment until then. */
	start(says: string): void;
	tell(event: DemoEvent): void;
	/** `now`: epoch milliseconds by the demo's clock. */
	frame(now: number): void;
	/** Leaves the terminal as it was; harmless when called twice. */
	end(): void;
};
