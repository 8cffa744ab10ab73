import { invokeHandler } from "../../src/cli/invoke-handler.ts";
import type { Policy } from "../../src/domain/policy.ts";
import { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import { clusterByTokens } from "../../src/local/embedded-cluster.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { admitFunctions, deploy } from "../scenarios/stage.ts";
import { traceOf } from "../scenarios/trace.ts";
import { type Aftermath, aftermathOf } from "./aftermath.ts";
import { BoundaryFaults } from "./boundary-faults.ts";
import { brokenOffAt } from "./broken-off.ts";
import type { FaultKind } from "./fault.ts";
import { Happenings } from "./happenings.ts";
import { addLeavingInstance } from "./leaving-instance.ts";
import { isMarked } from "./mark.ts";
import { Messages } from "./messages.ts";
import { writeRecord } from "./other-writer.ts";
import { untilOver } from "./over.ts";
import type { Plan } from "./plan.ts";
import { Restlessness } from "./restlessness.ts";
import { functionClock } from "./running.ts";
import { LEAVING, type Stage } from "./stage.ts";
import { Strikes } from "./strikes.ts";
import type { Broken } from "./verdict.ts";
import { Witness } from "./witness.ts";
import { namespace, seedWorld } from "./world.ts";

/** How a plan ended. */
type Ending = {
	readonly violations: readonly Broken[];
	/** What would be one, and is nobody's fault. */
	readonly excused: readonly string[];
	readonly fired: ReadonlyMap<FaultKind, number>;
	readonly trace: readonly string[];
	/** Of virtual time. */
	readonly seconds: number;
	/** The record's state; `no record` where nothing was begun. */
	readonly state: string;
	/** How many requests left each function. */
	readonly requests: Readonly<Record<string, number>>;
	readonly aftermath: Aftermath;
};

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** Nothing here waits for a socket: so few turns of the event loop are enough for every promise. */
const TURNS = 3;

/** Plays one plan on the whole program, in virtual time, and judges it. */
export async function play(plan: Plan): Promise<Ending> {
	const run = new Run(plan);
	const ground = await run.deploy();
	try {
		return await run.play(ground);
	} finally {
		await ground.stop();
	}
}

class Run {
	readonly #plan: Plan;
	readonly #clock = new VirtualClock({ start: Date.UTC(2026, 0, 1), deadline: 60 * HOUR, patience: 60_000, turns: TURNS });
	readonly #cluster: SimulatedCluster;
	readonly #node: string;
	readonly #policy: Policy;
	readonly #strikes: Strikes;
	readonly #messages: Messages;
	readonly #witness: Witness;
	readonly #restlessness = new Restlessness();
	#ground: EmbeddedGround | undefined;
	#happenings: Happenings | undefined;
	#lastsUntil: number;
	#fault: unknown;

	constructor(plan: Plan) {
		const clock = this.#clock;
		const { world, faults } = plan;
		this.#plan = plan;
		this.#lastsUntil = clock.now();
		this.#cluster = createSimulatedCluster({ clock, name: "prod", kubevirtVersion: world.kubevirtVersion });
		const { add } = this.#cluster;
		const others = Array.from({ length: world.others }, () => add.node().metadata.name);
		this.#node = add.node({ instanceId: LEAVING, zone: "eu-west-1a", infrastructure: false }).metadata.name;
		seedWorld(world, this.#cluster, this.#node, others);
		this.#policy = { mayEnd: world.vms.filter(({ may }) => may).map(({ name }) => ({ namespace, name: `${name}*` })) };
		const trace = traceOf(clock);
		this.#strikes = new Strikes(faults, (line) => {
			trace.add(line);
			this.#lastsUntil = Math.max(this.#lastsUntil, clock.now());
		});
		const ground = () => this.#deployed;
		this.#messages = new Messages({ plan, clock, strikes: this.#strikes, ground, broken: (fault) => this.#broken(fault) });
		const seen = { clock, cluster: this.#cluster, node: this.#node, policy: this.#policy };
		this.#witness = new Witness({
			...seen,
			messages: this.#messages,
			trace,
			fired: this.#strikes.fired,
			hasMark: () => isMarked(this.#deployed),
			brokenOffAt: () => brokenOffAt(this.#deployed.machine.list()),
		});
	}

	async deploy(): Promise<EmbeddedGround> {
		const clock = this.#clock;
		const cluster = this.#cluster;
		const tokens = admitFunctions(cluster);
		const itsClock = functionClock(clock);
		const handle = invokeHandler(["evacuator", "second"]);
		const boundary = this.#boundary();
		const reach = { name: cluster.name, send: boundary.cluster, clock: itsClock };
		this.#ground = await deploy({
			served: "in process",
			clock,
			clusters: [clusterByTokens({ ...reach, tokenOf: (name) => tokens[name] })],
			policy: this.#policy,
			boundary: boundary.aws,
			invoke: async (invocation) => {
				const run = () => handle({ ...invocation, world: { ...invocation.world, clock: itsClock } });
				if (this.#restlessness.isFound) return new Promise(() => undefined);
				return this.#happenings?.invoke(invocation, run) ?? run();
			},
			...this.#witness.ears((state) => {
				this.#restlessness.entered(state, clock.now());
				for (const fault of this.#strikes.atState(state)) this.#happenings?.happen(fault, undefined);
			}),
		});
		return this.#ground;
	}

	async play(ground: EmbeddedGround): Promise<Ending> {
		const clock = this.#clock;
		const { begins } = this.#plan.world;
		const began = clock.now();
		this.#happenings = new Happenings(this.#stage(ground), this.#strikes);
		addLeavingInstance(ground, this.#plan.world);
		const run = clock.run(async () => {
			this.#happenings?.begin();
			if (begins !== "hook") this.#messages.order();
			if (begins !== "order") clock.at((begins === "hook" ? 1 : 40) * SECOND, () => ground.aws.terminate(LEAVING, "scale in"));
			const redrivenAt = this.#messages.redriveLater();
			await untilOver(ground, {
				plan: this.#plan,
				clock,
				atLeast: redrivenAt,
				lastsUntil: () => this.#lastsUntil,
				isInhabited: () => this.#witness.monitor.isInhabited(LEAVING),
				isTold: () => this.#witness.evidence.notices.length > 0,
				isBroken: () => this.#fault !== undefined,
			});
			return this.#witness.judge(ground);
		});
		const violations = await this.#restlessness.orEnds(run);
		if (this.#fault !== undefined) throw this.#fault;
		const aftermath = await aftermathOf(ground, this.#cluster, this.#node);
		return {
			violations,
			excused: this.#witness.monitor.excused,
			fired: this.#strikes.fired,
			trace: this.#witness.trace.lines,
			seconds: (clock.now() - began) / SECOND,
			state: aftermath.record?.state ?? "no record",
			requests: this.#strikes.requests,
			aftermath,
		};
	}

	get #deployed(): EmbeddedGround {
		if (!this.#ground) throw new Error("cannot reach the ground: deploy it first");
		return this.#ground;
	}

	#boundary(): BoundaryFaults {
		return new BoundaryFaults({
			clock: this.#clock,
			cluster: this.#cluster,
			strikes: this.#strikes,
			ground: () => this.#deployed,
			tableIsDown: () => this.#happenings?.tableIsDown() ?? false,
			happen: (fault, running) => this.#happenings?.happen(fault, running) ?? false,
			writeRecord: () => writeRecord(this.#deployed),
			onAwsRequest: (running, operation, body) => this.#witness.awsRequest(running, operation, body),
			onLook: (running) => this.#witness.arrivals.looks(running),
			onEviction: (running, answered) => this.#witness.eviction(running, answered),
			onAwsAnswer: (running, service, operation, body) => this.#witness.awsAnswer(running, service, operation, body),
			onClusterRequest: (running, operation, stoodStill) => this.#witness.clusterRequest(running, operation, stoodStill),
			say: (line) => this.#witness.trace.add(line),
		});
	}

	#stage(ground: EmbeddedGround): Stage {
		const messages = this.#messages;
		return {
			plan: this.#plan,
			clock: this.#clock,
			cluster: this.#cluster,
			ground,
			node: this.#node,
			posted: messages.posted,
			post: (queue, body) => messages.post(queue, body),
			untold: () => messages.untold(),
			allow: (vm) => void this.#witness.allowed.push(vm),
			recreated: ({ unschedulable }) => {
				this.#witness.evidence.recreated = { at: this.#clock.now(), unschedulable };
			},
			webhookGone: () => this.#witness.rehearsals.webhookGone(),
			intakeRefused: () => this.#witness.outages.intakeRefused(),
			outage: (of, until) => this.#witness.outages.begin(of, until),
			lastsUntil: (at) => {
				this.#lastsUntil = Math.max(this.#lastsUntil, at);
			},
			broken: (fault) => this.#broken(fault),
		};
	}

	#broken(fault: unknown): void {
		this.#fault ??= fault;
	}
}
