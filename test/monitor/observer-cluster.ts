import {
	hasEnded,
	instanceOf,
	isLauncher,
	keyOf,
	type Seen,
	type SeenKubeVirt,
	type SeenMigration,
	type SeenNode,
	type SeenPod,
	type SeenVm,
	type SeenVmi,
	vmiUidOf,
} from "./observer-objects.ts";

/** A launcher pod, on the instance that stood under its node when it was bound: a Node's name may pass on to another. */
export type Launcher = {
	readonly pod: SeenPod;
	readonly gone: boolean;
	readonly instanceId: string | undefined;
	/** Epoch milliseconds at which it was first seen being deleted. */
	readonly deletingAt: number | undefined;
};

/** What the observer has seen of a cluster, as of now. */
export class ObserverCluster {
	readonly vmis = new Map<string, SeenVmi>();
	readonly migrations = new Map<string, SeenMigration>();
	readonly vms = new Map<string, SeenVm>();
	readonly kubevirts = new Map<string, SeenKubeVirt>();
	/** Also of Nodes that are gone. */
	readonly #instances = new Map<string, string>();
	readonly #launchers = new Map<string, Launcher>();
	readonly #lastEnds = new Map<string, number>();

	instanceUnder(nodeName: string | undefined): string | undefined {
		return this.#instances.get(nodeName ?? "");
	}

	/** Launchers of this VMI, in the order of their first sight, also those that are gone. */
	launchersOf(vmiUid: string): readonly Launcher[] {
		return this.launchers().filter(({ pod }) => vmiUidOf(pod) === vmiUid);
	}

	launchers(): readonly Launcher[] {
		return [...this.#launchers.values()];
	}

	/** Epoch milliseconds at which the last launcher on the node was seen final or gone; undefined while one is not. */
	launchersEndedAt(nodeName: string): number | undefined {
		const on = this.launchers().filter(({ pod }) => pod.spec?.nodeName === nodeName);
		return on.some(({ pod, gone }) => !gone && !hasEnded(pod)) ? undefined : this.#lastEnds.get(nodeName);
	}

	takeNode(node: SeenNode, gone: boolean): void {
		const instanceId = instanceOf(node);
		if (gone || instanceId === undefined) return;
		this.#instances.set(node.metadata.name, instanceId);
		for (const [uid, launcher] of this.#launchers)
			if (launcher.instanceId === undefined) this.#launchers.set(uid, { ...launcher, ...this.#placeOf(launcher.pod) });
	}

	takePod(pod: SeenPod, gone: boolean): void {
		if (!isLauncher(pod)) return;
		const known = this.#launchers.get(pod.metadata.uid);
		const wasOver = known !== undefined && (known.gone || hasEnded(known.pod));
		if ((gone || hasEnded(pod)) && !wasOver) this.#lastEnds.set(pod.spec?.nodeName ?? "", Date.now());
		const place = known?.instanceId === undefined ? this.#placeOf(pod) : { instanceId: known.instanceId };
		const isDeleting = gone || pod.metadata.deletionTimestamp !== undefined;
		const deletingAt = known?.deletingAt ?? (isDeleting ? Date.now() : undefined);
		this.#launchers.set(pod.metadata.uid, { pod, gone, deletingAt, ...place });
	}

	/** Forgets those launchers of a guest that are gone; it has ended, and nobody asks about it any more. */
	forget(vmiUid: string): void {
		for (const { pod, gone } of this.launchersOf(vmiUid)) if (gone) this.#launchers.delete(pod.metadata.uid);
	}

	/** Its own, else the cluster's, else None. */
	strategyOf({ spec }: SeenVmi): string {
		const [kubevirt] = this.kubevirts.values();
		return spec?.evictionStrategy ?? kubevirt?.spec?.configuration?.evictionStrategy ?? "None";
	}

	/** The VM of this name; names are unique in a namespace. */
	vmNamed(namespace: string, name: string): SeenVm | undefined {
		return this.vms.get(`${namespace}/${name}`);
	}

	vmiNamed(namespace: string, name: string): SeenVmi | undefined {
		return [...this.vmis.values()].find((vmi) => keyOf(vmi) === `${namespace}/${name}`);
	}

	#placeOf({ spec }: SeenPod): { readonly instanceId: string | undefined } {
		return { instanceId: this.instanceUnder(spec?.nodeName) };
	}
}

/** Keeps a map of objects as they are. */
export function keep<T extends Seen>(map: Map<string, T>, key: string, object: T, gone: boolean): void {
	if (gone) map.delete(key);
	else map.set(key, object);
}
