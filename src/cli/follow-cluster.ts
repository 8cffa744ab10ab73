import type { SimulationClock } from "../local/clock/simulation-clock.ts";
import type { SimulatedCluster } from "../local/cluster/simulated-cluster.ts";
import type { TruthEvent } from "../local/cluster/truth.ts";
import type { DemoEvent } from "./demo-event.ts";
import { nodesOf } from "./demo-ground.ts";

/** Tells what really happens to guests, and which pods leave the node, whatever Evacuator has seen of it. The answers end it. */
export function followCluster(
	cluster: SimulatedCluster,
	node: string,
	clock: Pick<SimulationClock, "now">,
	tell: (event: DemoEvent) => void,
): readonly (() => void)[] {
	const nodes = new Map(nodesOf(cluster).map(({ instanceId, name }) => [instanceId, name]));
	const nodeOf = (instanceId: string): string => nodes.get(instanceId) ?? instanceId;
	return [
		cluster.truth.subscribe((event) => {
			const telling = tellingOf(event, nodeOf);
			if (telling) tell(telling);
		}),
		cluster.store.subscribe(({ type, resource, object: { metadata, spec } }) => {
			if (type !== "DELETED" || resource !== "pods" || spec?.nodeName !== node) return;
			if (metadata.labels?.["kubevirt.io"] === "virt-launcher") return;
			tell({ at: clock.now(), kind: "pod left", pod: `${metadata.namespace}/${metadata.name}` });
		}),
	];
}

function tellingOf(event: TruthEvent, nodeOf: (instanceId: string) => string): DemoEvent | undefined {
	const { at, namespace, name } = event;
	const vm = `${namespace}/${name}`;
	switch (event.kind) {
		case "started":
			return { at, kind: "vm started", vm, on: nodeOf(event.instanceId) };
		case "ended":
			return { at, kind: "vm ended", vm, on: nodeOf(event.instanceId), cause: event.cause };
		case "migration began":
		case "migration ended": {
			const ends = { vm, from: nodeOf(event.sourceInstance), to: nodeOf(event.targetInstance) };
			if (event.kind === "migration began") return { at, kind: "migration began", ...ends };
			return { at, kind: "migration ended", ...ends, outcome: event.outcome };
		}
		default:
			return undefined;
	}
}

/** KubeVirt names a launcher's VMI in an annotation. */
export function vmOfPodIn({ store }: SimulatedCluster): (pod: string) => string | undefined {
	return (pod) => {
		const [namespace = "", name = ""] = pod.split("/");
		const domain = store.get("pods", namespace, name)?.metadata.annotations?.["kubevirt.io/domain"];
		return domain === undefined ? undefined : `${namespace}/${domain}`;
	};
}
