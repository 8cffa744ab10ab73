import type { FunctionName } from "../../src/local/embedded-ground.ts";
import { type Channel, type Fault, type FaultKind, faultKinds, type Instant } from "./fault.ts";
import { Random } from "./random.ts";
import { planWorld, type WorldPlan } from "./world.ts";

/** Everything that a seed decides. */
export type Plan = {
	readonly seed: number;
	readonly world: WorldPlan;
	readonly faults: readonly Fault[];
	/** Whether a drain that stands still, and has said so, is played on until the deadline. */
	readonly patient: boolean;
};

/** The plan of a seed: always the same one. */
export function planOf(seed: number): Plan {
	const random = new Random(seed);
	const world = planWorld(random);
	const aim = random.chance(0.6) ? random.weighed(functions) : undefined;
	const count = Number(random.weighed({ 1: 3, 2: 4, 3: 3, 4: 2, 6: 1 }));
	const faults: Fault[] = [];
	while (faults.length < count) {
		const fault = planFault(random, aim);
		if (isPossible(fault, faults)) faults.push(fault);
	}
	return { seed, world: fitting(world, faults), faults, patient: random.chance(1 / 32) };
}

const functions: Readonly<Record<FunctionName, number>> = {
	intake: 2,
	assess: 1,
	cordon: 1,
	admit: 1,
	evict: 3,
	watch: 3,
	release: 6,
	restore: 1,
	sweep: 1,
};

/**
 * What hides a guest, or lets KubeVirt take one for dead: two of these together leave nothing by which anybody could see
 * that it lives.
 */
const hiding: ReadonlySet<FaultKind> = new Set([
	"VMI object forced away",
	"launcher object forced away",
	"migration object forced away",
	"virt-controller paused",
	"kube-controller-manager paused",
	"VM deleted by its user",
	"VM stopped by its user",
	"kubelet down",
	"Node deleted",
	"Node recreated",
]);

const later: FaultKind = "message redriven a day later";

/** Nor is a whole day played of a drain that watches what is hidden: it would take as long as a hundred other plans. */
const clash = (one: FaultKind, other: FaultKind): boolean =>
	(hiding.has(one) && (hiding.has(other) || other === later)) || (one === later && hiding.has(other));

const isPossible = ({ kind }: Fault, others: readonly Fault[]): boolean => !others.some((other) => clash(kind, other.kind));

/** Some faults need something in the world. */
function fitting(world: WorldPlan, faults: readonly Fault[]): WorldPlan {
	const needs = (...kinds: readonly FaultKind[]) => faults.some(({ kind }) => kinds.includes(kind));
	return {
		...world,
		neighbour: world.neighbour || needs("VM migrated to the node", "migration object forced away"),
		secondHook: needs("second hook token") ? "late" : world.secondHook === "late" ? "none" : world.secondHook,
	};
}

const rare = 0.4;
const often = 2;
/** Kinds count once, unless they are here. */
const weights: Partial<Record<FaultKind, number>> = {
	"crash between two effects": 3,
	"step delayed for minutes": often,
	"step overtaken by its repetition": often,
	"AWS answer late": often,
	"second hook token": often,
	"VM started on the node": 3,
	"node uncordoned by a user": often,
	"Node recreated": often,
	"migration object forced away": often,
	"VM migrated to the node": often,
	"webhook removed": often,
	"record written in between": often,
	"message redriven a day later": rare / 4,
	"function outage": rare,
	"table outage": rare,
};
const weighed = Object.fromEntries(faultKinds.map((kind) => [kind, weights[kind] ?? 1])) as Record<FaultKind, number>;

function planFault(random: Random, aim: FunctionName | undefined): Fault {
	const kind = random.weighed(weighed);
	return {
		kind,
		at: planInstant(kind, random, aim),
		seconds: planSeconds(kind, random),
		times: Number(random.weighed({ 1: 4, 2: 2, 3: 2, 6: 1 })),
		choice: random.fraction(),
	};
}

function planSeconds(kind: FaultKind, random: Random): number {
	switch (kind) {
		case "function outage":
			return random.whole(60, 3 * 3_600);
		case "table outage":
			return random.whole(10, 1_500);
		case "clock skew":
			return random.whole(-300, 300);
		case "step delayed for minutes":
			return random.whole(20, 600);
		case "AWS answer late":
		case "API answer late":
			return random.whole(2, 25);
		case "message redriven a day later":
			return 86_400;
		case "message reordered":
			return random.whole(5, 180);
		default:
			return random.whole(10, 400);
	}
}

const channels: Readonly<Record<string, Channel>> = {
	AWS: "aws",
	conditional: "aws",
	record: "aws",
	API: "cluster",
	stale: "cluster",
	watch: "cluster",
};
const byTime: ReadonlySet<FaultKind> = new Set(["message reordered", "clock skew", "message redriven a day later"]);
const states = ["Assess", "Cordon", "Evict", "Watch", "Release", "Restore", "Wait", "Hold"];

function planInstant(kind: FaultKind, random: Random, aim: FunctionName | undefined): Instant {
	if (byTime.has(kind)) return { on: "time", seconds: 0 };
	// The scheduler has to have chosen the node before it is cordoned, which happens at once.
	if (kind === "VM bound after the cordon" && random.chance(0.4)) return { on: "time", seconds: random.whole(0, 1) };
	const channel = channels[kind.split(" ")[0] ?? ""];
	if (channel) return requestInstant(random, aim, channel);
	if (kind === "function outage") return { on: "state", state: random.pick(states), nth: random.whole(1, 2) };
	const on = random.weighed({ request: 6, state: 3, time: isOfProcess(kind) ? 0 : 3 });
	if (on === "request" || isOfProcess(kind)) return requestInstant(random, aim, "any");
	if (on === "state") return { on, state: random.pick(states), nth: random.whole(1, 3) };
	return { on: "time", seconds: random.whole(0, random.chance(0.7) ? 120 : 900) };
}

/** Requests that a function makes in a short run. */
const usually: Readonly<Record<FunctionName, Readonly<Record<Channel, number>>>> = {
	intake: { aws: 6, cluster: 2, any: 6 },
	assess: { aws: 4, cluster: 8, any: 12 },
	cordon: { aws: 2, cluster: 2, any: 4 },
	admit: { aws: 8, cluster: 0, any: 8 },
	evict: { aws: 6, cluster: 10, any: 16 },
	watch: { aws: 10, cluster: 8, any: 18 },
	release: { aws: 12, cluster: 10, any: 22 },
	restore: { aws: 6, cluster: 8, any: 14 },
	sweep: { aws: 8, cluster: 6, any: 14 },
};

const isOfProcess = (kind: FaultKind): boolean =>
	kind.startsWith("step") || kind.startsWith("crash") || kind.startsWith("function");

function requestInstant(random: Random, aim: FunctionName | undefined, channel: Channel): Instant {
	const wanted = aim !== undefined && random.chance(0.7) ? aim : random.weighed(functions);
	const of = usually[wanted][channel] > 0 ? wanted : "evict";
	const usual = usually[of][channel];
	return { on: "request", of, channel, nth: random.whole(1, random.chance(0.8) ? usual : 3 * usual) };
}
