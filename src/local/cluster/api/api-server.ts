import type { SimulationClock } from "../../clock/simulation-clock.ts";
import type { Store } from "../store.ts";
import type { AggregatedApi } from "./aggregated-api.ts";
import { answerRequest } from "./answers.ts";
import { type ApiRequest, readApiRequest, type Verb } from "./api-request.ts";
import { ApiRefusal, unauthorized } from "./api-status.ts";
import { type ApiUser, type Authenticate, administrator, bearerToken, refuseUnlessAllowed } from "./authorization.ts";
import type { CreationWebhook } from "./creation-webhooks.ts";
import type { EvictionWebhook } from "./eviction-webhooks.ts";
import { handicapsOf, suffer, sufferAfterwards } from "./fault-effects.ts";
import { type FaultEffect, ProvokedFaults } from "./provoked-faults.ts";
import type { Sent } from "./sent.ts";
import { jsonReply, type Reply } from "./wire.ts";

/** One request and how it ended; `code` 0 when no answer went out. */
export type AuditEntry = {
	/** Epoch milliseconds at which the request came in. */
	readonly at: number;
	readonly verb: Verb;
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	/** Empty when it could not be authenticated. */
	readonly user: string;
	readonly code: number;
	/** What was sent, for writes. */
	readonly body?: unknown;
};

export type ApiServerOptions = {
	readonly store: Store;
	readonly clock: SimulationClock;
	/** `v1.35.6`. */
	readonly kubernetesVersion: string;
	readonly admission: {
		readonly evictionWebhooks: readonly EvictionWebhook[];
		readonly creationWebhooks?: readonly CreationWebhook[];
	};
	/** APIs that other programs serve behind this server. */
	readonly aggregated?: readonly AggregatedApi[];
	/** Without it every request is the administrator's. */
	readonly authenticate?: Authenticate;
	readonly faults?: ProvokedFaults;
	/** Hears each request when it is answered; a watch when it begins. */
	readonly log?: (entry: AuditEntry) => void;
};

type ApiServer = {
	/**
	 * Answers as a Kubernetes API server does. Runs as a thread of the clock; a caller on virtual time awaits it inside `rest`
	 * or `within`, because a fault may make it wait. Rejects with ConnectionReset when a fault breaks the connection.
	 */
	handle(request: Request): Promise<Response>;
	readonly audit: readonly AuditEntry[];
	readonly faults: ProvokedFaults;
};

/** Namespaces that every API server makes for itself. */
const systemNamespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** A simulated API server over this store. */
export function createApiServer(options: ApiServerOptions): ApiServer {
	createSystemNamespaces(options.store);
	const server = new SimulatedApiServer(options);
	return { handle: (request) => server.handle(request), audit: server.audit, faults: server.faults };
}

class SimulatedApiServer {
	readonly audit: AuditEntry[] = [];
	readonly faults: ProvokedFaults;
	readonly #options: ApiServerOptions;
	/** Held until answered: a Request that is collected no longer passes on that its client has gone. */
	readonly #underWay = new Set<Request>();

	constructor(options: ApiServerOptions) {
		this.#options = options;
		this.faults = options.faults ?? new ProvokedFaults();
	}

	handle(request: Request): Promise<Response> {
		return this.#options.clock.thread(async () => {
			this.#underWay.add(request);
			try {
				const reply = await this.#answer(request);
				// An empty text would get a content type of its own, which KubeVirt's empty answers do not have.
				return new Response(reply.body === "" ? null : reply.body, { status: reply.status, headers: reply.headers });
			} finally {
				this.#underWay.delete(request);
			}
		});
	}

	async #answer(request: Request): Promise<Reply> {
		const { clock, authenticate } = this.#options;
		const at = clock.now();
		const asked = readApiRequest(request.method, new URL(request.url), at);
		const user = authenticate === undefined ? administrator : authenticate(bearerToken(request.headers), at);
		const sent = await readSent(request);
		const { verb, path, query } = asked;
		const entry = { at, verb, path, query, user: user?.name ?? "", ...bodyOf(sent.text) };
		const effects = this.faults.befall({ ...asked, user: entry.user });
		try {
			const reply =
				(await suffer(effects, clock, request.signal)) ?? (await this.#work({ asked, user, sent, effects, client: request }));
			await sufferAfterwards(effects, clock, request.signal);
			this.#record({ ...entry, code: reply.status });
			return reply;
		} catch (error) {
			this.#record({ ...entry, code: 0 });
			throw error;
		}
	}

	async #work({ asked, user, sent, effects, client }: Call): Promise<Reply> {
		const { store, clock, kubernetesVersion, admission, aggregated = [] } = this.#options;
		const { evictionWebhooks: webhooks, creationWebhooks = [] } = admission;
		try {
			if (user === undefined) throw unauthorized();
			refuseUnlessAllowed(user, asked);
			const handicaps = handicapsOf(effects, store, clock.now());
			const served = { webhooks, creationWebhooks, aggregated };
			const context = { store, clock, kubernetesVersion, ...served, client, ...handicaps };
			return await answerRequest(context, asked, sent);
		} catch (error) {
			if (error instanceof ApiRefusal) return refusalReply(error);
			throw error;
		}
	}

	#record(entry: AuditEntry): void {
		this.audit.push(entry);
		this.#options.log?.(entry);
	}
}

type Call = {
	readonly asked: ApiRequest;
	readonly user: ApiUser | undefined;
	readonly sent: Sent;
	readonly effects: readonly FaultEffect[];
	readonly client: Request;
};

function refusalReply({ code, status }: ApiRefusal): Reply {
	const { retryAfterSeconds } = status.details ?? {};
	return jsonReply(code, status, retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) });
}

async function readSent(request: Request): Promise<Sent> {
	const contentType = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
	const text = request.body === null ? "" : await request.text();
	return { contentType, accept: request.headers.get("accept") ?? "*/*", text };
}

function createSystemNamespaces(store: Store): void {
	for (const name of systemNamespaces) {
		if (store.get("namespaces", undefined, name) !== undefined) continue;
		const metadata = { name, labels: { "kubernetes.io/metadata.name": name } };
		const spec = { finalizers: ["kubernetes"] };
		store.create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata, spec, status: { phase: "Active" } });
	}
}

function bodyOf(text: string): { readonly body?: unknown } {
	if (text === "") return {};
	try {
		return { body: JSON.parse(text) };
	} catch {
		return { body: text };
	}
}
