import type { Binaries } from "./binaries/parts.ts";
import type { Plane } from "./plane/plane.ts";

type Common = {
	/** Of the plane: made anew, and removed with it. */
	readonly folder: string;
	/** Kept when something fails. */
	readonly logs: string;
	readonly binaries: Binaries;
	readonly versions: Plane["versions"];
};

/** The scenarios that one control plane plays. */
type SuiteTask = {
	/** This control plane plays every `of`-th scenario, beginning with `index`. */
	readonly lane: { readonly index: number; readonly of: number };
	/** Text that a scenario's name contains. */
	readonly only?: string;
	/** Whether `kubectl drain` empties the same nodes as well, where it can. */
	readonly audit: boolean;
	/** Lines are JSON objects. */
	readonly json: boolean;
};

/** What the suite is given inside its enclosure; `tell` prints a line. */
export type SuiteOptions = Common &
	SuiteTask & {
		readonly tell: (line: string) => void;
		/** How many scenarios of this lane passed, failed, or do not apply to this version of KubeVirt. */
		readonly count: (tally: Tally) => void;
	};

export type Tally = { readonly passed: number; readonly failed: number; readonly inapplicable: number };

/** What one control plane is brought up for, and with what. */
export type Task = Common & {
	readonly ground: "namespace" | "loopback";
	readonly work: ({ readonly kind: "test" } & SuiteTask) | { readonly kind: "up"; readonly socket: string };
};
