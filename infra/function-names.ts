/** The steps that an execution calls, in the order of a drain; Restore takes one back. */
export const stepNames = ["assess", "cordon", "admit", "evict", "watch", "release", "restore"] as const;
export type StepName = (typeof stepNames)[number];

/** One Lambda function each: the queues' own, one for each step, and the schedule's. */
export const functionNames = ["intake", ...stepNames, "sweep"] as const;
export type FunctionName = (typeof functionNames)[number];
