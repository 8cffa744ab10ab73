import { type AwsClientOptions, type AwsClients, createAwsClients } from "../../adapters/aws/clients.ts";

const unread = [
	"httpSigningMiddleware",
	"getUserAgentMiddleware",
	"hostHeaderMiddleware",
	"recursionDetectionMiddleware",
	"contentLengthMiddleware",
];

type Backoff = { computeNextBackoffDelay(attempt: number): number };

/**
 * The SDK's clients for services that are functions in this process.
 *
 * Nobody reads a signature or these headers there, and making them takes longer than the rest of a request. Nor do they pause,
 * in real time and at random, before they repeat a request: on virtual time nothing changes meanwhile.
 */
export function createInProcessClients(options: AwsClientOptions): AwsClients {
	const clients = createAwsClients(options);
	for (const { middlewareStack, config } of Object.values(clients)) {
		for (const name of unread) middlewareStack.remove(name);
		const { retryStrategy } = config;
		config.retryStrategy = async () => {
			const strategy = await retryStrategy();
			(strategy as unknown as { retryBackoffStrategy: Backoff }).retryBackoffStrategy.computeNextBackoffDelay = () => 0;
			return strategy;
		};
	}
	return clients;
}
