import type { Ground } from "../controllers/ground.ts";
import type { Payload } from "../controllers/kubelet.ts";
import type { KubeObject } from "../store.ts";
import type { Guest, Guests } from "./guests.ts";
import { labelOf, vmiOfLauncher } from "./kubevirt-objects.ts";
import type { StopCauses } from "./stop-causes.ts";

/** How a guest came to its end: by itself in time, or killed. */
type GuestEnding = (guest: Guest, clean: boolean) => void;

/** From the guest's end to the launcher's. */
const lastWordsMs = 40;
/** A launcher without a guest. */
const emptyMs = 800;

/**
 * virt-launcher told to stop: it presses the guest's power button and kills it when the VMI's own grace is over. A pod
 * without a guest of its own (a migration's target) just ends.
 */
export function launcherPayload(ground: Ground, guests: Guests, causes: StopCauses, ended: GuestEnding): Payload {
	const { agenda, store, knobs, events } = ground;

	const graceOfVmi = (pod: KubeObject): number => {
		const grace = vmiOfLauncher(store, pod)?.spec?.terminationGracePeriodSeconds;
		return typeof grace === "number" ? grace : 30;
	};

	return {
		takes: (pod) => labelOf(pod, "kubevirt.io") === "virt-launcher",
		stop: (pod, _sandbox, graceSeconds, exited) => {
			const guest = guests.all().find(({ podUid, state }) => podUid === pod.metadata.uid && state === "running");
			if (guest === undefined) {
				agenda.after(Math.min(emptyMs, graceSeconds * 1000), () => exited(0));
				return;
			}
			guest.state = "shutting down";
			const vmi = vmiOfLauncher(store, pod);
			if (vmi !== undefined) {
				events.say(vmi, { reason: "ShuttingDown", message: "Signaled Graceful Shutdown", by: "virt-handler" });
			}
			const settings = knobs.of(vmi ?? pod);
			const patience = Math.min(graceOfVmi(pod), graceSeconds);
			const needs = settings.ignoresAcpi === true ? Number.POSITIVE_INFINITY : (settings.shutdownSeconds ?? 3);
			agenda.after(Math.min(needs, patience) * 1000, () => {
				if (guest.state === "ended") return;
				// Only now: who asked for it may become known a moment after the order to stop.
				const { cause, by } = causes.of(pod);
				guests.end(guest, cause, by);
				ended(guest, needs <= patience);
				agenda.after(lastWordsMs, () => exited(0));
			});
		},
	};
}
