import { blocked } from "./blocked.ts";
import { demo } from "./demo.ts";
import type { Scenario } from "./scenario.ts";

/** Every scenario; the first is the default. */
export const scenarios: readonly [Scenario, ...Scenario[]] = [demo, blocked];
