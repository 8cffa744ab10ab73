import * as z from "zod";
import { ConfigurationInvalid } from "../src/faults.ts";

const json = <Schema extends z.ZodType>(schema: Schema) =>
	z
		.string()
		.transform((text, context) => {
			try {
				return JSON.parse(text) as unknown;
			} catch {
				context.addIssue("is not JSON");
				return z.NEVER;
			}
		})
		.pipe(schema);

const clusterSchema = z.object({
	name: z.string().min(1),
	region: z.string().min(1),
	endpoint: z.url(),
	/** Base64 of the cluster's CA, as EKS gives it. */
	certificateAuthority: z.string().min(1),
});

const policySchema = z.strictObject({
	mayEnd: z.array(z.object({ namespace: z.string().min(1), name: z.string().min(1) })),
	maxConcurrentDrains: z
		.int({ error: "give a whole number of nodes, 1 or more" })
		.min(1, { error: "give a whole number of nodes, 1 or more: with none nothing would ever be drained" })
		.exactOptional(),
	mostLeavingShare: z
		.number({ error: "give a share above 0 and up to 1, such as 0.34" })
		.gt(0, { error: "give a share above 0 and up to 1, such as 0.34: with 0 every drain would pause" })
		.max(1, { error: "give a share above 0 and up to 1, such as 0.34" })
		.exactOptional(),
});

/** What the functions read from their environment; `infra` writes exactly these names. */
export const environmentSchema = z.object({
	/** Set by Lambda itself. */
	AWS_REGION: z.string().min(1),
	EVACUATOR_TABLE: z.string().min(3),
	EVACUATOR_CLUSTERS: json(z.array(clusterSchema).min(1)),
	/** Names of the lifecycle hooks that are ours to answer. */
	EVACUATOR_HOOKS: json(z.array(z.string().min(1)).min(1)),
	EVACUATOR_POLICY: json(policySchema),
	/** Intake and Sweep only, which start executions. */
	EVACUATOR_STATE_MACHINE_ARN: z.string().optional(),
	/** These two Intake only. */
	EVACUATOR_QUARANTINE_URL: z.url().optional(),
	EVACUATOR_ORDERS_QUEUE_ARN: z.string().optional(),
});

export type EnvironmentName = Exclude<keyof typeof environmentSchema.shape, "AWS_REGION">;
export type Environment = z.output<typeof environmentSchema>;
export type ClusterConfiguration = z.output<typeof clusterSchema>;

/** Throws ConfigurationInvalid that names each variable that is missing or wrong. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
	const read = environmentSchema.safeParse(variables);
	if (read.success) return read.data;
	throw new ConfigurationInvalid(`cannot read the environment:\n${z.prettifyError(read.error)}`);
}
