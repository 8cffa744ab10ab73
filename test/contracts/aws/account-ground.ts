import { type AwsClients, createAwsClients } from "../../../src/adapters/aws/clients.ts";
import { createInstances } from "../../../src/adapters/aws/instances.ts";
import type { Hook } from "../../../src/domain/record.ts";
import type { GroupSettings, HookSettings } from "../../../src/local/aws/account.ts";
import { createEmbeddedAws, type EmbeddedAws } from "../../../src/local/aws/embedded-aws.ts";
import type { LocalWorkflow } from "../../../src/local/aws/states-api.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import type { Instances } from "../../../src/ports.ts";

export const REGION = "eu-west-1";
export const ACCOUNT = "111122223333";
export const INSTANCE = "i-0123456789abcdef0";

export const drainHook: HookSettings = {
	name: "evacuator",
	heartbeatTimeoutSeconds: 300,
	defaultResult: "ABANDON",
	tells: ["eventbridge"],
};

export type AccountGround = {
	readonly clock: VirtualClock;
	readonly aws: EmbeddedAws;
	readonly clients: AwsClients;
	readonly instances: Instances;
	/** What AWS took, as `[seconds after the start, instance, why]`. */
	readonly taken: [number, string, string][];
	/** What Auto Scaling sent, as `[seconds after the start, message]`. */
	readonly messages: [number, unknown][];
	/** Seconds after the start. */
	seconds(): number;
	/** The action of the waiting hook. */
	action(hook?: string): Hook & { readonly token: string };
};

/** One instance in one group, and the product's own adapters over it. */
export function startAccount(
	group: Partial<GroupSettings> = {},
	{ clock = new VirtualClock(), workflow }: { readonly clock?: VirtualClock; readonly workflow?: LocalWorkflow } = {},
): AccountGround {
	const start = clock.now();
	const seconds = () => (clock.now() - start) / 1000;
	const taken: [number, string, string][] = [];
	const messages: [number, unknown][] = [];
	const aws = createEmbeddedAws({
		clock,
		account: ACCOUNT,
		region: REGION,
		deliver: async (_queue, body) => void messages.push([seconds(), JSON.parse(body)]),
		onTaken: (instanceId, why) => void taken.push([seconds(), instanceId, why]),
		...(workflow && { workflow }),
	});
	aws.addGroup({ name: "nodes", hooks: [drainHook], ...group });
	aws.addInstance({ instanceId: INSTANCE, group: group.name ?? "nodes", tags: { Name: "node <1> & 'co'" } });
	const { requestHandler } = aws;
	const clients = createAwsClients({
		region: REGION,
		credentials: { accessKeyId: "local", secretAccessKey: "local" },
		grounds: { autoScaling: { requestHandler }, ec2: { requestHandler }, sfn: { requestHandler } },
	});
	const action: AccountGround["action"] = (name = "evacuator") => {
		const waiting = aws.log.filter((event) => event.kind === "waiting").find(({ hook }) => hook === name);
		if (!waiting) throw new Error(`${name} does not wait`);
		const { hook, token, limitAt } = waiting;
		return { group: group.name ?? "nodes", hook, token, timeoutSeconds: 300, limitAt };
	};
	return { clock, aws, clients, instances: createInstances(clients), taken, messages, seconds, action };
}
