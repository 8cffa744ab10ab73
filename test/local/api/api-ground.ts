import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { type ApiServerOptions, createApiServer } from "../../../src/local/cluster/api/api-server.ts";
import { Store } from "../../../src/local/cluster/store.ts";
import { type Fields, fieldsAt, type NewObject } from "../../../src/local/cluster/store-object.ts";

export type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown };

/** A request and its whole answer; JSON bodies are parsed. */
type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

export function askThrough(send: (request: Request) => Promise<Response>, origin = "http://cluster"): Ask {
	return async (method, path, body, headers = {}) => {
		const content: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
		const text = typeof body === "string" ? body : JSON.stringify(body);
		const init = { method, headers: { ...content, ...headers }, ...(body === undefined ? {} : { body: text }) };
		const response = await send(new Request(`${origin}${path}`, init));
		const raw = await response.text();
		const isJson = response.headers.get("content-type") === "application/json";
		return { status: response.status, headers: Object.fromEntries(response.headers), body: isJson ? JSON.parse(raw) : raw };
	};
}

export const json = { "content-type": "application/json" };

/** A cluster without controllers: a store, a clock and an API server; namespace `x` exists. */
export function ground(options: Partial<ApiServerOptions> = {}) {
	const clock = new VirtualClock({ start: Date.UTC(2026, 10, 22, 9, 43, 24), deadline: 24 * 3600_000 });
	const store = new Store(clock);
	const server = createApiServer({
		store,
		clock,
		kubernetesVersion: "v1.35.6",
		admission: { evictionWebhooks: [] },
		...options,
	});
	store.create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "x" } });
	return { clock, store, server, ask: askThrough(server.handle) };
}

export function pod(
	name: string,
	more: { labels?: Record<string, string>; namespace?: string; spec?: Fields; status?: Fields } = {},
): NewObject {
	const { labels = {}, namespace = "x", spec = {}, status = {} } = more;
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace, labels },
		spec: { nodeName: "node2", terminationGracePeriodSeconds: 30, ...spec },
		status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }], ...status },
	};
}

export function node(name: string, more: Partial<NewObject> = {}): NewObject {
	return { apiVersion: "v1", kind: "Node", metadata: { name }, spec: { providerID: `aws:///eu-west-1a/i-${name}` }, ...more };
}

export function vmi(name: string, labels: Record<string, string>): NewObject {
	return { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", metadata: { name, namespace: "x", labels }, spec: {} };
}

export function budget(name: string, selector: Record<string, string>, status: Fields, spec: Fields = {}): NewObject {
	return {
		apiVersion: "policy/v1",
		kind: "PodDisruptionBudget",
		metadata: { name, namespace: "x" },
		spec: { minAvailable: 1, selector: { matchLabels: selector }, ...spec },
		status: { observedGeneration: 1, ...status },
	};
}

export function eviction(name: string, deleteOptions?: Fields): Fields {
	const options = deleteOptions === undefined ? {} : { deleteOptions };
	return { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace: "x" }, ...options };
}

/** The names in a list, in its order. */
export function names(answer: Answer): unknown[] {
	const { items } = answer.body as { items: unknown[] };
	return items.map((item) => fieldsAt(item, "metadata").name);
}

/** The lines of a watch, parsed as they come; undefined at its end. */
export function watchLines(body: ReadableStream<Uint8Array> | null): () => Promise<unknown> {
	if (body === null) throw new TypeError("cannot read the watch: the response has no body");
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let rest = "";
	return async () => {
		for (;;) {
			const end = rest.indexOf("\n");
			if (end >= 0) {
				const line = rest.slice(0, end);
				rest = rest.slice(end + 1);
				return JSON.parse(line);
			}
			const { done, value } = await reader.read();
			if (done) return rest === "" ? undefined : { cutOff: rest };
			rest += decoder.decode(value, { stream: true });
		}
	};
}

/** What a watch event is about: type, name and resource version. */
export function brief(event: unknown): string {
	const { type } = event as { type: string };
	const { name = "", resourceVersion } = fieldsAt(event, "object", "metadata");
	return `${type} ${String(name)}@${String(resourceVersion)}`;
}
