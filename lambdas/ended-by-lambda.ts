/**
 * For middy: it answers no invocation of itself shortly before the function's time is up, as it does by default. A function
 * that has answered is frozen with whatever it still waits for, and goes on from there, minutes late, when the next invocation
 * thaws it; one whose time is up is ended with its process.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export const ENDED_BY_LAMBDA = { timeoutEarlyInMillis: 0 } as const;
