import { RecordLifecycleActionHeartbeatCommand } from "@aws-sdk/client-auto-scaling";
import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { AwsClients } from "../adapters/aws/clients.ts";
import type { Callable } from "./workflow/load-definition.ts";
import { StatesError } from "./workflow/states-faults.ts";

/** What the definition publishes for humans. */
export type Notice = { readonly subject: string; readonly message: string };

const publication = z.object({ TopicArn: z.string(), Subject: z.string().max(100), Message: z.string().min(1) });

/** What Step Functions calls without a Lambda of ours, over the SDK's clients of the embedded ground. */
export function serviceIntegrations(
	{ dynamodb, autoScaling }: Pick<AwsClients, "dynamodb" | "autoScaling">,
	onNotice: (notice: Notice) => void,
): Readonly<Record<string, Callable>> {
	return {
		"arn:aws:states:::dynamodb:getItem": async (parameters) => {
			const { Item } = await dynamodb.send(new GetItemCommand(parameters as GetItemCommand["input"]));
			return Item === undefined ? {} : { Item };
		},
		"arn:aws:states:::dynamodb:updateItem": async (parameters) => {
			try {
				await dynamodb.send(new UpdateItemCommand(parameters as UpdateItemCommand["input"]));
				return {};
			} catch (error) {
				// Step Functions puts the service before the names of its errors.
				if (error instanceof Error) throw new StatesError(`DynamoDB.${error.name}`, error.message);
				throw error;
			}
		},
		"arn:aws:states:::aws-sdk:autoscaling:recordLifecycleActionHeartbeat": async (parameters) => {
			const input = parameters as RecordLifecycleActionHeartbeatCommand["input"];
			await autoScaling.send(new RecordLifecycleActionHeartbeatCommand(input));
			return {};
		},
		"arn:aws:states:::sns:publish": async (parameters) => {
			const { Subject, Message } = publication.parse(parameters);
			onNotice({ subject: Subject, message: Message });
			return { MessageId: Subject };
		},
	};
}
