import { AutoScalingClient, type AutoScalingClientConfig } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";

type RequestHandler = NonNullable<AutoScalingClientConfig["requestHandler"]>;

/** Where a service answers: an address, or a function in this process. */
export type Ground = { readonly endpoint: string } | { readonly requestHandler: RequestHandler };

type AwsService = "autoScaling" | "ec2" | "dynamodb" | "sfn" | "sqs";

type SettledSetting =
	| "useFipsEndpoint"
	| "useDualstackEndpoint"
	| "defaultsMode"
	| "userAgentAppId"
	| "ignoreConfiguredEndpointUrls"
	| "cacheMiddleware";

export type AwsClientOptions = {
	readonly region: string;
	/** Services that are not AWS's own; the others are. */
	readonly grounds?: Readonly<Partial<Record<AwsService, Ground>>>;
	/** Of every client; what is left out is the environment's. */
	readonly settled?: Pick<AutoScalingClientConfig, SettledSetting>;
	/** The environment's when left out. */
	readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

export type AwsClients = {
	readonly autoScaling: AutoScalingClient;
	/** Sends a request once and never again: an action that is completed twice, or late, may not be repeated blindly. */
	readonly autoScalingOnce: AutoScalingClient;
	readonly ec2: EC2Client;
	readonly dynamodb: DynamoDBClient;
	readonly sfn: SFNClient;
	readonly sqs: SQSClient;
};

/**
 * Milliseconds. Three tries fit into ten seconds, so that a step can still do something else when a service is silent.
 * Retries are the SDK's standard ones: its adaptive mode holds requests back for many seconds, and heartbeats cannot wait.
 */
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };

/** The SDK's clients, with short time-outs. */
export function createAwsClients({ region, grounds = {}, settled = {}, credentials }: AwsClientOptions): AwsClients {
	const settings = (service: AwsService, attempts = 3) => ({
		region,
		maxAttempts: attempts,
		retryMode: "standard",
		requestHandler: TIMEOUTS,
		...settled,
		...(credentials && { credentials }),
		...grounds[service],
	});
	const clients = {
		autoScaling: new AutoScalingClient(settings("autoScaling")),
		autoScalingOnce: new AutoScalingClient(settings("autoScaling", 1)),
		ec2: new EC2Client(settings("ec2")),
		dynamodb: new DynamoDBClient(settings("dynamodb")),
		sfn: new SFNClient(settings("sfn")),
		sqs: new SQSClient(settings("sqs")),
	};
	// It copies every request and every answer for a log that nobody keeps.
	for (const { middlewareStack } of Object.values(clients)) middlewareStack.remove("loggerMiddleware");
	return clients;
}
