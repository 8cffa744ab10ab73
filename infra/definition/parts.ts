import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Version } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { StepName } from "../function-names.ts";

/** What the states of the definition reach. The functions are versions, so that a drain in flight keeps its code. */
export type Parts = {
	readonly steps: Readonly<Record<StepName, Version>>;
	readonly table: Table;
	readonly notices: ITopic;
	/** ARN of the Auto Scaling groups whose hooks get heartbeats. */
	readonly groups: string;
};
