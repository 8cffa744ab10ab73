import {
	type AutoScalingInstanceDetails,
	CompleteLifecycleActionCommand,
	DescribeAutoScalingInstancesCommand,
	DescribeLifecycleHooksCommand,
	type LifecycleHook,
	RecordLifecycleActionHeartbeatCommand,
} from "@aws-sdk/client-auto-scaling";
import { CreateTagsCommand, DeleteTagsCommand, DescribeInstancesCommand, type Instance } from "@aws-sdk/client-ec2";
import type { Hook } from "../../domain/record.ts";
import type { HookFacts, InstanceFacts, Instances, LifecycleState } from "../../ports.ts";
import { awsFault, isAwsError } from "./aws-fault.ts";
import type { AwsClients } from "./clients.ts";
import { createInstanceSearch, SAFE_TO_TERMINATE_TAG } from "./instance-search.ts";

const TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING";
const LIFECYCLE_STATES: ReadonlySet<string> = new Set<LifecycleState>([
	"InService",
	"Terminating",
	"Terminating:Wait",
	"Terminating:Proceed",
	"Terminating:Retained",
	"Terminated",
]);

const isLifecycleState = (state: string): state is LifecycleState => LIFECYCLE_STATES.has(state);

/** InvalidInstanceID.NotFound, .Malformed and .NotLinkable: EC2 does not know the id. */
const isUnknownInstance = (error: unknown) => isAwsError(error, "InvalidInstanceID");

const isUnknownGroup = (error: unknown) => isAwsError(error, "ValidationError", /AutoScalingGroup name not found/i);

/** The texts differ in case from one API prefix to the next; the code is the same for every other invalid parameter. */
const isActionLost = (error: unknown) =>
	isAwsError(error, "ValidationError", /no active lifecycle action found/i) || isUnknownGroup(error);

const lifecycleOf = (details: AutoScalingInstanceDetails | undefined) => {
	if (!details?.AutoScalingGroupName) return {};
	const state = details.LifecycleState ?? "";
	return { lifecycle: { group: details.AutoScalingGroupName, state: isLifecycleState(state) ? state : "other" } } as const;
};

const tagsOf = (instance: Instance): Record<string, string> =>
	Object.fromEntries((instance.Tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ""]])));

const hookFacts = (hook: LifecycleHook): HookFacts => ({
	hook: hook.LifecycleHookName ?? "",
	transition: hook.LifecycleTransition ?? "",
	timeoutSeconds: hook.HeartbeatTimeout ?? 0,
	globalTimeoutSeconds: hook.GlobalTimeout ?? 0,
	defaultResult: hook.DefaultResult ?? "ABANDON",
});

const actionOf = (instanceId: string, { group, hook, token }: Hook) => ({
	AutoScalingGroupName: group,
	LifecycleHookName: hook,
	InstanceId: instanceId,
	...(token !== undefined && { LifecycleActionToken: token }),
});

/**
 * EC2 and Auto Scaling of one region. Requests go out one after the other. A heartbeat or an answer for an action that
 * AWS does not know any more is `lost`.
 */
export function createInstances(clients: Pick<AwsClients, "autoScaling" | "autoScalingOnce" | "ec2">): Instances {
	const { autoScaling, autoScalingOnce, ec2 } = clients;

	const findInstance = async (instanceId: string): Promise<Instance | undefined> => {
		try {
			const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
			return Reservations.flatMap(({ Instances = [] }) => Instances).find(({ InstanceId }) => InstanceId === instanceId);
		} catch (error) {
			if (isUnknownInstance(error)) return undefined;
			throw awsFault(`describe the instance ${instanceId}`, error);
		}
	};

	const findMembership = async (instanceId: string): Promise<AutoScalingInstanceDetails | undefined> => {
		try {
			const answer = await autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }));
			return answer.AutoScalingInstances?.find(({ InstanceId }) => InstanceId === instanceId);
		} catch (error) {
			throw awsFault(`describe the Auto Scaling instance ${instanceId}`, error);
		}
	};

	const tag = async (instanceId: string, command: CreateTagsCommand | DeleteTagsCommand, what: string): Promise<void> => {
		try {
			await (command instanceof CreateTagsCommand ? ec2.send(command) : ec2.send(command));
		} catch (error) {
			// An instance that is gone carries no mark, and nobody can be misled by it.
			if (!isUnknownInstance(error)) throw awsFault(`${what} the instance ${instanceId}`, error);
		}
	};

	const terminatingHooks = async (group: string): Promise<readonly HookFacts[]> => {
		try {
			const { LifecycleHooks = [] } = await autoScaling.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName: group }));
			return LifecycleHooks.map(hookFacts).filter(({ transition }) => transition === TERMINATING);
		} catch (error) {
			if (isUnknownGroup(error)) return [];
			throw awsFault(`describe the lifecycle hooks of ${group}`, error);
		}
	};

	return {
		...createInstanceSearch({ autoScaling, ec2, terminatingHooks }),
		terminatingHooks,

		async describe(instanceId): Promise<InstanceFacts | undefined> {
			const instance = await findInstance(instanceId);
			if (!instance) return undefined;
			const membership = await findMembership(instanceId);
			return { instanceId, state: instance.State?.Name ?? "unknown", tags: tagsOf(instance), ...lifecycleOf(membership) };
		},

		async heartbeat(instanceId, hook) {
			try {
				await autoScaling.send(new RecordLifecycleActionHeartbeatCommand(actionOf(instanceId, hook)));
				return "recorded";
			} catch (error) {
				if (isActionLost(error)) return "lost";
				throw awsFault(`record a heartbeat of ${hook.hook} for ${instanceId}`, error);
			}
		},

		async complete(instanceId, hook) {
			const action = { ...actionOf(instanceId, hook), LifecycleActionResult: "CONTINUE" };
			try {
				await autoScalingOnce.send(new CompleteLifecycleActionCommand(action));
				return "completed";
			} catch (error) {
				if (isActionLost(error)) return "lost";
				throw awsFault(`complete ${hook.hook} for ${instanceId}`, error);
			}
		},

		mark(instanceId, value) {
			const Tags = [{ Key: SAFE_TO_TERMINATE_TAG, Value: value }];
			return tag(instanceId, new CreateTagsCommand({ Resources: [instanceId], Tags }), "mark");
		},

		unmark(instanceId, value) {
			// Without a value EC2 deletes the tag whatever it says: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
			const Tags = [{ Key: SAFE_TO_TERMINATE_TAG, ...(value !== undefined && { Value: value }) }];
			return tag(instanceId, new DeleteTagsCommand({ Resources: [instanceId], Tags }), "unmark");
		},
	};
}
