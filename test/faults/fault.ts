import type { FunctionName } from "../../src/local/embedded-ground.ts";

/** Which requests of a function are counted: those to AWS, those to the cluster, or all. */
export type Channel = "aws" | "cluster" | "any";

/**
 * When a fault strikes: directly before the `nth` request (from 1, over the whole run) that leaves a function and that the
 * fault can befall, when the execution enters a state for the `nth` time, or so many seconds after the beginning.
 */
export type Instant =
	| { readonly on: "request"; readonly of: FunctionName; readonly channel: Channel; readonly nth: number }
	| { readonly on: "state"; readonly state: string; readonly nth: number }
	| { readonly on: "time"; readonly seconds: number };

const processKinds = [
	"step repeated",
	"step overtaken by its repetition",
	"step delayed for minutes",
	"crash between two effects",
	"function throttled",
	"function outage",
	"clock skew",
] as const;

export const awsKinds = [
	"AWS throttles",
	"AWS fails",
	"AWS refuses",
	"AWS resets the connection",
	"AWS answer lost",
	"AWS answer late",
	"conditional write lost",
	"record written in between",
	"table outage",
] as const;

export const apiKinds = [
	"API 401",
	"API 403",
	"API 404",
	"API 409",
	"API 429",
	"API 500",
	"API 503",
	"API time-out",
	"API resets the connection",
	"API answer lost",
	"API answer late",
	"stale list",
	"watch cut",
	"watch silent",
	"watch 410",
] as const;

const messageKinds = [
	"message duplicated",
	"EventBridge duplicate",
	"message reordered",
	"message redriven a day later",
	"second hook token",
	"order in between",
	"cancel in between",
] as const;

const executionKinds = ["execution aborted", "execution failed", "execution timed out"] as const;

const clusterKinds = [
	"Node deleted",
	"Node recreated",
	"instance taken by someone else",
	"node uncordoned by a user",
	"virt-controller paused",
	"kube-controller-manager paused",
	"kube-scheduler paused",
	"virt-api down",
	"webhook removed",
	"kubelet down",
	"VMI object forced away",
	"launcher object forced away",
	"migration object forced away",
] as const;

const userKinds = [
	"VM deleted by its user",
	"VM stopped by its user",
	"VM started on the node",
	"VM bound after the cordon",
	"VM migrated by its user",
	"VM migrated to the node",
	"guest crashes",
] as const;

/** Every kind of fault, by what it befalls. */
export const faultKinds = [
	...processKinds,
	...awsKinds,
	...apiKinds,
	...messageKinds,
	...executionKinds,
	...clusterKinds,
	...userKinds,
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** One thing that goes wrong. */
export type Fault = {
	readonly kind: FaultKind;
	readonly at: Instant;
	/** How long it lasts, or how late something is. */
	readonly seconds: number;
	/** How many requests or invocations in a row it befalls. */
	readonly times: number;
	/** From 0 to 1: chooses among what is there when it strikes. */
	readonly choice: number;
};

/** A fault in one line. */
export function describeFault({ kind, at, seconds, times }: Fault): string {
	return `${kind} ${describeInstant(at)} (${seconds} s, ${times} times)`;
}

function describeInstant(at: Instant): string {
	if (at.on === "request") return `at request ${at.nth} of ${at.of}${at.channel === "any" ? "" : ` to ${at.channel}`}`;
	return at.on === "state" ? `when ${at.state} is entered for the ${at.nth}. time` : `after ${at.seconds} s`;
}
