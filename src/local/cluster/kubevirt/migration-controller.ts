import { conditionOf, isTrue } from "../controllers/conditions.ts";
import type { Controller } from "../controllers/controller-loop.ts";
import { Dwell } from "../controllers/dwell.ts";
import type { Ground } from "../controllers/ground.ts";
import { hasEnded, isDeleting, keyOfObject, nodeNameOf, phaseOf, split } from "../controllers/pods.ts";
import type { Change, KubeObject } from "../store.ts";
import { textAt } from "../store-object.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import {
	activeLauncherOf,
	domainAnnotation,
	enterPhase,
	isFinalMigration,
	migrationFinalizer,
	migrationStateOf,
	migrationUidLabel,
	patchMigrationState,
	vmiNameLabel,
} from "./kubevirt-objects.ts";
import { concludeMigration, failMigration } from "./migration-end.ts";
import { MigrationQueue } from "./migration-queue.ts";
import { createTargetPod, handOverToTarget, requestAbort } from "./migration-steps.ts";
import { isProtected, raiseBudget, vmiNameOf } from "./vmi-budgets.ts";

/** Milliseconds, as recorded. */
const pace = { pending: 65, targetPod: 140, handOver: 60, prepared: 35, succeeded: 30 };
const unschedulableTimeoutMs = 300_000;
const pendingTimeoutMs = 900_000;
/** Without the queue by priority nobody wakes a migration that waits for a slot: it looks again after so long. */
const retryMs = 5_000;

/** What one look at a migration has before it. */
type Job = { readonly vmim: KubeObject; readonly vmi: KubeObject; readonly target: KubeObject | undefined };

/**
 * Takes each migration through its phases. https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-controller/watch/migration/migration.go
 */
export class MigrationController {
	readonly controller: Controller;
	readonly #ground: Ground;
	readonly #dwell: Dwell;
	readonly #queue: MigrationQueue;
	readonly #behaviour: KubeVirtBehaviour;

	constructor(ground: Ground, behaviour: KubeVirtBehaviour) {
		this.#ground = ground;
		this.#behaviour = behaviour;
		this.#dwell = new Dwell(() => ground.clock.now());
		this.#queue = new MigrationQueue(ground);
		this.controller = {
			name: "migration",
			program: "virt-controller",
			lag: 15,
			keysOf: (change) => this.#keysOf(change),
			reconcile: (key) => this.#reconcile(key),
		};
	}

