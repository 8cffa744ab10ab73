import type { ClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import { nodeNameOf, phaseOf } from "../../../src/local/cluster/controllers/pods.ts";
import type { KubeObject, ObjectStore } from "../../../src/local/cluster/store.ts";
import { textAt } from "../../../src/local/cluster/store-object.ts";
import { ask } from "./ask.ts";
import { objectPath } from "./object-paths.ts";

/** API servers give no shorter ones than ten minutes. */
const validSeconds = 3_600;
const renewBeforeMs = 600_000;

type Token = { readonly token: string; readonly until: number };

/**
 * Tokens of virt-handler's ServiceAccount, bound to the virt-handler pod of a node: KubeVirt's webhook lets a handler
 * write only the VMIs of its own node, and knows the node from the token.
 * https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-api/webhooks/validating-webhook/admitters/vmi-update-admitter.go
 */
export class HandlerTokens {
	readonly #api: ClusterApi;
	readonly #now: () => number;
	/** By the pod's uid. */
	readonly #tokens = new Map<string, Promise<Token>>();

	constructor(api: ClusterApi, now: () => number) {
		this.#api = api;
		this.#now = now;
	}

	/** Of the handler where the VMI is, else where it goes to. Throws while neither has one. */
	async of(vmi: KubeObject, store: ObjectStore): Promise<string> {
		const places = [textAt(vmi, "status", "nodeName"), textAt(vmi, "status", "migrationState", "targetNode")];
		const nodes = places.filter((node) => node !== undefined && node !== "");
		const pod = nodes.flatMap((node) => handlersOn(store, node ?? ""))[0];
		if (pod === undefined) {
			const { namespace, name } = vmi.metadata;
			throw new Error(`cannot write VMI ${namespace}/${name}: no virt-handler runs on ${nodes.join(" or ")}`);
		}
		return this.#tokenOf(pod);
	}

	async #tokenOf(pod: KubeObject): Promise<string> {
		const { uid } = pod.metadata;
		const known = await this.#tokens.get(uid);
		if (known !== undefined && known.until - renewBeforeMs > this.#now()) return known.token;
		const asked = this.#request(pod);
		this.#tokens.set(uid, asked);
		try {
			return (await asked).token;
		} catch (fault) {
			this.#tokens.delete(uid);
			throw fault;
		}
	}

	async #request(pod: KubeObject): Promise<Token> {
		const { namespace = "", name, uid } = pod.metadata;
		const account = textAt(pod, "spec", "serviceAccountName") ?? "kubevirt-handler";
		const answer = await ask(this.#api, {
			method: "POST",
			path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
			body: {
				apiVersion: "authentication.k8s.io/v1",
				kind: "TokenRequest",
				spec: { boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid }, expirationSeconds: validSeconds },
			},
		});
		const token = textAt(answer.body, "status", "token");
		const where = objectPath("pods", namespace, name);
		if (token === undefined) throw new Error(`cannot get a token bound to ${where}: ${answer.message} (${answer.code})`);
		return { token, until: Date.parse(textAt(answer.body, "status", "expirationTimestamp") ?? "") };
	}
}

function handlersOn(store: ObjectStore, node: string): readonly KubeObject[] {
	return store
		.labelled("pods", "kubevirt.io", "virt-handler")
		.filter((pod) => nodeNameOf(pod) === node && phaseOf(pod) === "Running");
}
