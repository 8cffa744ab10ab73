import type { ClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import type { KubeObject, NewObject, Resource } from "../../../src/local/cluster/store.ts";
import { resourceType } from "../../../src/local/cluster/store-resources.ts";
import { type Answer, ask } from "./ask.ts";
import { mergePatch } from "./merge-patch.ts";
import type { MirrorStore, Writes } from "./mirror-store.ts";
import { type Edit, type MirroredObject, type Removal, withEdits } from "./mirrored-object.ts";
import { collectionPath, objectPath } from "./object-paths.ts";

type WriterOptions = {
	readonly api: ClusterApi;
	readonly mirror: MirrorStore;
	/** For VMIs: the whole object goes, in the name of its node's virt-handler. Throws while nobody can speak for it. */
	readonly handler: (vmi: KubeObject) => Promise<{ readonly api: ClusterApi; readonly token: string }>;
	readonly pause: (ms: number) => Promise<void>;
	readonly signal: AbortSignal;
	readonly failed: (what: string) => void;
};

/** What became of one request: `again` at once, after a pause for as long as it takes, or a few times more. */
type Outcome = "done" | "again" | "later" | "refused";

const laterMs = 500;
const refusedMs = 250;
/** Together about 16 s. */
const mostRefusals = 8;
const mostCreations = 5;

/** Sends what is to become of objects: one request at a time for each object, edits before its deletion. */
export class ObjectWriter implements Writes {
	readonly #options: WriterOptions;
	readonly #busy = new Set<MirroredObject>();

	constructor(options: WriterOptions) {
		this.#options = options;
	}

	write(object: MirroredObject): void {
		if (this.#busy.has(object)) return;
		this.#busy.add(object);
		void this.#work(object).finally(() => this.#busy.delete(object));
	}

	create(resource: Resource, object: NewObject): void {
		void this.#create(resource, object);
	}

	async #work(object: MirroredObject): Promise<void> {
		const { mirror, signal, pause } = this.#options;
		let refusals = 0;
		while (!signal.aborted && mirror.has(object) && (object.edits.length > 0 || object.removal !== undefined)) {
			const outcome = await this.#attempt(object);
			if (outcome === "done") refusals = 0;
			else if (outcome === "later") await pause(laterMs);
			else if (outcome === "refused") {
				refusals += 1;
				await pause(refusedMs * 2 ** Math.min(refusals, 4));
				if (refusals < mostRefusals) continue;
				refusals = 0;
				this.#giveUp(object);
			}
		}
	}

	async #attempt(object: MirroredObject): Promise<Outcome> {
		try {
			if (object.edits.length > 0) return await this.#sendEdits(object);
			return object.removal === undefined ? "done" : await this.#sendRemoval(object, object.removal);
		} catch (fault) {
			if (!this.#options.signal.aborted) this.#options.failed(`writing ${nameOf(object)}: ${(fault as Error).message}`);
			return "later";
		}
	}

	async #sendEdits(object: MirroredObject): Promise<Outcome> {
		const { api, mirror, handler } = this.#options;
		const { edits, seen, resource } = object;
		const wanted = withEdits(seen, edits);
		if (wanted === seen) {
			mirror.concluded(object, edits);
			return "done";
		}
		const path = objectPath(resource, seen.metadata.namespace, seen.metadata.name);
		if (resource === "virtualmachineinstances") {
			const { api: asHandler, token } = await handler(seen);
			return this.#judge(object, await ask(asHandler, { method: "PUT", path, body: wanted, token }), edits);
		}
		if (!resourceType(resource).statusSubresource) {
			return this.#judge(object, await ask(api, { method: "PATCH", path, body: patchOf(seen, wanted) ?? {} }), edits);
		}
		const plain = patchOf({ ...seen, status: {} }, { ...wanted, status: {} });
		if (plain !== undefined) {
			const answer = await ask(api, { method: "PATCH", path, body: plain });
			if (answer.code !== 200) return this.#judge(object, answer, edits);
			mirror.answered(resource, answer.body);
		}
		const now = object.seen;
		const status = mergePatch({ status: now.status }, { status: withEdits(now, edits).status });
		if (Object.keys(status).length === 0) {
			mirror.concluded(object, edits);
			return "done";
		}
		const body = { ...status, metadata: identityOf(now) };
		return this.#judge(object, await ask(api, { method: "PATCH", path: `${path}/status`, body }), edits);
	}

	async #judge(object: MirroredObject, answer: Answer, edits: readonly Edit[]): Promise<Outcome> {
		const { mirror, failed } = this.#options;
		if (answer.code >= 200 && answer.code < 300) {
			mirror.concluded(object, edits, answer.body);
			return "done";
		}
		if (answer.code === 404) {
			mirror.concluded(object, edits);
			return "done";
		}
		if (answer.code === 409) return this.#refresh(object);
		failed(`writing ${nameOf(object)}: ${answer.message} (${answer.code})`);
		return answer.code === 429 || answer.code >= 500 ? "later" : "refused";
	}

	/** Somebody else was faster: the edits are made again on what is there now. */
	async #refresh(object: MirroredObject): Promise<Outcome> {
		const { api, mirror } = this.#options;
		const { namespace, name } = object.seen.metadata;
		const answer = await ask(api, { method: "GET", path: objectPath(object.resource, namespace, name) });
		if (answer.code === 200) mirror.answered(object.resource, answer.body);
		else if (answer.code === 404) this.#giveUp(object);
		else return "later";
		return "again";
	}

	async #sendRemoval(object: MirroredObject, removal: Removal): Promise<Outcome> {
		const { api, failed } = this.#options;
		const { namespace, name, uid } = object.seen.metadata;
		const grace = removal.graceSeconds === undefined ? {} : { gracePeriodSeconds: removal.graceSeconds };
		const body = { apiVersion: "v1", kind: "DeleteOptions", ...grace, preconditions: { uid } };
		const answer = await ask(api, { method: "DELETE", path: objectPath(object.resource, namespace, name), body });
		const isThrough = answer.code < 300 || answer.code === 404 || answer.code === 409;
		if (isThrough) {
			object.removed(removal);
			return "done";
		}
		failed(`deleting ${nameOf(object)}: ${answer.message} (${answer.code})`);
		return answer.code === 429 || answer.code >= 500 ? "later" : "refused";
	}

	#giveUp(object: MirroredObject): void {
		if (object.removal !== undefined) object.removed(object.removal);
		this.#options.mirror.concluded(object, object.edits);
	}

	async #create(resource: Resource, object: NewObject): Promise<void> {
		const { api, mirror, failed, pause, signal } = this.#options;
		const { namespace, name = "" } = object.metadata;
		for (let attempt = 1; attempt <= mostCreations && !signal.aborted; attempt++) {
			try {
				const answer = await ask(api, { method: "POST", path: collectionPath(resource, namespace), body: object });
				if (answer.code === 201) return mirror.answered(resource, answer.body);
				failed(`creating ${resource} ${name}: ${answer.message} (${answer.code})`);
				if (answer.code < 500 && answer.code !== 429) return;
			} catch (fault) {
				if (!signal.aborted) failed(`creating ${resource} ${name}: ${(fault as Error).message}`);
			}
			await pause(laterMs);
		}
	}
}

/** With the version that it is made for, so that it meets no other; undefined when nothing differs. */
function patchOf(seen: KubeObject, wanted: KubeObject): Record<string, unknown> | undefined {
	const { metadata, ...rest } = mergePatch(seen, wanted) as { readonly metadata?: object };
	if (metadata === undefined && Object.keys(rest).length === 0) return undefined;
	return { ...rest, metadata: { ...metadata, ...identityOf(seen) } };
}

function identityOf({ metadata }: KubeObject): { readonly uid: string; readonly resourceVersion: string } {
	return { uid: metadata.uid, resourceVersion: metadata.resourceVersion };
}

function nameOf({ resource, seen }: MirroredObject): string {
	const { namespace, name } = seen.metadata;
	return `${resource} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
