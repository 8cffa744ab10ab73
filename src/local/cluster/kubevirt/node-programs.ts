import type { Ground } from "../controllers/ground.ts";
import { Kubelet } from "../controllers/kubelet.ts";
import type { AddressOf } from "../controllers/pod-status.ts";
import { Guests } from "./guests.ts";
import { launcherPayload } from "./launcher-payload.ts";
import { StopCauses } from "./stop-causes.ts";
import { VirtHandler } from "./virt-handler.ts";

/** What acts on the nodes of a cluster. The same code stands in for it where the control plane is real. */
export type NodePrograms = {
	readonly guests: Guests;
	readonly causes: StopCauses;
	readonly kubelet: Kubelet;
	readonly handler: VirtHandler;
};

/** Kubelets, virt-handlers and guests over these objects; their controllers are still to be added to the loop. */
export function nodePrograms(ground: Ground, addressOf?: AddressOf): NodePrograms {
	const guests = new Guests();
	const causes = new StopCauses(ground.store);
	const handler: VirtHandler = new VirtHandler(ground, guests, () => kubelet);
	const payload = launcherPayload(ground, guests, causes, (guest, clean) => handler.ended(guest, clean));
	const kubelet: Kubelet = new Kubelet(ground, [payload], addressOf);
	return { guests, causes, kubelet, handler };
}
