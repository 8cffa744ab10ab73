import type { SimulationClock } from "../clock/simulation-clock.ts";
import {
	type AccountEvent,
	type ActionEnd,
	globalTimeoutSeconds,
	type HookSettings,
	steadyUuid,
	type TakenBecause,
} from "./account.ts";
import { ApiError } from "./api-error.ts";
import type { Action, Instance } from "./instance.ts";
import type { WaitingAction } from "./lifecycle-messages.ts";
import { Timers } from "./timers.ts";

/** Seconds between AWS's decision and what is seen of it. */
const UNTIL_WAITING = 1;
const UNTIL_SHUTTING_DOWN = 2;
const UNTIL_TERMINATED = 10;

type LifecycleRules = {
	readonly clock: SimulationClock;
	readonly account: string;
	readonly region: string;
	readonly record: (event: AccountEvent) => void;
	readonly tell: (action: WaitingAction) => void;
	readonly onTaken: (instanceId: string, why: TakenBecause) => void;
};

type ActionName = { readonly group: string; readonly hook: string; readonly instanceId: string; readonly token?: string };

/**
 * What Auto Scaling does with an instance that it terminates: waits for the hooks, takes a missed heartbeat for the
 * hook's default result, and has no way back.
 */
export class Lifecycle {
	readonly #rules: LifecycleRules;
	readonly #timers: Timers;

	constructor(rules: LifecycleRules) {
		this.#rules = rules;
		this.#timers = new Timers(rules.clock);
	}

