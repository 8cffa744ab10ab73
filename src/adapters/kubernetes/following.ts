import type { Look, MigrationFacts, PodFacts, VmiFacts } from "../../domain/look.ts";
import type { Following } from "../../ports.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { migrationFacts } from "./facts/migration-facts.ts";
import { podFacts } from "./facts/pod-facts.ts";
import { vmiFacts } from "./facts/vmi-facts.ts";
import { type Observation, observe } from "./observe.ts";
import { KUBEVIRT } from "./reads.ts";
import { type Extras, needsDefaultStrategy, ownersOfShutdowns, vmisOn } from "./shutdowns.ts";
import { Tracked } from "./tracked.ts";
import { openWatch, type WatchEvent } from "./watch-events.ts";

const KUBEVIRT_PATH = `/apis/${KUBEVIRT.group}/${KUBEVIRT.version}`;

/**
 * Looks once, then watches the node's pods, all VMIs and all migrations from there. VMIs are watched unselected: a watch
 * that selects by the node's label reports a VM that migrates away as deleted.
 */
export async function follow(api: ClusterApi, node: string, seconds: number): Promise<Following> {
	const seen = await observe(api, node, "progress");
	const closing = new AbortController();
	const open = (path: string, resourceVersion: string, fieldSelector?: string) =>
		openWatch(api, { path, resourceVersion, seconds, signal: closing.signal, ...(fieldSelector && { fieldSelector }) });
	try {
		const following = new NodeFollowing(node, seen, closing);
		following.read("pods", await open("/api/v1/pods", seen.podsVersion, `spec.nodeName=${node}`));
		if (seen.vmisVersion !== undefined && seen.migrationsVersion !== undefined) {
			following.read("vmis", await open(`${KUBEVIRT_PATH}/virtualmachineinstances`, seen.vmisVersion));
			following.read("migrations", await open(`${KUBEVIRT_PATH}/virtualmachineinstancemigrations`, seen.migrationsVersion));
		}
		return following;
	} catch (fault) {
		closing.abort();
		throw fault;
	}
}

/**
 * It asks for nothing more: when a whole look would need it (a 410, a VMI that makes us ask for its VirtualMachine), it
 * ends, and the next look lists again. So `next` can be waited for at rest; a silent watch is opened again without the clock.
 */
class NodeFollowing implements Following {
	look: Look;
	readonly #node: string;
	readonly #extras: Extras;
	readonly #closing: AbortController;
	readonly #pods: Tracked<PodFacts>;
	readonly #vmis: Tracked<VmiFacts>;
	readonly #migrations: Tracked<MigrationFacts>;
	#changed = false;
	#ended = false;
	#fault: unknown;
	#wake: () => void = () => undefined;
	#pending: Promise<Look | undefined> | undefined;

	constructor(node: string, { look, extras }: Observation, closing: AbortController) {
		this.look = look;
		this.#node = node;
		this.#extras = extras;
		this.#closing = closing;
		this.#pods = new Tracked(look.pods, podFacts);
		this.#vmis = new Tracked(look.vmis, vmiFacts);
		this.#migrations = new Tracked(look.migrations, migrationFacts);
	}

	/** Keeps one of the lists up to date from now on. */
	read(what: "pods" | "vmis" | "migrations", events: AsyncGenerator<WatchEvent>): void {
		const tracked = { pods: this.#pods, vmis: this.#vmis, migrations: this.#migrations }[what];
		void this.#pump(tracked, events);
	}

	async #pump(tracked: Pick<Tracked<never>, "apply">, events: AsyncGenerator<WatchEvent>): Promise<void> {
		try {
			for await (const event of events) {
				if (event.type === "expired") break;
				if (!tracked.apply(event)) continue;
				this.#changed = true;
				this.#wake();
			}
		} catch (fault) {
			this.#fault ??= fault;
		} finally {
			this.#ended = true;
			this.#wake();
		}
	}

	/** Asked again before it has settled, it gives the same promise: no change falls between two questions. */
	next(): Promise<Look | undefined> {
		this.#pending ??= this.#next().finally(() => {
			this.#pending = undefined;
		});
		return this.#pending;
	}

	async #next(): Promise<Look | undefined> {
		while (!this.#closing.signal.aborted) {
			if (this.#fault !== undefined) {
				this.close();
				throw this.#fault;
			}
			if (this.#changed) {
				this.#changed = false;
				const look = this.#compose();
				if (look === undefined) break;
				this.look = look;
				return look;
			}
			if (this.#ended) break;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
		this.close();
		return undefined;
	}

	#compose(): Look | undefined {
		const [pods, vmis, migrations] = [this.#pods.items, this.#vmis.items, this.#migrations.items];
		const here = vmisOn(this.#node, pods, vmis);
		const { defaultStrategy, asked } = this.#extras;
		if (defaultStrategy === undefined && needsDefaultStrategy(here)) return undefined;
		const owners = ownersOfShutdowns(here, defaultStrategy ?? "None");
		if (owners.some((owner) => !asked.has(owner))) return undefined;
		return { ...this.look, pods, vmis, migrations };
	}

	close(): void {
		this.#closing.abort();
		this.#wake();
	}
}
