import middy from "@middy/core";
import type { Context } from "aws-lambda";
import * as z from "zod";
import type { Step } from "../src/app/step.ts";
import { NOTICE_EVENTS } from "../src/domain/history-budget.ts";
import type { StepResult } from "../src/domain/step-result.ts";
import { ENDED_BY_LAMBDA } from "./ended-by-lambda.ts";
import { currentGround } from "./world.ts";

const counted = z.number().int().nonnegative();

const stepInput = z.object({
	instanceId: z.string().regex(/^i-[0-9a-f]{8}(?:[0-9a-f]{9})?$/),
	generation: z.string().regex(/^[1-9][0-9]{0,8}$/),
	/** What the step before answered. */
	step: z.object({ events: counted, tell: z.unknown() }).partial().optional(),
	/** Hold's memory. */
	hold: z.object({ rounds: counted }).partial().optional(),
});

/**
 * The Lambda of one step. It gets the execution's state and answers where the execution goes next.
 *
 * A fault is logged with the maintenance it belongs to and thrown on: the definition retries or holds.
 */
export function stepHandler(step: Step) {
	return middy<unknown, StepResult, Error, Context>(ENDED_BY_LAMBDA)
		.onError(({ event, error, context }) => {
			const { world } = currentGround();
			world.notices.say({
				event: "step failed",
				step: context?.functionName,
				execution: JSON.stringify(event).slice(0, 200),
				error: error?.name,
				message: error?.message,
			});
		})
		.handler(async (event: unknown, context: Context) => {
			const { instanceId, generation, step: before, hold } = stepInput.parse(event);
			const { events = 0, tell } = before ?? {};
			const told = tell === undefined ? 0 : NOTICE_EVENTS;
			const attempt = { turn: context.awsRequestId, events: events + told, rounds: hold?.rounds ?? 0 };
			return step({ instanceId, generation: Number(generation) }, currentGround().world, attempt);
		});
}
