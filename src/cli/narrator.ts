import { afterRealTime } from "../adapters/real-clock.ts";
import type { SimulationClock } from "../local/clock/simulation-clock.ts";
import type { DemoEvent, Telling } from "./demo-event.ts";

const FRAMES_PER_SECOND = 10;

/** Where news comes from beside what is told. */
type Sources = {
	/** What has happened since the last call. */
	readonly news?: () => readonly DemoEvent[];
	/** Begins to tell; the answers end it. */
	readonly subscribe?: (tell: (event: DemoEvent) => void) => readonly (() => void)[];
};

export type Narrator = {
	tell(telling: Telling): void;
	/** From now on tells what these have to tell, and draws frames, until it is stopped. */
	follow(sources: Sources): void;
	/** Tells what was not told yet, then this, and from then on nothing any more. */
	end(telling?: Telling): void;
};

export type NarratorOptions = {
	readonly clock: SimulationClock;
	readonly tell: (event: DemoEvent) => void;
	readonly onFrame: (now: number) => void;
};

/** Brings what several sources tell into the order in which it happened. */
export function createNarrator({ clock, tell, onFrame }: NarratorOptions): Narrator {
	let newsOf: () => readonly DemoEvent[] = () => [];
	let cancels: readonly (() => void)[] = [];
	let cancelFrame = (): void => {};
	let hasEnded = false;
	const inOrder = (event?: DemoEvent): void => {
		if (hasEnded) return;
		for (const earlier of newsOf()) tell(earlier);
		if (event) tell(event);
	};
	const frame = (): void => {
		inOrder();
		onFrame(clock.now());
		cancelFrame = afterRealTime(1000 / FRAMES_PER_SECOND, frame);
	};
	return {
		tell: (telling) => inOrder({ at: clock.now(), ...telling }),
		follow({ news = () => [], subscribe = () => [] }) {
			newsOf = news;
			cancels = subscribe(inOrder);
			frame();
		},
		end(telling) {
			inOrder(telling && { at: clock.now(), ...telling });
			hasEnded = true;
			for (const cancel of cancels) cancel();
			cancelFrame();
		},
	};
}
