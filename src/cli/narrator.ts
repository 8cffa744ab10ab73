import { afterRealTime } from "../adapters/real-clock.ts";
import type { SimulationClock } from "../local/clock/simulation-clock.ts";
import type { DemoEvent, Telling } from "./demo-event.ts";
import type { DemoGround } from "./demo-ground.ts";
import { accountFollower } from "./follow-account.ts";
import { followCluster } from "./follow-cluster.ts";

const FRAMES_PER_SECOND = 10;

export type Narrator = {
	tell(telling: Telling): void;
	/** From now on tells what the cluster and the account do, and draws frames, until it is stopped. */
	follow(ground: DemoGround): void;
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
	let accountNews: () => readonly DemoEvent[] = () => [];
	let cancels: readonly (() => void)[] = [];
	let cancelFrame = (): void => {};
	let hasEnded = false;
	const inOrder = (event?: DemoEvent): void => {
		if (hasEnded) return;
		for (const earlier of accountNews()) tell(earlier);
		if (event) tell(event);
	};
	const frame = (): void => {
		inOrder();
		onFrame(clock.now());
		cancelFrame = afterRealTime(1000 / FRAMES_PER_SECOND, frame);
	};
	return {
		tell: (telling) => inOrder({ at: clock.now(), ...telling }),
		follow({ cluster, leaving, aws }) {
			accountNews = accountFollower(aws.log);
			cancels = followCluster(cluster, leaving.node, clock, inOrder);
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
