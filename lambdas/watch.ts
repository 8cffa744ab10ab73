import { watchNode } from "../src/app/watch-node.ts";
import { stepHandler } from "./step-handler.ts";

export const handler = stepHandler(watchNode);
