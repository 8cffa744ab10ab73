import { type AwsClientOptions, type AwsClients, createAwsClients } from "../../adapters/aws/clients.ts";

type Backoff = { computeNextBackoffDelay(attempt: number): number };

/**
 * The SDK's clients for services that are functions in this process.
 *
 * Nobody reads a signature there, and making one takes longer than the rest of a request. Nor do they pause, in real time and
 * at random, before they repeat a request: on virtual time nothing changes meanwhile.
 */
export function createInProcessClients(options: AwsClientOptions): AwsClients {
	const clients = createAwsClients(options);
	for (const { middlewareStack, config } of Object.values(clients)) {
		middlewareStack.remove("httpSigningMiddleware");
		const { retryStrategy } = config;
		config.retryStrategy = async () => {
			const strategy = await retryStrategy();
			(strategy as unknown as { retryBackoffStrategy: Backoff }).retryBackoffStrategy.computeNextBackoffDelay = () => 0;
			return strategy;
		};
	}
	return clients;
}
