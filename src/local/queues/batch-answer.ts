import * as z from "zod";

const answerSchema = z.looseObject({
	batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * The messages of a batch that Lambda takes for failed when a function with ReportBatchItemFailures has answered. Nothing, or
 * an empty list, means that all succeeded; a malformed answer or an unknown identifier, that all failed:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedMessages(answer: unknown, messageIds: readonly string[]): readonly string[] {
	if (answer === undefined || answer === null) return [];
	const parsed = answerSchema.safeParse(answer);
	if (!parsed.success) return messageIds;
	const failed = (parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
	if (failed.some((id) => !messageIds.includes(id))) return messageIds;
	return messageIds.filter((id) => failed.includes(id));
}
