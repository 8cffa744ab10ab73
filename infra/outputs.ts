import { CfnOutput, type Stack } from "aws-cdk-lib";
import type { Evacuator } from "./evacuator.ts";

/** What the commands of the runbook need, by keys that do not change. On the stack itself, so that no hash gets into them. */
export function outputs(stack: Stack, evacuator: Evacuator): void {
	const { events, orders, quarantine, notices, table, machine, functions } = evacuator;
	const output = (key: string, description: string, value: string) => new CfnOutput(stack, key, { description, value });
	output("OrdersQueueUrl", "Where people and pipelines put their orders", orders.queue.queueUrl);
	output("EventsQueueUrl", "Where AWS puts its events", events.queue.queueUrl);
	output("OrdersDeadLettersUrl", "Orders that could not be taken in", orders.deadLetters.queueUrl);
	output("OrdersDeadLettersArn", "The same queue, as a redrive names it", orders.deadLetters.queueArn);
	output("EventsDeadLettersUrl", "Events that could not be taken in", events.deadLetters.queueUrl);
	output("EventsDeadLettersArn", "The same queue, as a redrive names it", events.deadLetters.queueArn);
	output("QuarantineUrl", "Messages that nobody acts on, each with its reason", quarantine.queueUrl);
	output("NoticesTopicArn", "Where troubles and alarms are told: subscribe to it", notices.topicArn);
	output("RecordsTable", "The records of all maintenances", table.tableName);
	output("StateMachineArn", "The state machine; an execution for each maintenance", machine.stateMachineArn);
	output("IntakeLog", "The log group of intake: what became of each message", functions.intake.log.logGroupName);
	output("SweepLog", "The log group of sweep: what it took in, resumed and revoked", functions.sweep.log.logGroupName);
}
