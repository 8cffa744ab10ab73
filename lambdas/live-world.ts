import { createAwsClients } from "../src/adapters/aws/clients.ts";
import { createInstances } from "../src/adapters/aws/instances.ts";
import { createNotices } from "../src/adapters/aws/notices.ts";
import { createRecords } from "../src/adapters/aws/records.ts";
import { createSlots } from "../src/adapters/aws/slots.ts";
import { createWorkflow } from "../src/adapters/aws/workflow.ts";
import { createEksCluster } from "../src/adapters/kubernetes/eks-cluster.ts";
import { realClock } from "../src/adapters/real-clock.ts";
import { ConfigurationInvalid } from "../src/faults.ts";
import type { Workflow, World } from "../src/ports.ts";
import type { Environment } from "./environment.ts";

const missing = () =>
	Promise.reject(new ConfigurationInvalid("cannot start an execution: set EVACUATOR_STATE_MACHINE_ARN for this function"));
/** For all functions but Intake and Sweep: they start nothing. */
const noWorkflow: Workflow = { start: missing, state: missing };

/** The live ground: AWS and the configured EKS clusters, in the name of the function's role. */
export function createLiveWorld(environment: Environment, region: string): World {
	const clients = createAwsClients({ region });
	return {
		clusters: new Map(environment.EVACUATOR_CLUSTERS.map((cluster) => [cluster.name, createEksCluster(cluster, realClock)])),
		instances: createInstances(clients),
		records: createRecords(clients, environment.EVACUATOR_TABLE),
		slots: createSlots(clients, environment.EVACUATOR_TABLE),
		workflow: environment.EVACUATOR_STATE_MACHINE_ARN
			? createWorkflow(clients, environment.EVACUATOR_STATE_MACHINE_ARN)
			: noWorkflow,
		notices: createNotices(clients, {
			...(environment.EVACUATOR_QUARANTINE_URL && { quarantineUrl: environment.EVACUATOR_QUARANTINE_URL }),
			write: (line) => process.stdout.write(line),
		}),
		clock: realClock,
		policy: environment.EVACUATOR_POLICY,
	};
}
