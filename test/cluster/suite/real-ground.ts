import { invokeHandler } from "../../../src/cli/invoke-handler.ts";
import { mayEnd, type Policy } from "../../../src/domain/policy.ts";
import type { AccountEvent, HookSettings } from "../../../src/local/aws/account.ts";
import type { EmbeddedGround } from "../../../src/local/embedded-ground.ts";
import { Monitor } from "../../monitor/laws.ts";
import { judgeRequests, judgeTaking } from "../../monitor/observer-judgement.ts";
import { deploy, isOurs } from "../../scenarios/stage.ts";
import type { Lane } from "./lane.ts";

/** Milliseconds from AWS's decision to the end of everything on the instance. */
const POWER_OFF_MS = 2_000;

/** The embedded deployment before a real cluster, with the monitor of both laws on. */
type RealGround = {
	readonly ground: EmbeddedGround;
	readonly monitor: Monitor;
	/** States of the definition that were entered. */
	readonly entered: ReadonlySet<string>;
	/** Resolves when everything until now has been judged by an observer that has seen it. */
	judged(): Promise<void>;
	stop(): Promise<void>;
};

type RealGroundOptions = {
	readonly lane: Lane;
	readonly policy: Policy;
	readonly hooks: readonly HookSettings[];
	/** In one group with these hooks. */
	readonly instances: readonly string[];
	readonly say?: (what: string) => void;
	readonly onAccountEvent?: (event: AccountEvent) => void;
};

/** Deploys what `infra` synthesises in this process, in real time. */
export async function startRealGround(options: RealGroundOptions): Promise<RealGround> {
	const { lane, policy, hooks, instances, say = () => {}, onAccountEvent } = options;
	const { clock, agent, observer } = lane;
	const entered = new Set<string>();
	const monitor = new Monitor({
		clusters: [observer],
		mayEnd: (vm) => mayEnd(policy, [], vm),
		isOurs,
		drained: (instanceId) => instances.includes(instanceId),
	});
	const unheard = judgeRequests(observer, monitor);
	const judgements: Promise<void>[] = [];
	const judge = (instanceId: string, why: string): Promise<void> => judgeTaking({ observer, monitor }, instanceId, why);
	const powerOff = async (instanceId: string): Promise<void> => {
		await new Promise((resolve) => clock.at(POWER_OFF_MS, () => resolve(undefined)));
		agent.takeInstance(instanceId);
		await observer.instanceGone(instanceId);
	};
	const ground = await deploy({
		clock,
		clusters: [lane.cluster],
		policy,
		invoke: invokeHandler(hooks.map(({ name }) => name)),
		onTaken: (instanceId, why) => {
			say(`taken ${instanceId} ${why}`);
			if (why === "lapsed") monitor.lapsed(instanceId, "its last hook");
			judgements.push(judge(instanceId, why).then(() => powerOff(instanceId)));
		},
		onAccountEvent: (event) => {
			if (event.kind === "tagged") judgements.push(judge(event.instanceId, "marked"));
			onAccountEvent?.(event);
		},
		onExecutionEvent: (event) => {
			if (event.type !== "entered") return;
			entered.add(event.state);
			say(`enters ${event.state}`);
		},
		onNotice: ({ subject }) => say(`notice ${subject}`),
		onSay: (line) => say(JSON.stringify(line)),
	});
	ground.aws.addGroup({ name: "workers", hooks: [...hooks] });
	for (const instanceId of instances) {
		ground.aws.addInstance({ instanceId, group: "workers", tags: { "kubernetes.io/cluster/prod": "owned" } });
	}
	return {
		ground,
		monitor,
		entered,
		async judged() {
			await Promise.all(judgements);
			await observer.look();
		},
		async stop() {
			await Promise.allSettled(judgements);
			unheard();
			ground.aws.stop();
			await ground.stop();
		},
	};
}
