import type { ClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import { conditionOf, setConditions } from "../../../src/local/cluster/controllers/conditions.ts";
import type { Ground } from "../../../src/local/cluster/controllers/ground.ts";
import type { Machine } from "../../../src/local/cluster/controllers/machines.ts";
import { ask } from "./ask.ts";

const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
/** As every kubelet does: https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats */
const everyMs = 10_000;
const leaseSeconds = 40;

const healthy = [
	["MemoryPressure", "False", "KubeletHasSufficientMemory"],
	["DiskPressure", "False", "KubeletHasNoDiskPressure"],
	["PIDPressure", "False", "KubeletHasSufficientPID"],
	["Ready", "True", "KubeletReady"],
] as const;

/** What kubelets do to count as alive: a lease that they renew, and a Ready condition that they set right when they are back. */
export class NodePresence {
	readonly #ground: Ground;
	readonly #api: ClusterApi;
	readonly #failed: (what: string) => void;

	constructor(ground: Ground, api: ClusterApi, failed: (what: string) => void) {
		this.#ground = ground;
		this.#api = api;
		this.#failed = failed;
	}

	/** From now on, every ten seconds. */
	start(): void {
		this.#ground.agenda.after(everyMs, () => {
			for (const machine of this.#ground.machines.all()) void this.show(machine);
			this.start();
		});
	}

	/** The machine behind this node went silent or came back. */
	changed(nodeName: string): void {
		const machine = this.#ground.machines.serving(nodeName);
		if (machine !== undefined) void this.show(machine);
	}

	/** The kubelet of this machine says that it is there, if it is and the Node is its own. */
	async show(machine: Machine): Promise<void> {
		const { machines, store } = this.#ground;
		if (!machine.connected || machines.serving(machine.nodeName) !== machine) return;
		this.#setReady(machine.nodeName);
		const node = store.get("nodes", undefined, machine.nodeName);
		if (node === undefined) return;
		try {
			await this.#renew(machine.nodeName, node.metadata.uid);
		} catch (fault) {
			this.#failed(`renewing the lease of ${machine.nodeName}: ${(fault as Error).message}`);
		}
	}

	#setReady(nodeName: string): void {
		const { store, clock } = this.#ground;
		const node = store.get("nodes", undefined, nodeName);
		if (node === undefined || conditionOf(node, "Ready")?.status === "True") return;
		store.update("nodes", undefined, nodeName, (draft) => {
			for (const [type, status, reason] of healthy) {
				const message = type === "Ready" ? "kubelet is posting ready status" : "ok";
				setConditions(draft, clock.now(), { type, status, reason, message });
			}
		});
	}

	async #renew(nodeName: string, uid: string): Promise<void> {
		const renewTime = new Date(this.#ground.clock.now()).toISOString().replace("Z", "000Z");
		const spec = { holderIdentity: nodeName, leaseDurationSeconds: leaseSeconds, renewTime };
		const ownerReferences = [{ apiVersion: "v1", kind: "Node", name: nodeName, uid }];
		const body = { metadata: { ownerReferences }, spec };
		const renewed = await ask(this.#api, { method: "PATCH", path: `${leases}/${nodeName}`, body });
		if (renewed.code === 200) return;
		const lease = {
			apiVersion: "coordination.k8s.io/v1",
			kind: "Lease",
			metadata: { name: nodeName, namespace: "kube-node-lease", ownerReferences },
			spec,
		};
		const created = await ask(this.#api, { method: "POST", path: leases, body: lease });
		if (created.code === 201 || created.code === 409) return;
		this.#failed(`creating the lease of ${nodeName}: ${created.message} (${created.code})`);
	}
}
