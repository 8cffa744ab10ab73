import middy from "@middy/core";
import type { Context } from "aws-lambda";
import * as z from "zod";
import type { Step } from "../src/app/step.ts";
import type { StepResult } from "../src/domain/step-result.ts";
import { currentGround } from "./world.ts";

const stepInput = z.object({
	instanceId: z.string().regex(/^i-[0-9a-f]{8}(?:[0-9a-f]{9})?$/),
	generation: z.string().regex(/^[1-9][0-9]{0,8}$/),
	step: z.object({ turns: z.number().int().nonnegative() }).optional(),
});

/**
 * The Lambda of one step. It gets the execution's state and answers where the execution goes next.
 *
 * A fault is logged with the maintenance it belongs to and thrown on: the definition retries or holds.
 */
export function stepHandler(step: Step) {
	return middy<unknown, StepResult, Error, Context>()
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
			const { instanceId, generation, step: before } = stepInput.parse(event);
			const attempt = { turn: context.awsRequestId, turns: before?.turns ?? 0 };
			return step({ instanceId, generation: Number(generation) }, currentGround().world, attempt);
		});
}
