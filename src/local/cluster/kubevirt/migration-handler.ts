import { Dwell } from "../controllers/dwell.ts";
import type { Ground } from "../controllers/ground.ts";
import type { Kubelet } from "../controllers/kubelet.ts";
import type { KubeObject } from "../store.ts";
import { timestamp } from "../store-object.ts";
import type { Guest, Guests, Transfer } from "./guests.ts";
import {
	labelOf,
	type MigrationState,
	migrationStateOf,
	migrationTargetLabel,
	nodeNameLabel,
	patchMigrationState,
} from "./kubevirt-objects.ts";

/** Milliseconds, as recorded between two writes. */
const pace = {
	prepareTarget: 290,
	start: 50,
	domainSeen: 310,
	abort: 250,
	complete: 66,
	tidy: 50,
	sourceExit: 505,
	switchOver: 110,
};

/**
 * Both ends of a live migration. The copy itself runs between two machines and ends when it ends; the writes are made
 * by the handler of the source or of the target, as long as that one can reach the API server.
 */
export class MigrationHandler {
	readonly #ground: Ground;
	readonly #guests: Guests;
	readonly #kubelet: () => Kubelet;
	readonly #look: (guest: Guest) => void;
	readonly #dwell: Dwell;
	/** Copies that have ended and are not reported yet, by VMI uid. */
	readonly #ended = new Map<string, { readonly transfer: Transfer; readonly failure?: string; readonly aborted?: boolean }>();
	/** Failures that are still to come, by VMI. */
	readonly #failuresLeft = new Map<string, number>();

	constructor(ground: Ground, guests: Guests, kubelet: () => Kubelet, look: (guest: Guest) => void) {
		this.#ground = ground;
		this.#guests = guests;
		this.#kubelet = kubelet;
		this.#look = look;
		this.#dwell = new Dwell(() => ground.clock.now());
	}

	/** Does the next step of this VMI's migration; the answer is in how many milliseconds to look again. */
	step(vmi: KubeObject, guest: Guest): number | undefined {
		const state = migrationStateOf(vmi) ?? {};
		const ended = this.#ended.get(guest.vmiUid);
		if (ended !== undefined) return this.#reportEnd(vmi, guest, ended);
		if (state.endTimestamp !== undefined) return this.#conclude(vmi, guest, state);
		const transfer = this.#guests.transferOf(guest.vmiUid);
		if (transfer !== undefined) return this.#attend(vmi, transfer, state);
		if (state.targetNodeAddress === undefined) return this.#prepareTarget(vmi, guest, state);
		return state.startTimestamp === undefined ? this.#start(vmi, guest, state) : undefined;
	}

	/** The copy cannot go on: one of its launchers or machines is gone. */
	broken(transfer: Transfer, reason: string, outcome: "failed" | "instance taken" = "failed"): void {
		this.#finish(transfer, outcome, { transfer, failure: reason });
	}

