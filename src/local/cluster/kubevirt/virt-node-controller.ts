import type { Controller } from "../controllers/controller-loop.ts";
import type { Ground } from "../controllers/ground.ts";

const silentMs = 300_000;
const schedulable = "kubevirt.io/schedulable";

/**
 * A node whose virt-handler has been silent for five minutes takes no VMs any more.
 * https://github.com/kubevirt/kubevirt/tree/v1.9.0/pkg/virt-controller/watch/node
 */
export function virtNodeController({ store, clock }: Ground): Controller {
	return {
		name: "virt-node",
		program: "virt-controller",
		lag: 50,
		keysOf: ({ type, resource, object }) => (resource === "nodes" && type !== "DELETED" ? [object.metadata.name] : []),
		reconcile: (name) => {
			const node = store.get("nodes", undefined, name);
			const last = Date.parse(node?.metadata.annotations?.["kubevirt.io/heartbeat"] ?? "");
			if (node === undefined || Number.isNaN(last)) return undefined;
			const left = last + silentMs - clock.now();
			if (left > 0) return left;
			store.update("nodes", undefined, name, (draft) => {
				draft.metadata.labels = { ...draft.metadata.labels, [schedulable]: "false" };
			});
			return undefined;
		},
	};
}
