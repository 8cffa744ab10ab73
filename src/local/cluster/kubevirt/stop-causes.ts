import { conditionOf } from "../controllers/conditions.ts";
import { controllerOf, isDeleting } from "../controllers/pods.ts";
import { requestingUser } from "../controllers/requests.ts";
import type { Change, KubeObject, ObjectStore } from "../store.ts";
import type { EndCause } from "./guests.ts";
import { vmiOfLauncher } from "./kubevirt-objects.ts";

type StopCause = { readonly cause: EndCause; readonly by?: string | undefined };

/** Remembers who asked for a pod, VMI or VM to end, so that the end of a guest can be laid at somebody's door. */
export class StopCauses {
	readonly #store: ObjectStore;
	/** By uid. */
	readonly #askedBy = new Map<string, string>();
	/** Of pods, by uid, where evictions are told of by themselves. */
	readonly #evictedBy = new Map<string, string>();

	constructor(store: ObjectStore) {
		this.#store = store;
		store.subscribe((change) => this.#note(change));
	}

	/** Somebody's request was granted that evicts this pod, or that ends this pod, VMI, VM or replica set. */
	asked(how: "eviction" | "end", uid: string, user: string): void {
		(how === "eviction" ? this.#evictedBy : this.#askedBy).set(uid, user);
	}

	/** Why this launcher is being stopped. */
	of(pod: KubeObject): StopCause {
		const disruption = conditionOf(pod, "DisruptionTarget");
		const by = this.#askedBy.get(pod.metadata.uid);
		if (disruption?.status === "True" && disruption.reason === "EvictionByEvictionAPI") {
			return { cause: "eviction", by: this.#evictedBy.get(pod.metadata.uid) ?? by };
		}
		if (disruption?.status === "True" && disruption.reason === "DeletionByTaintManager") return { cause: "taint", by };
		const vmi = vmiOfLauncher(this.#store, pod);
		if (by !== undefined || vmi === undefined || !isDeleting(vmi)) return { cause: "delete", by };
		const owner = controllerOf(vmi)?.uid ?? "";
		return { cause: "user", by: this.#askedBy.get(vmi.metadata.uid) ?? this.#askedBy.get(owner) };
	}

	#note({ type, resource, object, previous }: Change): void {
		const user = requestingUser();
		if (user === undefined) return;
		const ends = isDeleting(object) && (previous === undefined || !isDeleting(previous));
		const isOwner = resource === "virtualmachines" || resource === "virtualmachineinstancereplicasets";
		const asked = ends || type === "DELETED" || (isOwner && object.spec !== previous?.spec);
		if (asked && (isOwner || resource === "pods" || resource === "virtualmachineinstances")) {
			this.asked("end", object.metadata.uid, user);
		}
	}
}
