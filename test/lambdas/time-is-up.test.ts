import { setTimeout as rest } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
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
import type { World } from "../../src/ports.ts";

const handlers = { admit, assess, cordon, evict, intake, release, restore, sweep, watch };

/** Every question is heard and never answered. */
function silent(path: string, heard: string[]): unknown {
	return new Proxy(() => {}, {
		get: (_, name) => silent(`${path}.${String(name)}`, heard),
		apply: () => {
			heard.push(path);
			return new Promise(() => {});
		},
	});
}

const eventOf = (name: string): unknown => {
	const attributes = { ApproximateReceiveCount: "1", SentTimestamp: "0" };
	const message = { body: "no message", messageId: "1", eventSourceARN: "arn:aws:sqs:eu-west-1:111122223333:events", attributes };
	return name === "intake" ? { Records: [message] } : { instanceId: "i-0aaaaaaaaaaaaaaa1", generation: "1" };
};

describe("a function whose time is nearly up", () => {
	it.each(Object.entries(handlers))("does not answer while it still waits for something: %s", async (name, handler) => {
		const heard: string[] = [];
		const world = silent("world", heard) as World;
		const ground = { world, environment: { EVACUATOR_HOOKS: ["evacuator"], EVACUATOR_ORDERS_QUEUE_ARN: "arn" } };
		const context = { functionName: name, awsRequestId: "1", getRemainingTimeInMillis: () => 6 } as Context;
		const invoke = handler as unknown as (event: unknown, context: Context) => Promise<unknown>;
		const answered = onGround(ground, () => invoke(eventOf(name), context)).then(String, String);
		expect(await Promise.race([answered, rest(100, "it waits")])).toBe("it waits");
		expect(heard).not.toEqual([]);
	});
});
