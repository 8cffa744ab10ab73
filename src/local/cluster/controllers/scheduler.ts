import type { Change, KubeObject } from "../store.ts";
import { conditionOf, setConditions } from "./conditions.ts";
import type { Controller } from "./controller-loop.ts";
import type { Ground } from "./ground.ts";
import { matchesAllRepulsions, type Room, refusalMessage, refusals, score } from "./placement.ts";
import { hasEnded, isDeleting, keyOfObject, nodeNameOf, split } from "./pods.ts";
import { requestsOf, sumOf } from "./quantities.ts";

/**
 * Whatever was refused is looked at again after so long, whether anything has happened or not.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/scheduler/backend/queue/scheduling_queue.go
 */
const leftoverMs = 300_000;

/** Binds pods to nodes. A choice holds room from the moment it is made, and is not looked at again before it is bound. */
export function scheduler(ground: Ground): Controller {
	const { store, knobs } = ground;
	/** Chosen, not yet bound: pod uid to node. */
	const assumed = new Map<string, { readonly node: string; readonly pod: KubeObject }>();
	const firstSeen = new Map<string, number>();

	const roomOf = (node: KubeObject): Room => {
		const { name } = node.metadata;
		const coming = [...assumed.values()].filter((choice) => choice.node === name).map(({ pod }) => pod);
		const pods = [...store.podsOn(name).filter((pod) => !hasEnded(pod)), ...coming];
		return { node, pods, used: sumOf(pods.map(requestsOf)) };
	};

	const refuse = (pod: KubeObject, message: string): void => {
		if (conditionOf(pod, "PodScheduled")?.message === message) return;
		update(ground, pod, (draft) =>
			setConditions(draft, ground.clock.now(), {
				type: "PodScheduled",
				status: "False",
				reason: "Unschedulable",
				message,
			}),
		);
		ground.events.say(pod, { reason: "FailedScheduling", message, type: "Warning", by: "default-scheduler" });
	};

	const thinks = (uid: string): number => {
		const since = firstSeen.get(uid) ?? ground.clock.now();
		firstSeen.set(uid, since);
		return since + knobs.schedulerSeconds * 1000 - ground.clock.now();
	};

	const reconcile = (key: string): number | undefined => {
		const pod = store.get("pods", ...split(key));
		if (pod === undefined || nodeNameOf(pod) !== "" || hasEnded(pod) || isDeleting(pod)) return undefined;
		if (assumed.has(pod.metadata.uid)) return undefined;
		const wait = thinks(pod.metadata.uid);
		if (wait > 0) return wait;
		const rooms = store.list("nodes").map(roomOf);
		const answers = rooms.map((room) => refusals(pod, room));
		const best = choose(
			pod,
			rooms.filter((_, index) => answers[index]?.length === 0),
		);
		if (best === undefined) {
			refuse(pod, refusalMessage(answers));
			return leftoverMs;
		}
		firstSeen.delete(pod.metadata.uid);
		assumed.set(pod.metadata.uid, { node: best, pod });
		ground.agenda.after((knobs.of(pod).bindingSeconds ?? 0) * 1000, () => {
			assumed.delete(pod.metadata.uid);
			bind(ground, pod, best);
		});
		return undefined;
	};

	return { name: "scheduler", program: "kube-scheduler", lag: 20, keysOf: (change) => keysOf(ground, change), reconcile };
}

function keysOf({ store }: Ground, { resource, type, object, previous }: Change): readonly string[] {
	if (resource === "pods" && type === "ADDED" && nodeNameOf(object) === "") return [keyOfObject(object)];
	const freesRoom =
		resource === "pods" &&
		nodeNameOf(object) !== "" &&
		(type === "DELETED" || (hasEnded(object) && previous !== undefined && !hasEnded(previous)));
	const nodeChanged =
		resource === "nodes" &&
		(previous === undefined ||
			object.spec !== previous.spec ||
			object.metadata.labels !== previous.metadata.labels ||
			object.status?.allocatable !== previous.status?.allocatable);
	const waiting = freesRoom || nodeChanged ? store.podsOn("") : [];
	return waiting.filter((pod) => nodeChanged || mayFitWithout(pod, object)).map(keyOfObject);
}

/**
 * Whether the scheduler thinks that a refused pod may fit when this one has gone. Where anti-affinity alone refused it, the
 * one that goes must match all its terms, not any: a migration's target, to which KubeVirt adds a term of its own, is not
 * looked at again when a neighbour leaves.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/scheduler/framework/plugins/interpodaffinity/plugin.go#L223
 */
function mayFitWithout(refused: KubeObject, gone: KubeObject): boolean {
	const message = conditionOf(refused, "PodScheduled")?.message ?? "";
	const repelledOnly = message.includes("anti-affinity") && !/Insufficient|Too many pods/.test(message);
	return !repelledOnly || matchesAllRepulsions(refused, gone);
}

function choose(pod: KubeObject, rooms: readonly Room[]): string | undefined {
	let best: { readonly name: string; readonly points: number } | undefined;
	for (const room of rooms) {
		const points = score(pod, room);
		if (best === undefined || points > best.points) best = { name: room.node.metadata.name, points };
	}
	return best?.name;
}

function bind(ground: Ground, chosenFor: KubeObject, nodeName: string): void {
	const { store, clock, events } = ground;
	const { namespace, name, uid } = chosenFor.metadata;
	const pod = store.get("pods", namespace, name);
	const node = store.get("nodes", undefined, nodeName);
	if (pod?.metadata.uid !== uid || isDeleting(pod) || node === undefined) return;
	update(ground, pod, (draft) => {
		draft.spec = { ...draft.spec, nodeName };
		draft.metadata.labels = { ...draft.metadata.labels, ...topologyOf(node) };
		setConditions(draft, clock.now(), { type: "PodScheduled", status: "True", reason: undefined, message: undefined });
	});
	const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
	events.say(pod, { reason: "Scheduled", message, by: "default-scheduler" });
}

/** Since 1.35 the binding copies them. https://github.com/kubernetes/enhancements/issues/4742 */
function topologyOf(node: KubeObject): Record<string, string> {
	const copied = Object.entries(node.metadata.labels ?? {}).filter(
		([key]) => key === "topology.kubernetes.io/zone" || key === "topology.kubernetes.io/region",
	);
	return Object.fromEntries(copied);
}

function update({ store }: Ground, pod: KubeObject, change: (draft: KubeObject) => void): void {
	store.update("pods", pod.metadata.namespace, pod.metadata.name, change);
}
