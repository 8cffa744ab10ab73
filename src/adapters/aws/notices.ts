import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { ConfigurationInvalid } from "../../faults.ts";
import type { Notices } from "../../ports.ts";
import { awsFault } from "./aws-fault.ts";
import { logLine } from "./log-line.ts";
import { quarantineMessage } from "./quarantine-message.ts";

type NoticesConfiguration = {
	/** Absent in functions that have nothing to quarantine. */
	readonly quarantineUrl?: string;
	/** Gets one line of JSON at a time, with its newline. */
	readonly write: (line: string) => void;
};

/** The quarantine queue and the log. `quarantine` throws when the message could not be kept. */
export function createNotices({ sqs }: { readonly sqs: SQSClient }, { quarantineUrl, write }: NoticesConfiguration): Notices {
	const say: Notices["say"] = (line) => write(`${logLine(line)}\n`);
	return {
		say,
		async quarantine(message, reason) {
			if (quarantineUrl === undefined) {
				throw new ConfigurationInvalid("cannot keep a message: set EVACUATOR_QUARANTINE_URL for this function");
			}
			try {
				await sqs.send(new SendMessageCommand({ QueueUrl: quarantineUrl, ...quarantineMessage(message, reason) }));
			} catch (error) {
				throw awsFault(`keep a message of ${message.source} in the quarantine`, error);
			}
		},
	};
}
