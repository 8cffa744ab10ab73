import { type Condition, conditionOf, dropConditions, isTrue, setConditions } from "../controllers/conditions.ts";
import type { Controller } from "../controllers/controller-loop.ts";
import type { Ground } from "../controllers/ground.ts";
import { graceOf, hasEnded, isDeleting, keyOfObject, nodeNameOf, phaseOf, split } from "../controllers/pods.ts";
import type { Change, KubeObject } from "../store.ts";
import { itemsAt, textAt, timestamp } from "../store-object.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import {
	activeLauncherOf,
	domainAnnotation,
	effectiveStrategy,
	enterPhase,
	evictionInProgress,
	kubevirtVersionOf,
	launchersOf,
	livingLaunchersOf,
	migrationUidLabel,
	nodeNameLabel,
	notPaused,
	unpaused,
} from "./kubevirt-objects.ts";
import { launcherPod } from "./launcher-pod.ts";
import { handOverToNode } from "./vmi-running.ts";

export const vmiFinalizers = ["kubevirt.io/virtualMachineControllerFinalize", "kubevirt.io/foregroundDeleteVirtualMachine"];

/** Between what is written on pods and what is written on the VMI. */
const statusLagMs = 70;
/** The same after a migration, when the target's readiness is still to come. */
const arrivalLagMs = 120;

/** virt-controller's view of one VMI: its launcher, its conditions, its end. */
export function vmiController(ground: Ground, behaviour: KubeVirtBehaviour): Controller {
	const { store } = ground;
	return {
		name: "vmi",
		program: "virt-controller",
		lag: 65,
		keysOf,
		reconcile: (key) => {
			const vmi = store.get("virtualmachineinstances", ...split(key));
			if (vmi === undefined) return undefined;
			if (isDeleting(vmi)) return finish(ground, vmi, behaviour);
			if (hasEnded(vmi)) return tidy(ground, vmi);
			if (phaseOf(vmi) === "" || phaseOf(vmi) === "Pending") return begin(ground, vmi);
			return syncPods(ground, vmi) ?? writeStatus(ground, vmi, behaviour);
		},
	};
}

function keysOf({ resource, object }: Change): readonly string[] {
	if (resource === "virtualmachineinstances") return [keyOfObject(object)];
	const domain = resource === "pods" ? object.metadata.annotations?.[domainAnnotation] : undefined;
	return domain === undefined ? [] : [`${object.metadata.namespace}/${domain}`];
}

function update({ store }: Ground, vmi: KubeObject, change: (draft: KubeObject) => void): void {
	store.update("virtualmachineinstances", vmi.metadata.namespace, vmi.metadata.name, change);
}

function begin(ground: Ground, vmi: KubeObject): number | undefined {
	const { store, clock, events } = ground;
	if (phaseOf(vmi) === "") {
		update(ground, vmi, (draft) => {
			draft.metadata.finalizers = [...new Set([...(draft.metadata.finalizers ?? []), ...vmiFinalizers])];
			// KubeVirt's webhook writes the cluster's default into every new VMI.
			draft.spec = { ...draft.spec, evictionStrategy: effectiveStrategy(store, draft) };
			enterPhase(draft, "Pending", clock.now());
		});
	}
	if (launchersOf(store, vmi).length > 0) {
		update(ground, vmi, (draft) => {
			enterPhase(draft, "Scheduling", clock.now());
			draft.status = { ...draft.status, ...activePods(ground, draft) };
			setReady(ground, draft);
		});
		return undefined;
	}
	const pod = store.create("pods", launcherPod(vmi, kubevirtVersionOf(store)));
	const message = `Created virtual machine pod ${pod.metadata.name}`;
	events.say(vmi, { reason: "SuccessfulCreate", message, by: "virtualmachine-controller" });
	return undefined;
}

/** Writes on the active launcher what the VMI's state asks for; if there was anything, the VMI's own turn comes after the answer. */
function syncPods(ground: Ground, vmi: KubeObject): number | undefined {
	const { store, clock } = ground;
	const active = activeLauncherOf(store, vmi);
	const nodeName = textAt(vmi, "status", "nodeName");
	if (active === undefined || nodeName === undefined || nodeNameOf(active) !== nodeName) return undefined;
	const marked = (textAt(vmi, "status", "evacuationNodeName") ?? "") === nodeName;
	const arrived = active.metadata.labels?.[migrationUidLabel] !== undefined;
	const settled =
		(active.metadata.annotations?.[evictionInProgress] === "true") === marked &&
		active.metadata.labels?.[nodeNameLabel] === nodeName &&
		isTrue(active, unpaused);
	if (settled) return undefined;
	store.update("pods", active.metadata.namespace, active.metadata.name, (draft) => {
		const { [evictionInProgress]: _, ...others } = draft.metadata.annotations ?? {};
		draft.metadata.annotations = marked ? { ...others, [evictionInProgress]: "true" } : others;
		draft.metadata.labels = { ...draft.metadata.labels, [nodeNameLabel]: nodeName };
		if (arrived && !isTrue(draft, unpaused)) {
			const moment = `${timestamp(clock.now()).replace("T", " ").replace("Z", "")} +0000 UTC`;
			draft.metadata.annotations["kubevirt.io/migration-target-ready-timestamp"] = moment;
		}
		if (!isTrue(draft, unpaused)) setConditions(draft, clock.now(), notPaused);
	});
	return arrived ? arrivalLagMs : statusLagMs;
}

