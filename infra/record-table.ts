import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";

/** The maintenance records, with what looks show and what happened beside each. They outlive the stack. */
export function recordTable(scope: Construct): Table {
	const table = new Table(scope, "Records", {
		partitionKey: { name: "instanceId", type: AttributeType.STRING },
		sortKey: { name: "generation", type: AttributeType.NUMBER },
		billingMode: BillingMode.PAY_PER_REQUEST,
		pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
		timeToLiveAttribute: "expiresAt",
		removalPolicy: RemovalPolicy.RETAIN,
	});
	// Sparse: a record has the attribute only while it is open, so that Sweep pays for what is open and not for all there was.
	const partitionKey = { name: "open", type: AttributeType.STRING };
	table.addGlobalSecondaryIndex({ indexName: "open", partitionKey, projectionType: ProjectionType.KEYS_ONLY });
	return table;
}
