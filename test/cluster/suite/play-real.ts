import { LEAVING } from "../../scenarios/drill.ts";
import { completed } from "../../scenarios/shared/shared-defaults.ts";
import { outcomeOf, truthOf } from "../../scenarios/shared/shared-outcome.ts";
import type { SharedOutcome, SharedScenario, SharedStage } from "../../scenarios/shared/shared-scenario.ts";
import { isOurs } from "../../scenarios/stage.ts";
import { countRequests, type RequestCounts } from "../audit/count-requests.ts";
import { bringAbout } from "./bring-about.ts";
import { clearAway } from "./clear-away.ts";
import { allowAll, type Lane } from "./lane.ts";
import { patiently } from "./patiently.ts";
import { type RealFaults, realFaults } from "./real-faults.ts";
import { wantedOf } from "./real-given.ts";
import { startRealGround } from "./real-ground.ts";

const kubevirtPath = "/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt";

/** What came of a scenario on a real control plane, and everything that was said meanwhile. */
type RealOutcome = {
	readonly outcome: SharedOutcome;
	readonly trace: readonly string[];
	/** What we asked of the API server since the story began, from its audit log. */
	readonly requests: RequestCounts;
};

/** A stage on which everything given is there. */
type StageSet = {
	readonly scenario: SharedScenario;
	readonly lane: Lane;
	readonly faults: RealFaults;
	/** The node that leaves. */
	readonly node: string;
	readonly others: readonly string[];
	/** When it was begun to be set; epoch milliseconds. */
	readonly since: number;
};

/** Plays one scenario on a lane, in real time, and leaves the lane as it found it. */
export const playReal = (scenario: SharedScenario, lane: Lane): Promise<RealOutcome> => onStage(scenario, lane, perform);

/**
 * Sets the stage of a scenario, lets `act` do what it likes on the node that leaves, which is the first one, and leaves the
 * lane as it was found.
 */
export async function onStage<T>(scenario: SharedScenario, lane: Lane, act: (set: StageSet) => Promise<T>): Promise<T> {
	const since = lane.clock.now();
	const faults = realFaults(lane);
	const nodes = await addNodes(scenario, lane);
	try {
		await configure(lane, scenario.kubevirt?.defaultEvictionStrategy);
		return await lane.clock.thread(async () => {
			const [node = "", ...others] = nodes;
			const wanted = wantedOf((given) => scenario.given(given, node, others), lane.agent);
			await bringAbout(lane.admin, wanted, nodes, (what, holds) => patiently(lane.clock, what, holds, 2));
			return act({ scenario, lane, faults, node, others, since });
		});
	} finally {
		await leaveAsFound(lane, faults, nodes);
	}
}

/** Every step is tried, whatever became of the others: the next scenario needs this lane. */
async function leaveAsFound(lane: Lane, faults: RealFaults, nodes: readonly string[]): Promise<void> {
	const { admin, agent, clock } = lane;
	agent.knobs.reset();
	const until = (what: string, holds: () => Promise<boolean>) => patiently(clock, what, holds, 3);
	const steps = [
		() => faults.mend(),
		() => allowAll(admin),
		() => configure(lane, undefined),
		() => clearAway(admin, agent, { nodes }, until),
	];
	const broken: unknown[] = [];
	for (const step of steps) await step().catch((fault: unknown) => broken.push(fault));
	if (broken.length > 0) throw new AggregateError(broken, `cannot leave the lane as it was found: ${broken.join("; ")}`);
}

async function addNodes(scenario: SharedScenario, { agent }: Lane): Promise<readonly string[]> {
	const { otherNodes } = completed(scenario);
	const leaving = await agent.addNode({ instanceId: LEAVING, zone: "eu-west-1a" });
	const nodes = [leaving.metadata.name];
	for (let other = 0; other < otherNodes; other++) nodes.push((await agent.addNode({})).metadata.name);
	return nodes;
}

/** Everything else is as KubeVirt has it by default. virt-operator may be on its way up again: without it nobody validates the change. */
async function configure({ admin, clock }: Lane, evictionStrategy: string | undefined): Promise<void> {
	const change = { spec: { configuration: { evictionStrategy: evictionStrategy ?? null, migrations: null } } };
	const changed = async () => (await admin.kubectl("PATCH", kubevirtPath, change)).code === 200;
	await patiently(clock, "KubeVirt's configuration can be changed", changed, 2);
}

async function perform({ scenario, lane, faults, node, others, since }: StageSet): Promise<RealOutcome> {
	const { clock, agent, admin } = lane;
	const { policy, hooks, play } = completed(scenario);
	const began = clock.now();
	const trace: string[] = [];
	const say = (what: string) => trace.push(`${((clock.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);
	const maintained = await startRealGround({ lane, policy, hooks, instances: [LEAVING], say });
	const { ground, monitor, entered } = maintained;
	const untold = agent.truth.subscribe(({ kind, name, instanceId }: { kind: string; name: string; instanceId?: string }) =>
		say(`truth ${kind} ${name}${instanceId === undefined ? "" : ` ${instanceId}`}`),
	);
	const played = clock.now();
	const events = () => agent.truth.events.filter(({ at }) => at >= since);
	try {
		const stage: SharedStage = {
			node,
			others,
			ground,
			faults,
			turn: (namespace, name, knobs) => agent.knobs.turn(namespace, name, knobs),
			kubectl: admin.kubectl,
			sleep: (ms) => clock.sleep(ms),
			until: (what, holds, minutes = 10) => patiently(clock, what, async () => holds(), minutes),
			record: () => ground.worldOf("intake").records.latest(LEAVING),
			truth: () => truthOf(events(), played),
			hasEntered: (state) => entered.has(state),
		};
		await play(stage);
		await maintained.judged();
		const requests = await countRequests(lane.plane.auditLog, isOurs, { from: played, until: clock.now() });
		const outcome = outcomeOf({
			record: await stage.record(),
			violations: monitor.violations,
			events: events(),
			began: played,
			node,
		});
		return { outcome, trace, requests };
	} catch (cause) {
		throw new Error(`the scenario broke off; what happened:\n${trace.join("\n")}`, { cause });
	} finally {
		untold();
		await maintained.stop();
	}
}