function writeStatus(ground: Ground, vmi: KubeObject, behaviour: KubeVirtBehaviour): undefined {
	const { store, clock } = ground;
	const active = activeLauncherOf(store, vmi);
	update(ground, vmi, (draft) => {
		draft.status = { ...draft.status, ...activePods(ground, draft) };
		if (active === undefined && launcherIsGone(ground, vmi)) enterPhase(draft, "Failed", clock.now());
		else if (active !== undefined && phaseOf(vmi) === "Scheduling") schedule(ground, draft, active);
		setReady(ground, draft);
		const marked = (textAt(draft, "status", "evacuationNodeName") ?? "") !== "";
		if (marked && behaviour.saysEvictionRequested) setConditions(draft, clock.now(), evictionRequested);
		else dropConditions(draft, "EvictionRequested");
	});
}

const evictionRequested: Condition = {
	type: "EvictionRequested",
	status: "True",
	reason: "EvictionRequested",
	message: "VMI is marked for eviction",
};

/** A VMI whose launcher has vanished counts as failed, also when its guest, out of everybody's sight, lives on. */
function launcherIsGone({ store }: Ground, vmi: KubeObject): boolean {
	return livingLaunchersOf(store, vmi).length === 0;
}

function schedule({ clock }: Ground, draft: KubeObject, pod: KubeObject): void {
	if (isDeleting(pod)) enterPhase(draft, "Failed", clock.now());
	else if (isTrue(pod, "ContainersReady")) handOverToNode(draft, clock.now(), nodeNameOf(pod));
}

function activePods({ store }: Ground, vmi: KubeObject): { readonly activePods?: Record<string, string> | undefined } {
	const pods = launchersOf(store, vmi);
	if (pods.length === 0) return { activePods: undefined };
	return { activePods: Object.fromEntries(pods.map((pod) => [pod.metadata.uid, nodeNameOf(pod)])) };
}

function setReady({ store, clock }: Ground, draft: KubeObject): void {
	setConditions(draft, clock.now(), readyOf(draft, activeLauncherOf(store, draft)));
	const refused = livingLaunchersOf(store, draft).find((pod) => conditionOf(pod, "PodScheduled")?.status === "False");
	if (phaseOf(draft) === "Scheduling" && refused !== undefined) {
		const { status, reason, message } = conditionOf(refused, "PodScheduled") ?? { status: "False" };
		setConditions(draft, clock.now(), { type: "PodScheduled", status, reason, message });
	} else dropConditions(draft, "PodScheduled");
}

function readyOf(vmi: KubeObject, pod: KubeObject | undefined): Condition {
	const not = (reason: string, message: string): Condition => ({ type: "Ready", status: "False", reason, message });
	if (pod === undefined) return not("PodNotExists", "virt-launcher pod has not yet been scheduled");
	if (isDeleting(pod)) return not("PodTerminating", "virt-launcher pod is terminating");
	if (phaseOf(vmi) !== "Running") return not("GuestNotRunning", "Guest VM is not reported as running");
	const ready = conditionOf(pod, "Ready");
	if (ready?.status === "True") return { type: "Ready", status: "True" };
	return { type: "Ready", status: "False", reason: ready?.reason ?? "PodConditionMissing", message: ready?.message };
}

/** The VMI is to go: its launchers are stopped, and when the last one is gone, so is it. */
function finish(ground: Ground, vmi: KubeObject, behaviour: KubeVirtBehaviour): undefined {
	const { store, events } = ground;
	const pods = launchersOf(store, vmi);
	for (const pod of pods.filter((launcher) => !isDeleting(launcher))) {
		store.beginDeletion("pods", pod.metadata.namespace, pod.metadata.name, graceOf(pod));
		const message = `Deleted virtual machine pod ${pod.metadata.name}`;
		events.say(vmi, { reason: "SuccessfulDelete", message, by: "virtualmachine-controller" });
	}
	if (launchersOf(store, vmi).length === 0) {
		update(ground, vmi, dropFinalizers);
		return;
	}
	if (!hasEnded(vmi)) writeStatus(ground, vmi, behaviour);
}

const dropFinalizers = (draft: KubeObject): void => {
	const kept = itemsAt(draft.metadata, "finalizers")
		.map(String)
		.filter((name) => !vmiFinalizers.includes(name));
	if (kept.length === 0) delete draft.metadata.finalizers;
	else draft.metadata.finalizers = kept;
};

/** A VMI that has ended and is not to go: nothing holds it any more. */
function tidy(ground: Ground, vmi: KubeObject): undefined {
	if (livingLaunchersOf(ground.store, vmi).length > 0) return;
	update(ground, vmi, (draft) => {
		dropFinalizers(draft);
		draft.status = { ...draft.status, ...activePods(ground, draft) };
		setReady(ground, draft);
	});
}
