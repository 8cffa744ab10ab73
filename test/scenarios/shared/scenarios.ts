import { budgets } from "./budgets.ts";
import { cancels } from "./cancels.ts";
import { controlPlane } from "./control-plane.ts";
import { guests } from "./guests.ts";
import { migrations } from "./migrations.ts";
import { nodes } from "./nodes.ts";
import { pods } from "./pods.ts";
import type { SharedScenario } from "./shared-scenario.ts";
import { strategies } from "./strategies.ts";
import { users } from "./users.ts";

/** Every story that is played on both grounds. */
export const scenarios: readonly SharedScenario[] = [
	...strategies,
	...budgets,
	...migrations,
	...controlPlane,
	...nodes,
	...users,
	...pods,
	...guests,
	...cancels,
];
