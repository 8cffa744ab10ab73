import { AsyncLocalStorage } from "node:async_hooks";
import type { World } from "../src/ports.ts";
import type { Environment } from "./environment.ts";
import { readEnvironment } from "./environment.ts";
import { createLiveWorld } from "./live-world.ts";

/** A world with the part of the configuration that only the edge needs. */
type Ground = {
	readonly world: World;
	readonly environment: Pick<Environment, "EVACUATOR_HOOKS" | "EVACUATOR_ORDERS_QUEUE_ARN">;
};

const surrounding = new AsyncLocalStorage<Ground>();
let live: Ground | undefined;

/** Runs a handler on a ground of the caller's instead of the live one; the embedded ground invokes every handler so. */
export function onGround<Result>(ground: Ground, run: () => Promise<Result>): Promise<Result> {
	return surrounding.run(ground, run);
}

/** The ground that the caller provided, else the live one, made once per container from the environment. */
export function currentGround(): Ground {
	const provided = surrounding.getStore();
	if (provided) return provided;
	if (!live) {
		const environment = readEnvironment(process.env);
		live = { world: createLiveWorld(environment, environment.AWS_REGION), environment };
	}
	return live;
}
