import type { SimulationClock } from "../../clock/simulation-clock.ts";
import type { ObjectStore } from "../store.ts";
import type { Agenda } from "./agenda.ts";
import type { ControllerLoop } from "./controller-loop.ts";
import type { EventRecorder } from "./event-recorder.ts";
import type { Knobs } from "./knobs.ts";
import type { Machines } from "./machines.ts";

/** What every program of the simulated cluster stands on. */
export type Ground = {
	readonly clock: SimulationClock;
	readonly store: ObjectStore;
	readonly agenda: Agenda;
	readonly loop: ControllerLoop;
	readonly machines: Machines;
	readonly events: EventRecorder;
	readonly knobs: Knobs;
};
