import type { LifecycleState } from "../../ports.ts";
import type { SimulationClock } from "../clock/simulation-clock.ts";
import type { AccountEvent, GroupSettings, InstanceSettings, TakenBecause } from "./account.ts";
import { AUTO_SCALING_OPERATIONS } from "./auto-scaling-api.ts";
import { EC2_OPERATIONS } from "./ec2-api.ts";
import { InjectedFaults } from "./injected-faults.ts";
import type { Ec2State, Instance } from "./instance.ts";
import { Lifecycle } from "./lifecycle.ts";
import { eventBridgeMessage, queueNotification, type WaitingAction } from "./lifecycle-messages.ts";
import { type AccountHandler, type AccountRequest, createRequestHandler } from "./request-handler.ts";
import { type LocalWorkflow, STATES_OPERATIONS } from "./states-api.ts";

type EmbeddedAwsOptions = {
	readonly clock: SimulationClock;
	/** Twelve digits. */
	readonly account: string;
	readonly region: string;
	/** Puts a message of Auto Scaling's on the queue for events; called in a thread of its own. */
	readonly deliver: (queue: "events", body: string) => Promise<unknown>;
	/** Called at the moment AWS decides to take the instance, before anything of it stops. */
	readonly onTaken?: (instanceId: string, why: TakenBecause) => void;
	/** Hears everything that is written to the log, at the moment it happens. */
	readonly onEvent?: (event: AccountEvent) => void;
	/** What Step Functions runs. Without it there is no state machine. */
	readonly workflow?: LocalWorkflow;
};

export type EmbeddedAws = {
	/** For the SDK's clients of Auto Scaling, EC2 and Step Functions. */
	readonly requestHandler: AccountHandler;
	readonly faults: InjectedFaults;
	/** Everything that happened, in order. */
	readonly log: readonly AccountEvent[];
	/** Every request that came in, in order. */
	readonly requests: readonly AccountRequest[];
	addGroup(group: GroupSettings): void;
	addInstance(instance: InstanceSettings): void;
	/** Auto Scaling begins to terminate it; nothing happens when it has begun already. Ends a retention. */
	terminate(instanceId: string, reason: string): void;
	/** EC2 takes it at once, past all hooks. */
	reclaim(instanceId: string): void;
	/** Nothing that was to come comes any more: no time-out, no termination. */
	stop(): void;
	/** The instance as it is now. */
	instance(instanceId: string): InstanceNow;
};

type InstanceNow = {
	readonly instanceId: string;
	readonly ec2: Ec2State;
	readonly lifecycle?: LifecycleState;
	readonly tags: Readonly<Record<string, string>>;
};

const checkHook = (group: string, { name, heartbeatTimeoutSeconds }: GroupSettings["hooks"][number]): void => {
	if (!Number.isInteger(heartbeatTimeoutSeconds) || heartbeatTimeoutSeconds < 30 || heartbeatTimeoutSeconds > 7200) {
		throw new Error(`cannot add the hook ${name} of ${group}: its heartbeat time-out must be 30 to 7200 s`);
	}
};

/**
 * Auto Scaling and EC2 as AWS would be: a hook waits for its heartbeats, a missed one takes the instance. Reached through
 * the SDK's own clients; what AWS itself would do (terminate, reclaim) are methods.
 */
export function createEmbeddedAws(options: EmbeddedAwsOptions): EmbeddedAws {
	const { clock, account, region, deliver, onTaken = () => {}, onEvent = () => {}, workflow } = options;
	const groups = new Map<string, GroupSettings>();
	const instances = new Map<string, Instance>();
	const log: AccountEvent[] = [];
	const requests: AccountRequest[] = [];
	const record = (event: AccountEvent): void => {
		log.push(event);
		onEvent(event);
	};
	const faults = new InjectedFaults([...AUTO_SCALING_OPERATIONS, ...EC2_OPERATIONS, ...STATES_OPERATIONS]);

	const send = async (instanceId: string, body: string): Promise<void> => {
		try {
			await clock.thread(() => deliver("events", body));
		} catch (error) {
			record({ at: clock.now(), instanceId, kind: "undelivered", queue: "events", says: String(error) });
		}
	};
	const tell = (action: WaitingAction): void => {
		if (action.hook.tells.includes("eventbridge")) void send(action.instanceId, eventBridgeMessage(action));
		if (action.hook.tells.includes("sqs")) void send(action.instanceId, queueNotification(action));
	};
	const lifecycle = new Lifecycle({ clock, account, region, record, tell, onTaken });

	const onTag = (instanceId: string, key: string, value: string | undefined): void => {
		const at = clock.now();
		record(value === undefined ? { at, instanceId, kind: "untagged", key } : { at, instanceId, kind: "tagged", key, value });
	};

	const find = (instanceId: string): Instance => {
		const instance = instances.get(instanceId);
		if (!instance) throw new Error(`cannot find ${instanceId}: add the instance first`);
		return instance;
	};

	return {
		requestHandler: createRequestHandler({
			clock,
			autoScaling: { groups, instances, lifecycle },
			ec2: { instances, onTag },
			workflow,
			faults,
			onRequest: (request) => void requests.push(request),
		}),
		faults,
		log,
		requests,
		addGroup(group) {
			for (const hook of group.hooks) checkHook(group.name, hook);
			groups.set(group.name, group);
		},
		addInstance({ instanceId, group: name, tags = {} }) {
			const group = name === undefined ? undefined : groups.get(name);
			if (name !== undefined && !group) throw new Error(`cannot add ${instanceId}: add its group ${name} first`);
			instances.set(instanceId, {
				instanceId,
				...(group && { group, lifecycle: "InService" as const }),
				tags: new Map(Object.entries(tags)),
				ec2: "running",
				actions: [],
				terminations: 0,
				taken: false,
			});
		},
		terminate: (instanceId, reason) => lifecycle.terminate(find(instanceId), reason),
		reclaim: (instanceId) => lifecycle.reclaim(find(instanceId)),
		stop: () => lifecycle.stop(),
		instance(instanceId) {
			const { ec2, lifecycle: state, tags } = find(instanceId);
			return { instanceId, ec2, ...(state && { lifecycle: state }), tags: Object.fromEntries(tags) };
		},
	};
}
