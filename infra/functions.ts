import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, type Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Variables } from "./environment-variables.ts";
import type { FunctionName } from "./function-names.ts";
import { functionSeconds } from "./time-outs.ts";

type FunctionProps = {
	readonly name: FunctionName;
	readonly code: Code;
	readonly variables: Variables;
	readonly vpc?: IVpc;
};

/** What Lambda needs to give a function an address in a VPC; none of these knows resources before they exist. */
const networking = new PolicyStatement({
	actions: [
		"ec2:AssignPrivateIpAddresses",
		"ec2:CreateNetworkInterface",
		"ec2:DeleteNetworkInterface",
		"ec2:DescribeNetworkInterfaces",
		"ec2:DescribeSubnets",
		"ec2:UnassignPrivateIpAddresses",
	],
	resources: ["*"],
});

/** One function with a role and a log of its own: its role may write that log, and what `permissions.ts` adds. */
export class EvacuatorFunction extends Construct {
	readonly name: FunctionName;
	readonly role: Role;
	readonly lambda: LambdaFunction;
	readonly log: LogGroup;

	constructor(scope: Construct, id: string, { name, code, variables, vpc }: FunctionProps) {
		super(scope, id);
		this.name = name;
		this.role = new Role(this, "Role", {
			assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
			description: `Evacuator: what ${name} may do`,
		});
		const logGroup = new LogGroup(this, "Log", { retention: RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.RETAIN });
		this.log = logGroup;
		logGroup.grantWrite(this.role);
		if (vpc) this.role.addToPolicy(networking);
		this.lambda = new LambdaFunction(this, "Function", {
			description: `Evacuator: ${name}`,
			runtime: Runtime.NODEJS_24_X,
			architecture: Architecture.ARM_64,
			handler: "index.handler",
			code,
			role: this.role,
			logGroup,
			memorySize: 512,
			timeout: Duration.seconds(functionSeconds[name]),
			environment: { ...variables },
			currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
			...(vpc && { vpc }),
		});
	}
}
