import { type Instance as GroupInstance, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import { type Instance, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import type { HookFacts, Instances, MarkFacts, WaitingInstance } from "../../ports.ts";
import { awsFault } from "./aws-fault.ts";
import type { AwsClients } from "./clients.ts";

/** The instance tag that says: nothing is left on it, AWS may take it. */
export const SAFE_TO_TERMINATE_TAG = "evacuator.io/safe-to-terminate";

const NOT_GONE = ["pending", "running", "stopping", "stopped"];
/** The most that one answer holds: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html */
const GROUPS_PER_PAGE = 100;
const INSTANCES_PER_PAGE = 1_000;

type Reached = Pick<AwsClients, "autoScaling" | "ec2"> & {
	readonly terminatingHooks: (group: string) => Promise<readonly HookFacts[]>;
};

/**
 * Finds instances that nobody has told of. Groups list their instances with the lifecycle state of each, a hundred groups
 * in a request; the account's instances one by one would take a request for every fifty.
 */
export function createInstanceSearch({ autoScaling, ec2, terminatingHooks }: Reached): Pick<Instances, "waiting" | "marked"> {
	const waitingByGroup = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
		const found = new Map<string, readonly string[]>();
		try {
			const pages = paginateDescribeAutoScalingGroups({ client: autoScaling, pageSize: GROUPS_PER_PAGE }, {});
			for await (const { AutoScalingGroups = [] } of pages) {
				for (const { AutoScalingGroupName = "", Instances = [] } of AutoScalingGroups) {
					const waiting = Instances.filter(isWaiting).flatMap(({ InstanceId }) => InstanceId ?? []);
					if (waiting.length > 0) found.set(AutoScalingGroupName, waiting);
				}
			}
		} catch (error) {
			throw awsFault("describe the Auto Scaling groups", error);
		}
		return found;
	};

	return {
		async waiting(hookNames): Promise<readonly WaitingInstance[]> {
			const waiting: WaitingInstance[] = [];
			for (const [group, instanceIds] of await waitingByGroup()) {
				const hooks = (await terminatingHooks(group)).filter(({ hook }) => hookNames.includes(hook));
				if (hooks.length > 0) waiting.push(...instanceIds.map((instanceId) => ({ instanceId, group, hooks })));
			}
			return waiting;
		},

		async marked() {
			const Filters = [
				{ Name: "tag-key", Values: [SAFE_TO_TERMINATE_TAG] },
				{ Name: "instance-state-name", Values: NOT_GONE },
			];
			const marked: MarkFacts[] = [];
			try {
				for await (const { Reservations = [] } of paginateDescribeInstances(
					{ client: ec2, pageSize: INSTANCES_PER_PAGE },
					{ Filters },
				)) {
					marked.push(...Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(markOf));
				}
			} catch (error) {
				throw awsFault("find the instances that are marked", error);
			}
			return marked;
		},
	};
}

const markOf = ({ InstanceId, Tags = [] }: Instance): readonly MarkFacts[] =>
	Tags.flatMap(({ Key, Value = "" }) =>
		InstanceId !== undefined && Key === SAFE_TO_TERMINATE_TAG ? [{ instanceId: InstanceId, value: Value }] : [],
	);

const isWaiting = ({ LifecycleState }: GroupInstance): boolean => LifecycleState === "Terminating:Wait";
