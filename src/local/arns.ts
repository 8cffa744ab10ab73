export const region = "eu-west-1";
/** The account that the embedded ground plays. */
export const account = "111122223333";
export const machineArn = `arn:aws:states:${region}:${account}:stateMachine:Evacuator`;
