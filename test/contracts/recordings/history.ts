import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import type { Change } from "../../../src/local/cluster/store.ts";
import { textAt } from "../../../src/local/cluster/store-object.ts";
import { phasesOf, pictureOf } from "./picture.ts";
import type { Picture } from "./recording.ts";
import { migrationStem, type Roles } from "./roles.ts";

/** Something as it was from `from` on, in seconds since the replay began. */
export type Moment<T> = { readonly from: number; readonly seen: T };

/** What could have been seen in a simulated cluster at any time of a replay. */
export class History {
	readonly #pictures = new Map<string, Moment<Picture>[]>();
	readonly #phases: Moment<Readonly<Record<string, number>>>[] = [];
	readonly #cluster: SimulatedCluster;
	readonly #seconds: () => number;
	readonly #roles: Roles;

	/** Gives roles to whatever is created from now on. */
	constructor(cluster: SimulatedCluster, vms: readonly string[], roles: Roles, seconds: () => number) {
		this.#cluster = cluster;
		this.#seconds = seconds;
		this.#roles = roles;
		for (const vm of vms) this.#pictures.set(vm, []);
		this.#look();
		cluster.store.subscribe((change) => {
			this.#meet(change);
			this.#look();
		});
	}

	picturesOf(vm: string): readonly Moment<Picture>[] {
		return this.#pictures.get(vm) ?? [];
	}

	get phases(): readonly Moment<Readonly<Record<string, number>>>[] {
		return this.#phases;
	}

	#meet({ resource, type, object }: Change): void {
		const { name } = object.metadata;
		if (type === "ADDED" && resource !== "events") this.#roles.meetNames(name);
		if (resource !== "virtualmachineinstances") return;
		const migration = textAt(object, "status", "migrationState", "migrationUid");
		if (migration !== undefined) this.#roles.meet(migrationStem, migration);
	}

	#look(): void {
		const { store } = this.#cluster;
		for (const [vm, moments] of this.#pictures) this.#note(moments, pictureOf(store, vm));
		this.#note(this.#phases, phasesOf(store));
	}

	#note<T>(moments: Moment<T>[], seen: T): void {
		if (JSON.stringify(moments.at(-1)?.seen) !== JSON.stringify(seen)) moments.push({ from: this.#seconds(), seen });
	}
}

/** A stretch of time, in seconds since the replay began. */
export type Stretch = { readonly from: number; readonly to: number };

/** How long one look of the recorder took: it asked for one kind of object after the other. */
const lookSeconds = 0.12;

type Look<T> = {
	/** When it was over, at the earliest: the recorder took one after the other. */
	readonly until: number;
	/** What each of its parts saw. */
	readonly seen: readonly T[];
};

/** The first look, begun in this stretch, that would have seen all of these, each a little later than the one before. */
export function findLook<T>(
	moments: readonly Moment<T>[],
	{ from, to }: Stretch,
	parts: readonly ((seen: T) => boolean)[],
): Look<T> | undefined {
	const endOf = (index: number): number => moments[index + 1]?.from ?? Number.POSITIVE_INFINITY;
	for (const [first, { from: begin }] of moments.entries()) {
		if (endOf(first) <= from || begin > to) continue;
		const within = moments.slice(first).filter((moment) => moment.from <= endOf(first) + lookSeconds);
		const seen = inOrder(within, parts);
		const latest = seen?.at(-1);
		if (seen === undefined || latest === undefined) continue;
		return { until: Math.max(begin, from, latest.from), seen: seen.map((moment) => moment.seen) };
	}
	return undefined;
}

/** For the first part the first of these moments, for each other one the first that is not before its predecessor's. */
function inOrder<T>(moments: readonly Moment<T>[], parts: readonly ((seen: T) => boolean)[]): readonly Moment<T>[] | undefined {
	const found: Moment<T>[] = [];
	let index = 0;
	for (const isSo of parts) {
		const candidates = found.length === 0 ? moments.slice(0, 1) : moments.slice(index);
		const next = candidates.findIndex(({ seen }) => isSo(seen));
		const moment = candidates[next];
		if (moment === undefined) return undefined;
		index += next;
		found.push(moment);
	}
	return found;
}
