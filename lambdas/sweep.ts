import middy from "@middy/core";
import { sweep } from "../src/app/sweep.ts";
import { ENDED_BY_LAMBDA } from "./ended-by-lambda.ts";
import { currentGround } from "./world.ts";

/** Called by the schedule; whatever the event says. */
export const handler = middy<unknown, void>(ENDED_BY_LAMBDA).handler(async () => {
	const { world, environment } = currentGround();
	await sweep(world, environment.EVACUATOR_HOOKS);
});