	#keysOf(change: Change): readonly string[] {
		const { resource, object, previous } = change;
		if (resource !== "virtualmachineinstancemigrations") return this.#migrationsAbout(change);
		const freed = previous !== undefined && isFinalMigration(object) && !isFinalMigration(previous);
		const woken = freed && this.#behaviour.priorityQueue ? this.#queue.waiting() : [];
		return [keyOfObject(object), ...woken.map(keyOfObject)];
	}

	#migrationsAbout({ resource, object }: Change): readonly string[] {
		const { namespace, name, labels, annotations } = object.metadata;
		const vmiName = (): string | undefined => {
			if (resource === "virtualmachineinstances") return name;
			if (resource === "poddisruptionbudgets") return vmiNameOf(object);
			return resource === "pods" && labels?.[migrationUidLabel] !== undefined ? annotations?.[domainAnnotation] : undefined;
		};
		const named = vmiName();
		if (named === undefined) return [];
		return this.#ground.store
			.labelled("virtualmachineinstancemigrations", vmiNameLabel, named)
			.filter((vmim) => vmim.metadata.namespace === namespace)
			.map(keyOfObject);
	}

	#reconcile(key: string): number | undefined {
		const { store } = this.#ground;
		const vmim = store.get("virtualmachineinstancemigrations", ...split(key));
		if (vmim === undefined) return undefined;
		if (isFinalMigration(vmim)) return concludeMigration(this.#ground, vmim, this.#dwell);
		const vmi = store.get("virtualmachineinstances", vmim.metadata.namespace, textAt(vmim, "spec", "vmiName") ?? "");
		if (vmi === undefined) return this.#fail(vmim, "Migration failed because vmi does not exist.");
		const target = store.labelled("pods", migrationUidLabel, vmim.metadata.uid)[0];
		const job = { vmim, vmi, target };
		const failure = failureOf(job);
		if (failure !== undefined) return this.#fail(vmim, failure, target);
		if (isDeleting(vmim)) return this.#abort(job);
		return this.#advance(job);
	}

	#advance(job: Job): number | undefined {
		const { vmim, vmi, target } = job;
		const state = migrationStateOf(vmi)?.migrationUid === vmim.metadata.uid ? migrationStateOf(vmi) : undefined;
		switch (phaseOf(vmim)) {
			case "":
				return this.#accept(job);
			case "Pending":
				return target === undefined ? this.#request(job) : this.#enter(job, "Scheduling", 0);
			case "Scheduling":
				return target === undefined ? undefined : this.#awaitTarget(job, target);
			case "Scheduled":
				return state === undefined ? this.#handOver(job) : this.#enter(job, "PreparingTarget", pace.prepared);
			case "PreparingTarget":
				return state?.targetNodeAddress === undefined ? undefined : this.#enter(job, "TargetReady", 5);
			case "TargetReady":
				return state?.startTimestamp === undefined ? undefined : this.#enter(job, "Running", 5);
			default:
				return state?.completed === true ? this.#complete(job) : undefined;
		}
	}

	#accept({ vmim, vmi }: Job): number | undefined {
		const wait = this.#dwell.left(`${vmim.metadata.uid} accept`, pace.pending);
		if (wait > 0) return wait;
		if (this.#queue.others(vmim).length > 0) {
			return this.#fail(vmim, "VMI is not eligible for migration because another migration job is in progress.");
		}
		this.#update(vmim, (draft) => {
			enterPhase(draft, "Pending", this.#ground.clock.now());
			draft.metadata.labels = { ...draft.metadata.labels, [vmiNameLabel]: vmi.metadata.name };
			draft.metadata.finalizers = [migrationFinalizer];
			patchMigrationState(draft, { sourcePod: activeLauncherOf(this.#ground.store, vmi)?.metadata.name });
		});
		return undefined;
	}

	/** Waits for the back-off and a free slot, then asks for the pod that the VM is to move into. */
	#request({ vmim, vmi }: Job): number | undefined {
		if (phaseOf(vmi) !== "Running") return undefined;
		const backOff = this.#queue.backOff(vmim);
		if (backOff > 0) {
			const { namespace, name } = vmi.metadata;
			const message = `backoff migrating vmi ${namespace}/${name}`;
			this.#ground.events.say(vmi, { reason: "MigrationBackoff", message, type: "Warning", by: "virtualmachine-controller" });
			return backOff;
		}
		const step = `${vmim.metadata.uid} target`;
		if (!this.#queue.mayStart(vmi)) {
			this.#dwell.forget(step);
			return this.#behaviour.priorityQueue ? undefined : retryMs;
		}
		const guarded = this.#behaviour.ownBudgets && isProtected(this.#ground.store, vmi);
		if (guarded && raiseBudget(this.#ground, vmi, vmim) === "not yet") return undefined;
		const wait = this.#dwell.left(step, this.#queue.hasWaited(vmim) ? 280 : pace.targetPod);
		if (wait > 0) return wait;
		createTargetPod(this.#ground, vmi, vmim);
		return undefined;
	}

	#awaitTarget(job: Job, target: KubeObject): number | undefined {
		if (isTrue(target, "ContainersReady")) return this.#enter(job, "Scheduled", 0);
		const refused = conditionOf(target, "PodScheduled")?.status === "False" && nodeNameOf(target) === "";
		if (refused) this.#sayUnschedulable(job);
		const age = this.#ground.clock.now() - Date.parse(target.metadata.creationTimestamp);
		const timeout = refused ? unschedulableTimeoutMs : pendingTimeoutMs;
		if (age < timeout) return timeout - age;
		const { namespace, name } = target.metadata;
		const why = refused ? "unschedulable" : "pending";
		const message = `${why} pod ${namespace}/${name} timeout period exceeded`;
		this.#say(job.vmim, "SuccessfulDelete", message);
		this.#ground.store.beginDeletion("pods", namespace, name, 0);
		return this.#fail(job.vmim, "Migration target pod was removed during active migration.");
	}

	#sayUnschedulable({ vmim, vmi }: Job): void {
		const { namespace, name } = vmi.metadata;
		const message = `Migration target pod for VMI [${namespace}/${name}] is currently unschedulable.`;
		if (this.#dwell.left(`${vmim.metadata.uid} said unschedulable`, 1e12) < 1e12) return;
		this.#say(vmim, "migrationTargetPodUnschedulable", message, "Warning");
	}

	#handOver({ vmim, vmi, target }: Job): number | undefined {
		const wait = this.#dwell.left(`${vmim.metadata.uid} hand-over`, pace.handOver);
		if (wait > 0) return wait;
		if (target !== undefined) handOverToTarget(this.#ground, { vmim, vmi, target });
		return undefined;
	}

	#enter({ vmim }: Job, phase: string, ms: number): number | undefined {
		const wait = this.#dwell.left(`${vmim.metadata.uid} ${phase}`, ms);
		if (wait > 0) return wait;
		this.#update(vmim, (draft) => enterPhase(draft, phase, this.#ground.clock.now()));
		if (phase === "PreparingTarget") {
			this.#say(vmim, "SuccessfulHandOver", "Migration target pod is ready for preparation by virt-handler.");
		}
		return undefined;
	}

	#complete({ vmim, vmi }: Job): number | undefined {
		const lag = (this.#ground.knobs.of(vmi).migrationObjectLagSeconds ?? 0) * 1000;
		const wait = this.#dwell.left(`${vmim.metadata.uid} succeeded`, pace.succeeded + lag);
		if (wait > 0) return wait;
		this.#say(vmim, "SuccessfulMigration", "Source node reported migration succeeded");
		this.#update(vmim, (draft) => enterPhase(draft, "Succeeded", this.#ground.clock.now()));
		return undefined;
	}

	/** The migration was deleted: it is called off as far as it still can be. */
	#abort(job: Job): number | undefined {
		const { vmim, vmi, target } = job;
		const started = migrationStateOf(vmi)?.migrationUid === vmim.metadata.uid;
		if (!started) return this.#fail(vmim, "Migration failed due to being canceled", target);
		const wait = this.#dwell.left(`${vmim.metadata.uid} abort`, 250);
		if (wait > 0) return wait;
		if (migrationStateOf(vmi)?.abortRequested !== true) requestAbort(this.#ground, vmi, vmim);
		return this.#advance(job);
	}

	#fail(vmim: KubeObject, reason: string, target?: KubeObject): undefined {
		failMigration(this.#ground, vmim, reason, target);
	}

	#update(vmim: KubeObject, change: (draft: KubeObject) => void): void {
		const { namespace, name } = vmim.metadata;
		this.#ground.store.update("virtualmachineinstancemigrations", namespace, name, change);
	}

	#say(vmim: KubeObject, reason: string, message: string, type: "Normal" | "Warning" = "Normal"): void {
		this.#ground.events.say(vmim, { reason, message, type, by: "virtualmachine-controller" });
	}
}

function failureOf({ vmim, vmi, target }: Job): string | undefined {
	const state = migrationStateOf(vmi);
	const mine = state?.migrationUid === vmim.metadata.uid;
	const phase = phaseOf(vmim);
	if (hasEnded(vmi)) return "Migration failed vmi shutdown during migration.";
	if (mine && state?.failed === true) return "source node reported migration failed";
	if (phase === "" || phase === "Pending" || (mine && state?.endTimestamp !== undefined)) return undefined;
	if (target === undefined) return "Migration target pod was removed during active migration.";
	return hasEnded(target) ? "Migration failed because target pod shutdown during migration" : undefined;
}