	terminate(instance: Instance, reason: string): void {
		const { clock, record } = this.#rules;
		if (instance.lifecycle === "Terminating:Retained") this.#take(instance, "retention ended");
		if (instance.lifecycle !== "InService") return;
		instance.lifecycle = "Terminating";
		instance.terminations++;
		record({ at: clock.now(), instanceId: instance.instanceId, kind: "terminating", reason });
		this.#timers.at(UNTIL_WAITING * 1000, () => {
			if (instance.lifecycle === "Terminating") this.#begin(instance);
		});
	}

	/** EC2 takes the instance now, as it takes a Spot instance or loses a host: no hook is asked. */
	reclaim(instance: Instance): void {
		if (instance.taken) return;
		this.#cutShort(instance);
		this.#take(instance, "reclaimed");
	}

	heartbeat(instance: Instance | undefined, name: ActionName): void {
		const found = this.#find(instance, name);
		found.action.lastBeatAt = this.#rules.clock.now();
		const nextDueAt = this.#arm(found.instance, found.action);
		this.#note(found.instance, found.action, { kind: "heartbeat", nextDueAt });
	}

	complete(instance: Instance | undefined, name: ActionName, result: string): void {
		if (result !== "CONTINUE" && result !== "ABANDON") {
			throw new ApiError("ValidationError", "LifecycleActionResult must be either CONTINUE or ABANDON");
		}
		const found = this.#find(instance, name);
		this.#end(found.instance, found.action, "completed", result);
	}

	/** Nothing that was to come comes any more. */
	stop(): void {
		this.#timers.cancelAll();
	}

	#find(
		instance: Instance | undefined,
		{ group, hook, instanceId, token }: ActionName,
	): { readonly instance: Instance; readonly action: Action } {
		const isMeant = (action: Action) =>
			!action.ended && action.hook.name === hook && (token === undefined || action.token === token);
		const action = instance?.group?.name === group ? instance.actions.find(isMeant) : undefined;
		if (instance && action) return { instance, action };
		const by = token === undefined ? `instance ID ${instanceId}` : `token ${token}`;
		throw new ApiError("ValidationError", `No active Lifecycle Action found with ${by}`);
	}

	#begin(instance: Instance): void {
		const hooks = instance.group?.hooks.filter(({ transition = "terminating" }) => transition === "terminating") ?? [];
		if (hooks.length === 0) {
			this.#take(instance, "unhooked");
			return;
		}
		instance.lifecycle = "Terminating:Wait";
		instance.actions = hooks.map((hook) => this.#action(instance, hook));
		for (const action of instance.actions) {
			this.#arm(instance, action);
			this.#note(instance, action, { kind: "waiting", limitAt: action.limitAt });
		}
		for (const action of instance.actions) this.#tell(instance, action);
	}

	#action({ instanceId, terminations }: Instance, hook: HookSettings): Action {
		const now = this.#rules.clock.now();
		return {
			hook,
			token: steadyUuid("token", instanceId, hook.name, terminations),
			limitAt: now + globalTimeoutSeconds(hook) * 1000,
			lastBeatAt: now,
			ended: false,
			cancelTimer: () => {},
		};
	}

	#tell(instance: Instance, { hook, token }: Action): void {
		const { account, region, clock, tell } = this.#rules;
		const group = instance.group?.name ?? "";
		tell({ account, region, group, instanceId: instance.instanceId, hook, token, at: clock.now() });
	}

	#arm(instance: Instance, action: Action): number {
		const { clock } = this.#rules;
		const lapseAt = action.lastBeatAt + action.hook.heartbeatTimeoutSeconds * 1000;
		const dueAt = Math.min(lapseAt, action.limitAt);
		const how = action.limitAt <= lapseAt ? "limit" : "lapsed";
		action.cancelTimer();
		action.cancelTimer = this.#timers.at(dueAt - clock.now(), () => this.#end(instance, action, how, action.hook.defaultResult));
		return dueAt;
	}

	#end(instance: Instance, action: Action, how: "completed" | "lapsed" | "limit", result: "CONTINUE" | "ABANDON"): void {
		this.#close(instance, action, how, result);
		if (result === "ABANDON") {
			this.#cutShort(instance);
			if (instance.group?.retain) this.#retain(instance);
			else this.#take(instance, how);
		} else if (instance.actions.every(({ ended }) => ended)) {
			this.#take(instance, how);
		}
	}

	#cutShort(instance: Instance): void {
		for (const action of instance.actions) {
			if (!action.ended) this.#close(instance, action, "cut short", "ABANDON");
		}
	}

	#close(instance: Instance, action: Action, how: ActionEnd, result: "CONTINUE" | "ABANDON"): void {
		action.ended = true;
		action.cancelTimer();
		this.#note(instance, action, { kind: "ended", how, result });
	}

	#retain(instance: Instance): void {
		instance.lifecycle = "Terminating:Retained";
		this.#rules.record({ at: this.#rules.clock.now(), instanceId: instance.instanceId, kind: "retained" });
	}

	#take(instance: Instance, why: TakenBecause): void {
		const { clock, record, onTaken } = this.#rules;
		const { instanceId } = instance;
		instance.taken = true;
		if (instance.lifecycle) instance.lifecycle = "Terminating:Proceed";
		record({ at: clock.now(), instanceId, kind: "taken", why });
		onTaken(instanceId, why);
		this.#timers.at(UNTIL_SHUTTING_DOWN * 1000, () => {
			instance.ec2 = "shutting-down";
			record({ at: clock.now(), instanceId, kind: "shutting-down" });
		});
		this.#timers.at(UNTIL_TERMINATED * 1000, () => {
			instance.ec2 = "terminated";
			delete instance.lifecycle;
			record({ at: clock.now(), instanceId, kind: "terminated" });
		});
	}

	#note(
		{ instanceId }: Instance,
		{ hook, token }: Action,
		what:
			| { readonly kind: "waiting"; readonly limitAt: number }
			| { readonly kind: "heartbeat"; readonly nextDueAt: number }
			| { readonly kind: "ended"; readonly how: ActionEnd; readonly result: "CONTINUE" | "ABANDON" },
	): void {
		this.#rules.record({ at: this.#rules.clock.now(), instanceId, hook: hook.name, token, ...what });
	}
}
