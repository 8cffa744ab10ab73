import { timestamp } from "../store-object.ts";
import type { Ground } from "./ground.ts";

const everyMs = 60_000;

/** virt-handler writes the time on its Node once a minute, and that VMs may come: what is silent for long counts as dead. */
export function beat(ground: Ground): void {
	const { agenda, machines, store, clock } = ground;
	agenda.after(everyMs, () => {
		for (const machine of machines.all()) {
			if (!machine.connected || machines.serving(machine.nodeName) !== machine) continue;
			store.update("nodes", undefined, machine.nodeName, (draft) => {
				draft.metadata.labels = { ...draft.metadata.labels, "kubevirt.io/schedulable": "true" };
				draft.metadata.annotations = { ...draft.metadata.annotations, "kubevirt.io/heartbeat": timestamp(clock.now()) };
			});
		}
		beat(ground);
	});
}
