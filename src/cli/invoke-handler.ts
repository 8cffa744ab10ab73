import type { Context } from "aws-lambda";
import { handler as admit } from "../../lambdas/admit.ts";
import { handler as assess } from "../../lambdas/assess.ts";
import { handler as cordon } from "../../lambdas/cordon.ts";
import { handler as evict } from "../../lambdas/evict.ts";
import { handler as intake } from "../../lambdas/intake.ts";
import { handler as release } from "../../lambdas/release.ts";
import { handler as restore } from "../../lambdas/restore.ts";
import { handler as sweep } from "../../lambdas/sweep.ts";
import { handler as watch } from "../../lambdas/watch.ts";
import { onGround } from "../../lambdas/world.ts";
import type { Invocation } from "../local/embedded-ground.ts";

type Handler = (event: never, context: Context) => Promise<unknown>;

const handlers: Readonly<Record<Invocation["name"], Handler>> = {
	intake,
	assess,
	cordon,
	admit,
	evict,
	watch,
	release,
	restore,
	sweep,
} as Readonly<Record<Invocation["name"], Handler>>;

/** Runs the handler as it is exported, as Lambda would, on the embedded ground. */
export function invokeHandler(hookNames: readonly string[]) {
	return ({ name, event, requestId, world, ordersQueueArn }: Invocation): Promise<unknown> => {
		const environment = { EVACUATOR_HOOKS: [...hookNames], EVACUATOR_ORDERS_QUEUE_ARN: ordersQueueArn };
		const context = { functionName: name, awsRequestId: requestId, getRemainingTimeInMillis: () => 900_000 } as Context;
		return onGround({ world, environment }, () => handlers[name](event as never, context));
	};
}
