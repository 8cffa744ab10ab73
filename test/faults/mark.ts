import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { LEAVING } from "./stage.ts";

export const MARK = "evacuator.io/safe-to-terminate";

/** Whether the instance is marked safe to terminate, and still runs. */
export function isMarked({ aws }: EmbeddedGround): boolean {
	const { tags, ec2 } = aws.instance(LEAVING);
	return ec2 === "running" && tags[MARK] !== undefined;
}
