import { conditionsOf } from "../../../src/local/cluster/controllers/conditions.ts";
import type { KubeObject, Store } from "../../../src/local/cluster/store.ts";
import { type Fields, fieldsAt, isFields, textAt } from "../../../src/local/cluster/store-object.ts";
import type { Picture } from "./recording.ts";

const namespace = "x";

/** What the recorder would see of this VM in this cluster now, in the recorder's own short form. */
export function pictureOf(store: Store, vm: string): Picture {
	const found = store.get("virtualmachines", namespace, vm);
	const vmi = store.get("virtualmachineinstances", namespace, vm);
	const vmims = store
		.inNamespace("virtualmachineinstancemigrations", namespace)
		.filter((vmim) => textAt(vmim, "spec", "vmiName") === vm);
	const pods = store.inNamespace("pods", namespace).filter(({ metadata }) => metadata.annotations?.["kubevirt.io/domain"] === vm);
	return {
		vm: found === undefined ? null : vmSeen(found),
		vmi: vmi === undefined ? null : vmiSeen(vmi),
		vmims: vmims.map(vmimSeen),
		pods: pods.map(podSeen),
	};
}

const conds = (object: KubeObject): string[] =>
	conditionsOf(object).map(({ type, status, reason }) => `${type}=${status}${reason === undefined ? "" : `:${reason}`}`);

function vmSeen(vm: KubeObject): NonNullable<Picture["vm"]> {
	const { printableStatus, ready } = fieldsAt(vm, "status");
	const { runStrategy } = fieldsAt(vm, "spec");
	return { ...present({ printableStatus, ready, runStrategy }), conds: conds(vm) };
}

function vmiSeen(vmi: KubeObject): NonNullable<Picture["vmi"]> {
	const { phase, nodeName: node, evacuationNodeName: evac, migrationState } = fieldsAt(vmi, "status");
	const mig = isFields(migrationState) ? migrationSeen(migrationState) : undefined;
	const { uid, deletionTimestamp: del } = vmi.metadata;
	return { ...present({ uid, del, phase, node, evac, mig }), conds: conds(vmi) };
}

function migrationSeen(state: Fields): Fields {
	const {
		migrationUid: uid,
		targetNode: tgt,
		completed,
		failed,
		abortRequested: abort,
		abortStatus,
		failureReason: reason,
	} = state;
	return present({ uid, tgt, completed, failed, abort, abortStatus, reason });
}

function vmimSeen(vmim: KubeObject): string {
	const phase = textAt(vmim, "status", "phase") ?? "-";
	const listed = conds(vmim).map((cond) => (cond.includes(":") ? cond : `${cond}:`));
	const going = vmim.metadata.deletionTimestamp === undefined ? "" : "(deleting)";
	return `${vmim.metadata.name}:${phase}${going}${listed.length === 0 ? "" : `[${listed.join(",")}]`}`;
}

function podSeen(pod: KubeObject): string {
	const going = pod.metadata.deletionTimestamp === undefined ? "" : "(terminating)";
	return `${pod.metadata.name}@${textAt(pod, "spec", "nodeName") ?? "-"}:${textAt(pod, "status", "phase")}${going}`;
}

/** Without what is absent, empty or false: the recorder left it out. */
function present(fields: Fields): Fields {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== "" && value !== false));
}

/** A count of migrations by phase; one that has none yet counts as `none`. */
export function phasesOf(store: Store): Readonly<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const vmim of store.inNamespace("virtualmachineinstancemigrations", namespace)) {
		const phase = textAt(vmim, "status", "phase") ?? "none";
		counts[phase] = (counts[phase] ?? 0) + 1;
	}
	return counts;
}
