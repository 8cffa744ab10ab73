import type { DemoEvent, VmRow } from "../demo-event.ts";
import { shortNode } from "./layout.ts";

/** Where a VM is on its way; `since`: epoch milliseconds. */
export type VmProgress = {
	readonly vm: string;
	readonly fate: string;
	readonly now: string;
	readonly kind: "not yet" | "on its way" | "settled" | "blocked";
	readonly since: number;
};

/** What the live display knows, all of it from events. */
export type Progress = {
	readonly state: string;
	readonly vms: readonly VmProgress[];
	/** Pods that are to leave, and those that have. */
	readonly pods: { readonly leaving: readonly string[]; readonly left: number };
	readonly hook: { readonly name: string; readonly dueAt: number; readonly heartbeats: number };
};

export const noProgress: Progress = {
	state: "",
	vms: [],
	pods: { leaving: [], left: 0 },
	hook: { name: "", dueAt: 0, heartbeats: 0 },
};

/** The progress after one more event. */
export function progressed(progress: Progress, event: DemoEvent): Progress {
	switch (event.kind) {
		case "state":
			return { ...progress, state: event.state };
		case "waiting":
			return { ...progress, hook: { name: event.hook, dueAt: event.dueAt, heartbeats: 0 } };
		case "heartbeat": {
			const heartbeats = progress.hook.heartbeats + 1;
			return { ...progress, hook: { name: event.hook, dueAt: event.dueAt, heartbeats } };
		}
		case "fates": {
			const stays = ["stays", "has ended"];
			const leaving = event.pods.filter(({ fate }) => !stays.includes(fate)).flatMap(({ pods }) => pods.map(({ pod }) => pod));
			return { ...progress, vms: event.vms.map((vm) => began(vm, event.at)), pods: { leaving, left: 0 } };
		}
		case "pod left": {
			const { leaving, left } = progress.pods;
			return { ...progress, pods: { leaving, left: leaving.includes(event.pod) ? left + 1 : left } };
		}
		default:
			return { ...progress, vms: vmsAfter(progress.vms, event) };
	}
}

const began = ({ vm, fate }: VmRow, since: number): VmProgress =>
	fate === "blocks"
		? { vm, fate, since, kind: "blocked", now: "stays: nothing may move or stop it" }
		: { vm, fate, since, kind: "not yet", now: "runs here" };

type Turn = Pick<VmProgress, "now" | "kind">;

function vmsAfter(vms: readonly VmProgress[], event: DemoEvent): readonly VmProgress[] {
	if (!("vm" in event) || event.vm === undefined) return vms;
	const { at: since, vm: name } = event;
	if (event.kind === "vm started" && !vms.some(({ vm }) => vm === name)) return withSuccessor(vms, name, event.on, since);
	return vms.map((vm) => {
		const turn = vm.vm === name ? turnOf(vm, event) : undefined;
		return turn ? { ...vm, ...turn, since } : vm;
	});
}

/** What a replica set starts has a name of its own, which begins with that of the set. */
function withSuccessor(vms: readonly VmProgress[], name: string, on: string, since: number): readonly VmProgress[] {
	const replaced = vms.findIndex(({ fate, kind }) => fate === "is replaced" && kind !== "settled");
	const now = `replaced by ${name.split("/")[1] ?? name} on ${shortNode(on)}`;
	return vms.map((vm, index) => (index === replaced ? { ...vm, now, kind: "settled", since } : vm));
}

const endings = new Map<string, Turn>([
	["restarts elsewhere", { now: "shut down, starts elsewhere", kind: "on its way" }],
	["is replaced", { now: "shut down, its replica set starts another", kind: "on its way" }],
	["stops", { now: "shut down, as the policy allows", kind: "settled" }],
	["is lost", { now: "has ended, as the policy allows", kind: "settled" }],
]);

function turnOf({ fate }: VmProgress, event: DemoEvent): Turn | undefined {
	switch (event.kind) {
		case "eviction":
			return turnOfEviction(event.answer);
		case "migration began":
			return { now: `migrates to ${shortNode(event.to)}`, kind: "on its way" };
		case "migration ended":
			return event.outcome === "moved"
				? { now: `moved to ${shortNode(event.to)}, never stopped`, kind: "settled" }
				: { now: `its migration ended: ${event.outcome}`, kind: "not yet" };
		case "vm ended":
			return endings.get(fate) ?? { now: `has ended (${event.cause})`, kind: "settled" };
		case "vm started":
			return { now: `runs again, on ${shortNode(event.on)}`, kind: "settled" };
		default:
			return undefined;
	}
}

function turnOfEviction(answer: string): Turn | undefined {
	if (answer === "guarded") return { now: "refused (429): waits for its migration", kind: "not yet" };
	return answer === "accepted" ? { now: "its guest shuts down", kind: "on its way" } : undefined;
}
