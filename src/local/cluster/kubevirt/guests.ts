import type { Machine } from "../controllers/machines.ts";

/** One qemu process. It lives on an instance, whatever the API says about it. */
export type Guest = {
	readonly vmiUid: string;
	readonly namespace: string;
	readonly name: string;
	machine: Machine;
	podUid: string;
	state: "running" | "shutting down" | "ended";
};

/** The memory of a guest on its way from one instance to another. */
export type Transfer = {
	readonly guest: Guest;
	readonly migrationUid: string;
	readonly source: Machine;
	readonly target: Machine;
	readonly sourcePodUid: string;
	readonly targetPodUid: string;
	mode: "PreCopy" | "PostCopy";
	cancel: () => void;
};

export type EndCause = "eviction" | "delete" | "taint" | "user" | "instance taken" | "crash";

export type GuestEvent =
	| { readonly kind: "started"; readonly guest: Guest }
	| { readonly kind: "moved"; readonly guest: Guest; readonly from: Machine }
	| { readonly kind: "ended"; readonly guest: Guest; readonly cause: EndCause; readonly by?: string | undefined }
	| { readonly kind: "transfer began"; readonly transfer: Transfer }
	| {
			readonly kind: "transfer ended";
			readonly transfer: Transfer;
			readonly outcome: "moved" | "failed" | "aborted" | "instance taken" | "guest ended";
	  };

/** Every guest and every transfer of a cluster: what really is. */
export class Guests {
	readonly #guests = new Map<string, Guest>();
	readonly #transfers = new Map<string, Transfer>();
	readonly #listeners = new Set<(event: GuestEvent) => void>();

	all(): readonly Guest[] {
		return [...this.#guests.values()];
	}

	transfers(): readonly Transfer[] {
		return [...this.#transfers.values()];
	}

	of(vmiUid: string): Guest | undefined {
		return this.#guests.get(vmiUid);
	}

	transferOf(vmiUid: string): Transfer | undefined {
		return this.#transfers.get(vmiUid);
	}

	/** Called synchronously, in order. */
	subscribe(listener: (event: GuestEvent) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	start(guest: Guest): void {
		this.#guests.set(guest.vmiUid, guest);
		this.#tell({ kind: "started", guest });
	}

	begin(transfer: Transfer): void {
		this.#transfers.set(transfer.guest.vmiUid, transfer);
		this.#tell({ kind: "transfer began", transfer });
	}

	/** The guest runs at the target now. In post-copy this comes before the transfer's end. */
	move(transfer: Transfer): void {
		const { guest, target, targetPodUid } = transfer;
		if (guest.machine === target) return;
		const from = guest.machine;
		guest.machine = target;
		guest.podUid = targetPodUid;
		this.#tell({ kind: "moved", guest, from });
	}

	finish(transfer: Transfer, outcome: "moved" | "failed" | "aborted" | "instance taken" | "guest ended"): void {
		if (this.#transfers.get(transfer.guest.vmiUid) !== transfer) return;
		transfer.cancel();
		this.#transfers.delete(transfer.guest.vmiUid);
		this.#tell({ kind: "transfer ended", transfer, outcome });
	}

	/** Ends a guest, and the transfer it was in. */
	end(guest: Guest, cause: EndCause, by?: string): void {
		if (guest.state === "ended") return;
		guest.state = "ended";
		const transfer = this.#transfers.get(guest.vmiUid);
		if (transfer !== undefined) this.finish(transfer, cause === "instance taken" ? cause : "guest ended");
		this.#tell({ kind: "ended", guest, cause, by });
	}

	#tell(event: GuestEvent): void {
		for (const listener of [...this.#listeners]) listener(event);
	}
}
