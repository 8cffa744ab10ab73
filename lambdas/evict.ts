import { evictPods } from "../src/app/evict-pods.ts";
import { stepHandler } from "./step-handler.ts";

export const handler = stepHandler(evictPods);
