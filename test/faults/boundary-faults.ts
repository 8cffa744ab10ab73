import type { Boundary } from "../../src/local/aws/boundary.ts";
import type { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import { readApiRequest } from "../../src/local/cluster/api/api-request.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import type { Fault } from "./fault.ts";
import type { Answered } from "./rehearsals.ts";
import { accountFaults, apiEffect, befallJson, befalls } from "./request-faults.ts";
import { Running } from "./running.ts";
import type { OutgoingRequest, Strikes } from "./strikes.ts";

/** Everything that a fault at a boundary needs. */
type Surroundings = {
	readonly clock: VirtualClock;
	readonly cluster: SimulatedCluster;
	readonly strikes: Strikes;
	readonly ground: () => EmbeddedGround;
	/** Whether DynamoDB fails for everybody just now. */
	readonly tableIsDown: () => boolean;
	/** Lets a fault happen that is about no single request; answers whether it did. */
	readonly happen: (fault: Fault, running: Running) => boolean;
	/** Somebody else writes the record; answers whether there was one. */
	readonly writeRecord: () => Promise<boolean>;
	readonly onAwsRequest: (running: Running | undefined, operation: string, body: string) => void;
	/** It begins a look. */
	readonly onLook: (running: Running) => void;
	readonly onEviction: (running: Running, answered: Answered) => void;
	/** AWS has answered; what this says is done. */
	readonly onAwsAnswer: (running: Running | undefined, service: string, operation: string, body: string) => void;
	/** `stoodStill`: its process did, directly before. */
	readonly onClusterRequest: (running: Running, operation: string, stoodStill: boolean) => void;
	readonly say: (line: string) => void;
};

/** Requests in a row that one fault still has to befall. */
type Streak = { readonly fault: Fault; readonly of: string; readonly operation: string; left: number };

/** Once these have left, nothing can be taken back: a process that stands still just before cannot know of it. */
const irrevocable: ReadonlySet<string> = new Set(["CompleteLifecycleAction", "CreateTags"]);

const perRequest = ({ kind }: Fault): boolean =>
	kind.startsWith("AWS") || kind.startsWith("conditional") || kind.startsWith("API");

/** Faults of the requests that leave the functions. */
export class BoundaryFaults {
	readonly #at: Surroundings;
	#streaks: Streak[] = [];

	constructor(surroundings: Surroundings) {
		this.#at = surroundings;
	}

	/** Between the functions, or the definition's own states, and AWS. */
	readonly aws: Boundary = async ({ service, operation, body }, send) => {
		const { clock, strikes, tableIsDown, onAwsRequest, onAwsAnswer, say } = this.#at;
		const running = Running.current;
		const outside = async () => {
			const answer = await Running.outside(send);
			if (answer.statusCode < 300) onAwsAnswer(running, service, operation, body);
			return answer;
		};
		if (service === "dynamodb" && tableIsDown()) {
			await running?.beforeAwsRequest();
			return befallJson({ kind: "table outage", seconds: 0 }, { service }, outside, (ms) => clock.sleep(ms));
		}
		if (!running) {
			onAwsRequest(undefined, operation, body);
			return outside();
		}
		const outgoing: OutgoingRequest = { of: running.name, channel: "aws", operation };
		const struck = this.#struck(outgoing, running);
		await running.beforeAwsRequest();
		running.looksNoMore();
		onAwsRequest(running, operation, body);
		say(`${running.requestId} ${operation}`);
		const between = struck.find(({ kind }) => kind === "record written in between");
		if (between && (await this.#at.writeRecord())) strikes.note(between);
		const fault = struck.find(perRequest);
		if (!fault) return outside();
		strikes.note(fault);
		if (service === "dynamodb" || service === "sqs") return befallJson(fault, { service }, outside, (ms) => clock.sleep(ms));
		const kind = accountFaults[fault.kind];
		if (kind) this.#at.ground().aws.faults.add({ operation, kind, afterMs: kind === "late" ? fault.seconds * 1_000 : 3_000 });
		return outside();
	};

	/** Between the functions and the API server. */
	readonly cluster = async (request: Request): Promise<Response> => {
		const { cluster, clock, strikes, onClusterRequest, say } = this.#at;
		const running = Running.current;
		if (!running) return cluster.handle(request);
		const asked = readApiRequest(request.method, new URL(request.url), clock.now());
		const { verb, resource, subresource, path, query } = asked;
		const operation = `${verb} ${resource}${subresource && `/${subresource}`}`;
		const outgoing: OutgoingRequest = { of: running.name, channel: "cluster", operation, path, query };
		const struck = this.#struck(outgoing, running);
		const gate = running.beforeClusterRequest();
		if ((verb === "get" || verb === "list") && running.looks()) this.#at.onLook(running);
		const readyAt = clock.now();
		await gate;
		onClusterRequest(running, operation, clock.now() > readyAt);
		say(`${running.requestId} ${operation} ${path}`);
		const user = `evacuator-${running.name}`;
		for (const fault of struck) {
			const effect = apiEffect(fault);
			if (!effect) continue;
			strikes.note(fault);
			const match = (subject: typeof asked & { user: string }) =>
				subject.user === user && subject.path === path && subject.verb === verb;
			cluster.faults.api.add({ match, times: 1, effect });
		}
		const body = operation === "create pods/eviction" ? await request.clone().text() : "";
		const askedAt = clock.now();
		const answer = await Running.outside(() => cluster.handle(request));
		if (body) this.#at.onEviction(running, { path, isRehearsal: body.includes('"dryRun"'), status: answer.status, askedAt });
		return answer;
	};

	/** Lets happen what is about no single request, and answers what befalls this one. */
	#struck(outgoing: OutgoingRequest, running: Running): readonly Fault[] {
		const { strikes, happen } = this.#at;
		const due = strikes.atRequest(
			outgoing,
			(fault, at) => befalls(fault, at) && !(isStandstill(fault) && irrevocable.has(at.operation)),
		);
		const ofThis = due.filter((fault) => !Running.outside(() => happen(fault, running)) && isOfRequests(fault));
		for (const fault of ofThis) {
			if (fault.times > 1 && perRequest(fault))
				this.#streaks.push({ fault, of: outgoing.of, operation: outgoing.operation, left: fault.times - 1 });
		}
		const streak = this.#streaks.find(
			({ of, operation, left }) => left > 0 && of === outgoing.of && operation === outgoing.operation,
		);
		if (!streak || ofThis.includes(streak.fault)) return ofThis;
		streak.left -= 1;
		return [...ofThis, streak.fault];
	}
}

const isStandstill = ({ kind }: Fault): boolean => kind === "step delayed for minutes";

const isOfRequests = (fault: Fault): boolean =>
	perRequest(fault) ||
	fault.kind === "record written in between" ||
	fault.kind === "stale list" ||
	fault.kind.startsWith("watch");
