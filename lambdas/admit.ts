import { admitNode } from "../src/app/admit-node.ts";
import { stepHandler } from "./step-handler.ts";

export const handler = stepHandler(admitNode);
