/** The steps that an execution calls, in the order of a drain; Restore takes one back. */
export const stepNames = ["assess", "cordon", "admit", "evict", "watch", "release", "restore"] as const;
export type StepName = (typeof stepNames)[number];

/** One Lambda function each: the queues' own, and one for each step. */
export const functionNames = ["intake", ...stepNames] as const;
export type FunctionName = (typeof functionNames)[number];
