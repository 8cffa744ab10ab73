/** What Lambda gives a function for a batch of a queue: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export type SqsEvent = { Records: SqsRecord[] };

/** Every value is a string; the time stamps are epoch milliseconds. */
export type SqsRecord = {
	messageId: string;
	receiptHandle: string;
	body: string;
	attributes: {
		ApproximateReceiveCount: string;
		SentTimestamp: string;
		SenderId: string;
		ApproximateFirstReceiveTimestamp: string;
	};
	messageAttributes: Record<string, never>;
	md5OfBody: string;
	eventSource: "aws:sqs";
	eventSourceARN: string;
	awsRegion: string;
};