	#prepareTarget(vmi: KubeObject, guest: Guest, state: MigrationState): number | undefined {
		const sandbox = this.#targetSandbox(guest, state);
		if (sandbox?.state !== "running" || !sandbox.machine.connected) return undefined;
		const wait = this.#dwell.left(`${guest.vmiUid} prepare`, pace.prepareTarget);
		if (wait > 0) return wait;
		const { address } = sandbox.machine;
		this.#patch(guest, { targetNodeAddress: address });
		this.#say(vmi, "PreparingTarget", `Migration Target is listening at ${address}, on ports: 36413,41021,45119`);
		return undefined;
	}

	#start(vmi: KubeObject, guest: Guest, state: MigrationState): number | undefined {
		const sandbox = this.#targetSandbox(guest, state);
		if (sandbox?.state !== "running" || !guest.machine.connected || guest.state !== "running") return undefined;
		if (state.abortRequested === true) return undefined;
		const wait = this.#dwell.left(`${guest.vmiUid} start`, pace.start);
		if (wait > 0) return wait;
		const transfer: Transfer = {
			guest,
			migrationUid: state.migrationUid ?? "",
			source: guest.machine,
			target: sandbox.machine,
			sourcePodUid: guest.podUid,
			targetPodUid: sandbox.podUid,
			mode: "PreCopy",
			cancel: () => {},
		};
		this.#copy(transfer, vmi);
		this.#guests.begin(transfer);
		this.#patch(guest, { startTimestamp: timestamp(this.#ground.clock.now()), mode: "PreCopy" });
		this.#say(vmi, "Migrating", "VirtualMachineInstance is migrating.");
		return undefined;
	}

	#copy(transfer: Transfer, vmi: KubeObject): void {
		const { agenda, knobs } = this.#ground;
		const { migrationSeconds = 30, migrationFailures = 0, postCopy = false } = knobs.of(vmi);
		const key = `${transfer.guest.vmiUid} ${migrationFailures}`;
		const left = this.#failuresLeft.get(key) ?? migrationFailures;
		const half = (migrationSeconds * 1000) / 2;
		if (left > 0) {
			this.#failuresLeft.set(key, left - 1);
			transfer.cancel = agenda.after(half, () =>
				this.broken(transfer, "Live migration failed: operation failed: job 'migration out' failed"),
			);
			return;
		}
		const arrive = (): void => this.#arrive(transfer);
		if (!postCopy) {
			transfer.cancel = agenda.after(half * 2 + pace.switchOver, arrive);
			return;
		}
		transfer.cancel = agenda.after(half, () => {
			transfer.mode = "PostCopy";
			this.#guests.move(transfer);
			this.#patch(transfer.guest, { mode: "PostCopy" });
			transfer.cancel = agenda.after(half + pace.switchOver, arrive);
		});
	}

	#arrive(transfer: Transfer): void {
		const { agenda, knobs, store, machines } = this.#ground;
		const { guest } = transfer;
		const vmi = store.get("virtualmachineinstances", guest.namespace, guest.name);
		this.#guests.move(transfer);
		this.#finish(transfer, "moved", { transfer });
		const lingers = vmi === undefined ? 0 : (knobs.of(vmi).sourceLingersSeconds ?? 0) * 1000;
		const source = machines.sandbox(transfer.sourcePodUid);
		if (source !== undefined) agenda.after(pace.sourceExit + lingers, () => this.#kubelet().exited(source, 0));
	}

	#attend(vmi: KubeObject, transfer: Transfer, state: MigrationState): number | undefined {
		const { guest } = transfer;
		if (state.abortRequested === true && transfer.mode === "PreCopy" && transfer.source.connected) {
			const wait = this.#dwell.left(`${guest.vmiUid} abort`, pace.abort);
			if (wait > 0) return wait;
			this.#finish(transfer, "aborted", { transfer, failure: "Live migration aborted ", aborted: true });
			return undefined;
		}
		if (state.targetNodeDomainDetected === true || !transfer.target.connected) return undefined;
		const wait = this.#dwell.left(`${vmi.metadata.uid} domain`, pace.domainSeen);
		if (wait > 0) return wait;
		this.#patch(guest, { targetNodeDomainDetected: true });
		return undefined;
	}

	#finish(
		transfer: Transfer,
		outcome: "moved" | "failed" | "aborted" | "instance taken",
		report: { readonly transfer: Transfer; readonly failure?: string; readonly aborted?: boolean },
	): void {
		const { machines, agenda } = this.#ground;
		this.#ended.set(transfer.guest.vmiUid, report);
		this.#guests.finish(transfer, outcome);
		const target = machines.sandbox(transfer.targetPodUid);
		if (outcome !== "moved" && target !== undefined) agenda.after(100, () => this.#kubelet().exited(target, 0));
		this.#look(transfer.guest);
	}

	#reportEnd(
		vmi: KubeObject,
		guest: Guest,
		{ transfer, failure, aborted }: { readonly transfer: Transfer; readonly failure?: string; readonly aborted?: boolean },
	): undefined {
		const reporter = failure === undefined ? transfer.target : transfer.source;
		if (!reporter.connected) return;
		this.#ended.delete(guest.vmiUid);
		if (failure === undefined) this.#handOver(vmi, transfer);
		else {
			this.#patch(guest, {
				completed: true,
				failed: true,
				endTimestamp: timestamp(this.#ground.clock.now()),
				failureReason: failure,
				...(aborted === true ? { abortStatus: "Succeeded" } : {}),
			});
			const message = `VirtualMachineInstance migration uid ${transfer.migrationUid} failed. reason:${failure}`;
			this.#say(vmi, "Migrated", message, "Warning");
		}
	}

	/** One write, so that nobody sees half of it. */
	#handOver(vmi: KubeObject, transfer: Transfer): void {
		const { store, clock } = this.#ground;
		const { guest, target } = transfer;
		const now = timestamp(clock.now());
		this.#say(vmi, "Migrated", `The VirtualMachineInstance migrated to node ${target.nodeName}.`);
		store.update("virtualmachineinstances", guest.namespace, guest.name, (draft) => {
			draft.metadata.labels = { ...draft.metadata.labels, [nodeNameLabel]: target.nodeName };
			draft.status = { ...draft.status, nodeName: target.nodeName, evacuationNodeName: undefined };
			patchMigrationState(draft, { endTimestamp: now });
			draft.status = { ...draft.status, migrationState: { ...migrationStateOf(draft), targetNodeDomainReadyTimestamp: now } };
		});
	}

	#conclude(vmi: KubeObject, guest: Guest, state: MigrationState): number | undefined {
		if (state.completed !== true) {
			const wait = this.#dwell.left(`${guest.vmiUid} complete`, pace.complete);
			if (wait > 0) return wait;
			this.#patch(guest, { completed: true });
			return undefined;
		}
		if (labelOf(vmi, migrationTargetLabel) === undefined) return undefined;
		const wait = this.#dwell.left(`${guest.vmiUid} tidy`, pace.tidy);
		if (wait > 0) return wait;
		this.#ground.store.update("virtualmachineinstances", guest.namespace, guest.name, (draft) => {
			const { [migrationTargetLabel]: _, ...labels } = draft.metadata.labels ?? {};
			draft.metadata.labels = labels;
		});
		return undefined;
	}

	#targetSandbox(guest: Guest, { targetPod }: MigrationState) {
		const pod = targetPod === undefined ? undefined : this.#ground.store.get("pods", guest.namespace, targetPod);
		return pod === undefined ? undefined : this.#ground.machines.sandbox(pod.metadata.uid);
	}

	#patch(guest: Guest, patch: MigrationState): void {
		const vmi = this.#ground.store.get("virtualmachineinstances", guest.namespace, guest.name);
		if (vmi?.metadata.uid !== guest.vmiUid) return;
		this.#ground.store.update("virtualmachineinstances", guest.namespace, guest.name, (draft) =>
			patchMigrationState(draft, patch),
		);
	}

	#say(vmi: KubeObject, reason: string, message: string, type: "Normal" | "Warning" = "Normal"): void {
		this.#ground.events.say(vmi, { reason, message, type, by: "virt-handler" });
	}
}
