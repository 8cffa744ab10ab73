import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type AwsClientOptions, type AwsClients, createAwsClients } from "../../adapters/aws/clients.ts";

const unread = [
	"httpSigningMiddleware",
	"getUserAgentMiddleware",
	"hostHeaderMiddleware",
	"recursionDetectionMiddleware",
	"contentLengthMiddleware",
];

/** What the SDK would look for in the environment and in files otherwise, some of it once for each request. */
const SETTLED = {
	useFipsEndpoint: false,
	useDualstackEndpoint: false,
	defaultsMode: "legacy",
	userAgentAppId: "evacuator",
	ignoreConfiguredEndpointUrls: true,
	cacheMiddleware: true,
} as const;

type Backoff = { computeNextBackoffDelay(attempt: number): number };
type Client = { readonly config: Pick<DynamoDBClient["config"], "retryStrategy"> };

/**
 * The SDK's clients for services that are functions in this process.
 *
 * Nobody reads a signature or these headers there, and making them takes longer than the rest of a request. Nor do they pause,
 * in real time and at random, before they repeat a request: on virtual time nothing changes meanwhile.
 */
export function createInProcessClients(options: AwsClientOptions): AwsClients {
	const clients = createAwsClients({ ...options, settled: SETTLED });
	for (const client of Object.values(clients)) {
		for (const name of unread) client.middlewareStack.remove(name);
		repeatAtOnce(client);
	}
	return clients;
}

function repeatAtOnce({ config }: Client): void {
	const { retryStrategy } = config;
	config.retryStrategy = async () => {
		const strategy = await retryStrategy();
		(strategy as unknown as { retryBackoffStrategy: Backoff }).retryBackoffStrategy.computeNextBackoffDelay = () => 0;
		return strategy;
	};
}
