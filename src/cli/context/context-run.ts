import type { KubeConfigPlace } from "../../adapters/kubernetes/read-kube-config.ts";
import type { SimulationClock } from "../../local/clock/simulation-clock.ts";
import type { ContextAsked } from "../arguments.ts";
import type { ContextOutcome, ToType } from "../demo-event.ts";
import type { NarratorOptions } from "../narrator.ts";
import type { Confirm } from "./confirm.ts";
import type { Typed } from "./typed.ts";

/** What a run against a cluster of the user's kubeconfig is given. */
export type ContextOptions = NarratorOptions & {
	readonly clock: SimulationClock;
	readonly asked: ContextAsked & { readonly node: string };
	readonly environment: KubeConfigPlace["environment"];
	readonly typed: Typed;
	readonly confirm: Confirm;
	/** Resolves when somebody wants to stop. */
	readonly interrupted: Promise<void>;
};

/** How a run ended, and what is told of that. */
export type ContextEnd = {
	readonly outcome: ContextOutcome;
	readonly because: readonly string[];
	readonly toType: readonly ToType[];
	readonly evictions: number;
};
