import { cordonNode } from "../src/app/cordon-node.ts";
import { stepHandler } from "./step-handler.ts";

export const handler = stepHandler(cordonNode);
