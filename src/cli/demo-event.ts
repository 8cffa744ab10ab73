/** What a VM is and what becomes of it, as Assess sees it before anything is touched. */
export type VmRow = {
	/** `namespace/name`. */
	readonly vm: string;
	readonly strategy: string;
	/** What would start it again: `VM Always`, `replica set proxy`, `nothing`. */
	readonly owner: string;
	readonly fate: string;
	readonly why: string;
	/** It will not be started again, and the operator's written policy lets it end. */
	readonly allowed: boolean;
};

/** Pods of one fate, which are not launchers. `of`: the workload they belong to, or their own name. */
export type PodGroup = { readonly fate: string; readonly pods: readonly { readonly pod: string; readonly of: string }[] };

type EstimateShown = {
	/** An upper bound. */
	readonly seconds: number;
	readonly migrations: number;
	readonly atATime: number;
	readonly shutdowns: number;
};

export type ProofLine = { readonly rule: string; readonly holds: boolean; readonly says: string };

/** Counts over the whole run. */
export type Figures = {
	/** From the beginning to the end, by the demo's clock, and by the reader's. */
	readonly seconds: number;
	readonly secondsHere: number;
	readonly heartbeats: number;
	/** Requests of Evacuator's functions to the API server, and how many of them asked for an eviction. */
	readonly apiRequests: number;
	readonly evictions: number;
};

/** How a run with --context ends. `declined`: nobody said yes, and nothing was touched. */
export type ContextOutcome = "safe" | "held" | "failed" | "interrupted" | "declined";

/** A line for the reader's shell, and what it is good for. */
export type ToType = { readonly says: string; readonly command: string };

export type Outcome = "released" | "held" | "failed" | "interrupted";

/** Everything that a run tells, in order. Names of nodes are whole; seconds are the demo's, not the reader's. */
export type Telling =
	| {
			readonly kind: "begin";
			readonly scenario: string;
			readonly says: string;
			readonly speed: number;
			readonly cluster: string;
			readonly nodes: readonly { readonly name: string; readonly zone: string; readonly instanceId: string }[];
			readonly instanceId: string;
			readonly node: string;
			readonly group: string;
			readonly hook: string;
			readonly hookSeconds: number;
			/** VMs that may end, as the policy names them: `namespace/name` with `*`. */
			readonly mayEnd: readonly string[];
	  }
	| { readonly kind: "message"; readonly queue: string; readonly messageId: string; readonly body: unknown }
	| { readonly kind: "received"; readonly outcome: string; readonly why: string }
	| { readonly kind: "state"; readonly state: string }
	| {
			readonly kind: "fates";
			readonly vms: readonly VmRow[];
			readonly pods: readonly PodGroup[];
			readonly estimate: EstimateShown;
	  }
	| {
			readonly kind: "eviction";
			readonly pod: string;
			/** Only for launchers. */
			readonly vm?: string;
			/** accepted, guarded, budget, unreachable, later, changed or gone. */
			readonly answer: string;
			/** The API server's own words, when it refused. */
			readonly says: string;
	  }
	| { readonly kind: "migration began"; readonly vm: string; readonly from: string; readonly to: string }
	| {
			readonly kind: "migration ended";
			readonly vm: string;
			readonly from: string;
			readonly to: string;
			readonly outcome: string;
	  }
	| { readonly kind: "vm ended"; readonly vm: string; readonly on: string; readonly cause: string }
	| { readonly kind: "vm started"; readonly vm: string; readonly on: string }
	/** Never a launcher. */
	| { readonly kind: "pod left"; readonly pod: string }
	/** `dueAt`: until then AWS waits for the next one; epoch milliseconds. */
	| { readonly kind: "heartbeat"; readonly hook: string; readonly dueAt: number }
	| { readonly kind: "waiting"; readonly hook: string; readonly dueAt: number }
	| { readonly kind: "trouble"; readonly trouble: string; readonly about: string; readonly says: string }
	| { readonly kind: "note"; readonly says: string }
	| { readonly kind: "proof"; readonly rules: readonly ProofLine[] }
	| { readonly kind: "marked"; readonly tag: string; readonly value: string }
	| { readonly kind: "hook completed"; readonly hook: string; readonly result: string }
	| {
			readonly kind: "result";
			readonly outcome: Outcome;
			readonly exitCode: number;
			readonly instanceId: string;
			/** Why it ended so, each with its way out; empty when it was released. */
			readonly because: readonly string[];
			readonly figures: Figures;
	  }
	/** With --context, before anything else. `kubernetes` is `unknown` where the user may not read it. */
	| {
			readonly kind: "context";
			readonly context: string;
			readonly server: string;
			readonly node: string;
			readonly kubernetes: string;
			readonly kubevirt: string;
			readonly mayEnd: readonly string[];
	  }
	/** What an earlier run has left on the node, which this one takes over. `marked`: VMs that KubeVirt moves already. */
	| { readonly kind: "earlier run"; readonly maintenance: string; readonly marked: readonly string[] }
	| {
			readonly kind: "end";
			readonly outcome: ContextOutcome;
			readonly exitCode: number;
			readonly context: string;
			readonly node: string;
			/** Why it ended so, and what is left behind; empty when it is safe. */
			readonly because: readonly string[];
			readonly toType: readonly ToType[];
			/** Of this run: seconds, requests to the API server, and how many of them asked for an eviction. */
			readonly figures: { readonly seconds: number; readonly requests: number; readonly evictions: number };
	  };

/** `at`: epoch milliseconds by the demo's clock. */
export type DemoEvent = Telling & { readonly at: number };

/** What `--json` prints, for the help. */
export const kindsOfEvents: readonly (readonly [kind: DemoEvent["kind"], says: string])[] = [
	["begin", "the scenario: nodes, instance, hook, policy, speed"],
	["waiting", "the instance is in Terminating:Wait; dueAt: until then AWS waits"],
	["message", "the lifecycle event as it was put in the queue"],
	["received", "what intake made of it"],
	["state", "the state machine entered this state"],
	["fates", "vms (vm, strategy, owner, fate, why, allowed), pods, estimate"],
	["eviction", "pod, vm, answer (accepted, guarded, budget, …), says"],
	["migration began", "vm, from, to"],
	["migration ended", "vm, from, to, outcome"],
	["vm ended", "vm, on, cause"],
	["vm started", "vm, on"],
	["pod left", "pod: it is gone from the node"],
	["heartbeat", "hook, dueAt: until then AWS waits for the next one"],
	["trouble", "trouble, about, says: what a human must know"],
	["note", "a step or a heartbeat failed, or a proof did not hold yet"],
	["proof", "rules (rule, holds, says): S1-S7 over the two looks of Release"],
	["marked", "the tag on the instance"],
	["hook completed", "hook, result"],
	["context", "with --context: context, server, node, kubernetes, kubevirt, mayEnd"],
	["earlier run", "with --context: maintenance, marked: what this run takes over"],
	["end", "with --context, last: outcome (safe, held, failed, interrupted, declined), exitCode, because, toType, figures"],
	["result", "outcome (released, held, failed, interrupted), exitCode, because, figures; last"],
];
