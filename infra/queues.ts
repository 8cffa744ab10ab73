import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { delivery } from "./time-outs.ts";

export type InboundQueue = { readonly queue: Queue; readonly deadLetters: Queue };

/** Managed by SQS, for EventBridge cannot send to a queue that the AWS-managed KMS key encrypts. */
const closed = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };

/** A queue that nobody reads but a human. */
export function keepingQueue(scope: Construct, id: string): Queue {
	return new Queue(scope, id, { ...closed, retentionPeriod: Duration.days(14) });
}

/** A queue that intake reads. Four days long, so that an outage of a weekend loses nothing. */
export function inboundQueue(scope: Construct, id: string): InboundQueue {
	const deadLetters = keepingQueue(scope, `${id}DeadLetters`);
	const queue = new Queue(scope, id, {
		...closed,
		retentionPeriod: Duration.days(4),
		visibilityTimeout: Duration.seconds(delivery.visibilitySeconds),
		deadLetterQueue: { queue: deadLetters, maxReceiveCount: delivery.maxReceiveCount },
	});
	return { queue, deadLetters };
}
