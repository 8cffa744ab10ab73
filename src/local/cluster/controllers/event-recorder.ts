import type { SimulationClock } from "../../clock/simulation-clock.ts";
import type { KubeObject, ObjectStore } from "../store.ts";
import { timestamp } from "../store-object.ts";

type Said = { readonly reason: string; readonly message: string; readonly type?: "Normal" | "Warning"; readonly by: string };

/** Writes Kubernetes Events; the same words about the same object raise the count of the one that is there. */
export class EventRecorder {
	readonly #store: ObjectStore;
	readonly #clock: SimulationClock;
	readonly #known = new Map<string, string>();
	#number: number;

	/** Names end in this number and the ones after it: another recorder in the same cluster needs others. */
	constructor(store: ObjectStore, clock: SimulationClock, number = 0x18ea54c06009) {
		this.#store = store;
		this.#clock = clock;
		this.#number = number;
	}

	say(about: KubeObject, { reason, message, type = "Normal", by }: Said): void {
		const { namespace = "default", name, uid } = about.metadata;
		const now = timestamp(this.#clock.now());
		const words = `${about.kind} ${uid} ${reason} ${message}`;
		const known = this.#known.get(words);
		if (known !== undefined && this.#store.get("events", namespace, known) !== undefined) {
			this.#store.update("events", namespace, known, (draft) => {
				draft.count = Number(draft.count) + 1;
				draft.lastTimestamp = now;
			});
			return;
		}
		const eventName = `${name}.${(++this.#number).toString(16)}`;
		this.#known.set(words, eventName);
		this.#store.create("events", {
			apiVersion: "v1",
			kind: "Event",
			metadata: { name: eventName, namespace },
			involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace: about.metadata.namespace, uid },
			reason,
			message,
			type,
			count: 1,
			firstTimestamp: now,
			lastTimestamp: now,
			eventTime: null,
			source: { component: by },
			reportingComponent: by,
			reportingInstance: "",
		});
	}
}
