import { releaseInstance } from "../src/app/release-instance.ts";
import { stepHandler } from "./step-handler.ts";

export const handler = stepHandler(releaseInstance);
