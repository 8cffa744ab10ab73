import type { Running } from "./running.ts";

const launcher = /\/namespaces\/([^/]+)\/pods\/virt-launcher-(.+)-[a-z0-9]{5}\/eviction$/;

/** An eviction that was asked for then, by the true clock, and that the API server has answered. */
export type Answered = {
	readonly path: string;
	readonly isRehearsal: boolean;
	readonly status: number;
	readonly askedAt: number;
};

/**
 * What was asked for after a rehearsal that KubeVirt's webhook had refused, while the webhook went in between: a design that
 * asks first, and then acts, cannot do better. An eviction that no rehearsal of the same invocation came before is not excused.
 */
export class Rehearsals {
	/** In the order of the instants that count: virtual time stands still within an invocation. */
	#turn = 0;
	#webhookWentAt: number | undefined;
	readonly #guardedAt = new Map<string, number>();
	readonly #evicted = new Map<string, { readonly guardedAt: number | undefined; readonly at: number }>();

	webhookGone(): void {
		this.#webhookWentAt ??= ++this.#turn;
	}

	answered({ requestId }: Running, { path, isRehearsal, status }: Answered): void {
		const [, namespace, name] = launcher.exec(path) ?? [];
		if (name === undefined) return;
		const at = ++this.#turn;
		if (!isRehearsal && status < 300)
			this.#evicted.set(`${namespace}/${name}`, { guardedAt: this.#guardedAt.get(requestId), at });
		if (isRehearsal && status === 429) this.#guardedAt.set(requestId, at);
	}

	/** Why nobody could have known that this VM (`namespace/name`) would be shut down; undefined when somebody could. */
	excuse(vm: string): string | undefined {
		const evicted = this.#evicted.get(vm);
		const went = this.#webhookWentAt;
		if (evicted?.guardedAt === undefined || went === undefined) return undefined;
		return evicted.guardedAt < went && went < evicted.at ? "the webhook went after the rehearsal" : undefined;
	}
}
