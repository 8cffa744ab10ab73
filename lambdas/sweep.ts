import middy from "@middy/core";
import { sweep } from "../src/app/sweep.ts";
import { currentGround } from "./world.ts";

/** Called by the schedule; whatever the event says. */
export const handler = middy<unknown, void>().handler(async () => {
	const { world, environment } = currentGround();
	await sweep(world, environment.EVACUATOR_HOOKS);
});
