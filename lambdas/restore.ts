import { restoreNode } from "../src/app/restore-node.ts";
import { stepHandler } from "./step-handler.ts";

export const handler = stepHandler(restoreNode);
