import {
	CoreV1Api,
	CustomObjectsApi,
	createConfiguration,
	ResponseContext,
	ServerConfiguration,
	wrapHttpLibrary,
} from "@kubernetes/client-node";
import type { Clock } from "../../ports.ts";
import { readWhole } from "./body.ts";
import { type Authorize, type Call, createExchange, type Exchange } from "./exchange.ts";
import type { Send } from "./send.ts";

/** client-node's typed APIs, and the bare exchange for watches, over one transport. */
export type ClusterApi = {
	readonly cluster: string;
	/** Base address without a slash at its end. */
	readonly server: string;
	readonly exchange: Exchange;
	readonly core: CoreV1Api;
	readonly custom: CustomObjectsApi;
	readonly clock: Clock;
};

export type ClusterApiOptions = {
	readonly name: string;
	readonly send: Send;
	readonly clock: Clock;
	/** Default: an address that only a `send` which opens no socket can serve. */
	readonly server?: string;
	readonly authorize?: Authorize;
};

/** Sets client-node up over `send`; opens nothing yet. */
export function createClusterApi(options: ClusterApiOptions): ClusterApi {
	const { name, clock, send } = options;
	const server = (options.server ?? "https://kubernetes.default.svc").replace(/\/+$/, "");
	const exchange = createExchange({ cluster: name, send, clock, ...(options.authorize && { authorize: options.authorize }) });
	const configuration = createConfiguration({
		baseServer: new ServerConfiguration(server, {}),
		httpApi: wrapHttpLibrary({
			async send(context) {
				const body = context.getBody();
				const call: Call = { method: context.getHttpMethod(), url: context.getUrl(), headers: context.getHeaders() };
				const response = await exchange(body === undefined ? call : { ...call, body: String(body) });
				const text = await readWhole(response);
				return new ResponseContext(response.status, Object.fromEntries(response.headers), {
					text: async () => text,
					binary: async () => Buffer.from(text),
					stream: () => null,
				});
			},
		}),
	});
	return {
		cluster: name,
		server,
		exchange,
		core: new CoreV1Api(configuration as ConstructorParameters<typeof CoreV1Api>[0]),
		custom: new CustomObjectsApi(configuration as ConstructorParameters<typeof CustomObjectsApi>[0]),
		clock,
	};
}
