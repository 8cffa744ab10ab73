import { assessNode } from "../src/app/assess-node.ts";
import { stepHandler } from "./step-handler.ts";

export const handler = stepHandler(assessNode);
