import type { KubeObject } from "../store.ts";
import { itemsAt, textAt, timestamp } from "../store-object.ts";
import { isTrue, setConditions } from "./conditions.ts";
import type { Machine } from "./machines.ts";

const digestOf = (text: string): string => {
	let hash = 0x811c9dc5;
	for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
	return hash.toString(16).padStart(8, "0").repeat(8);
};

/** By digest: without one virt-controller cannot render the target pod of a VM that has a containerDisk. */
function imageIdOf(image: string): string {
	if (image.includes("@sha256:")) return image;
	const tag = image.lastIndexOf(":");
	const repository = tag > image.lastIndexOf("/") ? image.slice(0, tag) : image;
	return `${repository}@sha256:${digestOf(image)}`;
}

function statusOf(container: unknown, pod: KubeObject, state: Record<string, unknown>, ready: boolean): Record<string, unknown> {
	const name = textAt(container, "name") ?? "";
	const image = textAt(container, "image") ?? name;
	return {
		name,
		image,
		imageID: imageIdOf(image),
		containerID: `containerd://${pod.metadata.uid.replaceAll("-", "")}${name}`,
		ready,
		started: ready,
		restartCount: 0,
		lastState: {},
		state,
	};
}

const completed = (now: number) => ({
	terminated: { exitCode: 0, reason: "Completed", startedAt: timestamp(now), finishedAt: timestamp(now) },
});

/** Of the init containers, those that are restarted run beside the others (sidecars); the rest have completed. */
function initStatuses(pod: KubeObject, now: number, running?: Record<string, unknown>): Record<string, unknown> {
	const containers = itemsAt(pod, "spec", "initContainers");
	if (containers.length === 0) return {};
	const statuses = containers.map((container) => {
		const runs = running !== undefined && textAt(container, "restartPolicy") === "Always";
		return { ...statusOf(container, pod, runs ? running : completed(now), true), started: runs };
	});
	return { initContainerStatuses: statuses };
}

/** The address of a pod. */
export type AddressOf = (pod: KubeObject) => string;

/** An address within 10.244/16 that depends on the pod alone. */
export function podAddress(pod: KubeObject): string {
	const digits = Number.parseInt(pod.metadata.uid.slice(0, 4), 16);
	return `10.244.${digits >> 8}.${digits & 0xff || 1}`;
}

/** On a draft: Pending becomes Running; Ready as far as the readiness gates allow. */
export function containersRunning(draft: KubeObject, now: number, machine: Machine, address = podAddress(draft)): void {
	const running = { running: { startedAt: timestamp(now) } };
	draft.status = {
		...draft.status,
		phase: "Running",
		hostIP: machine.address,
		hostIPs: [{ ip: machine.address }],
		podIP: address,
		podIPs: [{ ip: address }],
		startTime: timestamp(now),
		...initStatuses(draft, now, running),
		containerStatuses: itemsAt(draft, "spec", "containers").map((container) => statusOf(container, draft, running, true)),
	};
	const open = itemsAt(draft, "spec", "readinessGates").every((gate) => isTrue(draft, textAt(gate, "conditionType") ?? ""));
	setConditions(
		draft,
		now,
		{ type: "PodReadyToStartContainers", status: "True" },
		{ type: "Initialized", status: "True" },
		open ? { type: "Ready", status: "True" } : { type: "Ready", status: "False", reason: "ReadinessGatesNotReady" },
		{ type: "ContainersReady", status: "True" },
	);
}

/** On a draft: the containers have ended. Pods that are never restarted and pods that are being deleted come here. */
export function containersDone(draft: KubeObject, now: number, exitCode: number): void {
	const reason = exitCode === 0 ? "Completed" : "Error";
	const terminated = { terminated: { exitCode, reason, finishedAt: timestamp(now) } };
	const done = { reason: exitCode === 0 ? "PodCompleted" : "PodFailed", status: "False" };
	draft.status = {
		...draft.status,
		phase: exitCode === 0 ? "Succeeded" : "Failed",
		...initStatuses(draft, now),
		containerStatuses: itemsAt(draft, "spec", "containers").map((container) => statusOf(container, draft, terminated, false)),
	};
	setConditions(
		draft,
		now,
		{ type: "PodReadyToStartContainers", status: "False" },
		{ type: "Ready", ...done },
		{ type: "ContainersReady", ...done },
	);
}
