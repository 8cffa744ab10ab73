import { mayEnd, type Policy } from "../../src/domain/policy.ts";
import type { AccountEvent } from "../../src/local/aws/account.ts";
import type { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { Monitor } from "../monitor/laws.ts";
import { type Deployment, isOurs, POWER_OFF_MS } from "../scenarios/stage.ts";
import type { Trace } from "../scenarios/trace.ts";
import { watchedCluster } from "../scenarios/watched-cluster.ts";
import { Arrivals } from "./arrivals.ts";
import type { Evidence } from "./evidence.ts";
import { LastActs } from "./last-acts.ts";
import { Ledger } from "./ledger.ts";
import { isMarked } from "./mark.ts";
import type { Messages } from "./messages.ts";
import { Obedience } from "./obedience.ts";
import { Outages } from "./outages.ts";
import { Pauses } from "./pauses.ts";
import { type Answered, Rehearsals } from "./rehearsals.ts";
import { Running } from "./running.ts";
import { LEAVING } from "./stage.ts";
import { type Broken, verdictOn } from "./verdict.ts";

/** Sees everything that happens in one run: keeps its trace and its evidence, and watches both laws. */
export class Witness {
	readonly trace: Trace;
	readonly evidence: Evidence;
	readonly monitor: Monitor;
	/** VMs that an order lets end. */
	readonly allowed: string[] = [];
	readonly rehearsals = new Rehearsals();
	readonly arrivals: Arrivals;
	readonly outages: Outages;
	readonly #clock: VirtualClock;
	readonly #cluster: SimulatedCluster;
	readonly #messages: Messages;
	readonly #ledger: Ledger;
	readonly #obedience: Obedience;
	readonly #lastActs: LastActs;
	readonly #pauses = new Pauses();

	constructor(options: {
		readonly clock: VirtualClock;
		readonly cluster: SimulatedCluster;
		readonly node: string;
		readonly policy: Policy;
		readonly messages: Messages;
		readonly trace: Trace;
		readonly fired: Evidence["fired"];
		/** Whether the instance is marked safe to terminate. */
		readonly hasMark: () => boolean;
		/** When a fault ended the newest execution; undefined where it ended otherwise, or any still runs. */
		readonly brokenOffAt: () => number | undefined;
	}) {
		const { clock, cluster, node, policy, messages, trace, fired, hasMark, brokenOffAt } = options;
		this.#clock = clock;
		this.#cluster = cluster;
		this.#messages = messages;
		this.trace = trace;
		this.arrivals = new Arrivals(cluster, LEAVING, node);
		this.monitor = new Monitor({
			clusters: [watchedCluster(cluster)],
			mayEnd: (vm) => mayEnd(policy, this.allowed, vm),
			isOurs,
			drained: (instanceId) => instanceId === LEAVING,
			excuse: (victim) => this.arrivals.excuse(victim),
			excuseMark: (victim) => this.arrivals.excuseMark(victim),
			excuseShutdown: (vm) => this.rehearsals.excuse(vm),
		});
		const { hooksToldAt } = messages;
		this.outages = new Outages({ now: () => clock.now(), hooksToldAt, isUnheard: () => this.#isUnheard(), brokenOffAt });
		const { sent } = messages;
		const live = new Map<string, string>();
		this.#ledger = new Ledger(() => clock.now(), hasMark);
		this.#lastActs = new LastActs(this.#ledger, this.arrivals);
		this.#obedience = new Obedience(this.#ledger, live, () => clock.now());
		const seen = { says: [], notices: [], entered: [], completions: [], live, recreated: undefined, fired };
		const broken = {
			record: this.#ledger.broken,
			disobeyed: this.#obedience.broken,
			letGo: this.#lastActs.broken,
			pause: this.#pauses.broken,
		};
		this.evidence = { clock, cluster, node, sent, broken, ...seen };
		cluster.truth.subscribe((event) => trace.add(`truth ${JSON.stringify(event)}`));
	}

	/** What the ground calls; `entered` hears of every state that an execution enters. */
	ears(entered: (state: string) => void): Partial<Deployment> {
		return {
			onTaken: (instanceId, why) => {
				this.trace.add(`taken ${instanceId} ${why}`);
				const isOurs = why === "lapsed" && !this.outages.excuseLapse();
				if (isOurs) this.monitor.lapsed(instanceId, "its last hook");
				this.monitor.taken(instanceId, why === "lapsed" && !isOurs ? "limit" : why);
				this.#clock.at(POWER_OFF_MS, () => this.#cluster.faults.takeInstance(instanceId));
			},
			onAccountEvent: (event) => this.#hear(event),
			onExecutionEvent: (event) => {
				this.trace.execution(event);
				if (event.type !== "entered") return;
				this.evidence.entered.push({ execution: event.execution, state: event.state });
				entered(event.state);
			},
			onNotice: (notice) => {
				this.trace.add(`notice ${notice.subject}: ${notice.message}`);
				this.evidence.notices.push(notice);
			},
			onSay: (line) => {
				this.trace.add(`say ${JSON.stringify(line)}`);
				this.evidence.says.push({ ...line, begun: Running.current?.beganAt ?? this.#clock.now() });
			},
		};
	}

	/** A request is about to reach AWS; `running` sent it, or a state of the definition. */
	awsRequest(running: Running | undefined, operation: string, body: string): void {
		const { requestId: by = "", lookBeganAt = 0 } = running ?? {};
		if (operation !== "CreateTags" && operation !== "CompleteLifecycleAction") return;
		this.arrivals.letsGo(running);
		const kind = operation === "CreateTags" ? "marks" : "completes";
		if (running) {
			this.#obedience.leaves({ kind, stoodStill: false }, running);
			this.#lastActs.leaves(kind, running);
		}
		if (kind === "marks") return;
		const asked = new URLSearchParams(body);
		// Sweep finds hooks whose tokens nobody has told.
		const hook = `${asked.get("LifecycleHookName")} ${asked.get("LifecycleActionToken") ?? "without a token"}`;
		this.evidence.completions.push({ at: this.#clock.now(), hook, by, lookBeganAt });
	}

	/** AWS has done what `running` asked for, or a state of the definition. */
	awsAnswer(running: Running | undefined, service: string, operation: string, body: string): void {
		if (service !== "dynamodb") return;
		this.#ledger.written(operation, body, running);
		if (running && /^(GetItem|BatchGetItem|Query)$/.test(operation)) running.knownWrites = this.#ledger.writes;
	}

	/** A request of a function is about to reach the cluster. */
	clusterRequest(running: Running, operation: string, stoodStill: boolean): void {
		if (operation === "create pods/eviction") this.#obedience.leaves({ kind: "evicts", stoodStill }, running);
		if (running.name === "restore" && operation === "patch nodes")
			this.#obedience.leaves({ kind: "uncordons", stoodStill }, running);
	}

	/** The API server has answered an eviction. */
	eviction(running: Running, answered: Answered): void {
		this.rehearsals.answered(running, answered);
		this.#pauses.answered(running, answered);
	}

	async judge(ground: EmbeddedGround): Promise<readonly Broken[]> {
		for (const { user, verb, path } of this.#cluster.audit) this.monitor.request(user, verb, path);
		if (isMarked(ground)) this.monitor.stillMarked(LEAVING);
		return [...this.monitor.violations, ...(await verdictOn(this.evidence, ground))];
	}

	/** The event of a hook is on its queue, and no invocation has handled it or set it aside. */
	#isUnheard(): boolean {
		const { says, sent } = this.evidence;
		const heard = new Set(
			says.flatMap(({ event, outcome, messageId }) => (event === "message" && outcome !== "retry" ? [messageId] : [])),
		);
		return sent.some(({ messageId, body }) => body.includes("LifecycleActionToken") && !heard.has(messageId));
	}

	#hear(event: AccountEvent): void {
		this.trace.add(`account ${JSON.stringify(event)}`);
		if (event.kind === "tagged") this.monitor.taken(event.instanceId, "marked");
		if (event.kind === "ended") this.evidence.live.delete(event.token);
		if (event.kind !== "waiting") return;
		this.outages.waits(event.at);
		this.evidence.live.set(event.token, event.hook);
		this.#messages.tellOf(event);
	}
}
