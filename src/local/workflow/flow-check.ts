import type { Flow, State } from "./state-schema.ts";

/** Says something about a state: its name, the field, what is wrong. */
type Complaint = (state: string, field: string, why: string) => void;

/** What is wrong with how the states lead into each other, and with fields that exclude or need each other. */
export function checkFlow(flow: Flow, known: (resource: string) => boolean, complain: Complaint): void {
	checkNames(flow, complain);
	checkReach(flow, complain);
	for (const [name, state] of statesOf(flow)) checkState(name, state, known, complain);
}

function* statesOf(flow: Flow): Generator<readonly [name: string, state: State]> {
	for (const [name, state] of Object.entries(flow.States)) {
		yield [name, state];
		const inner = innerFlow(state);
		if (inner) yield* statesOf(inner);
	}
}

/** Names are unique in the whole machine, inside Maps too. https://states-language.net/spec.html#states-fields */
function checkNames(flow: Flow, complain: Complaint): void {
	const names = new Set<string>();
	for (const [name] of statesOf(flow)) {
		if (names.has(name)) complain(name, "(itself)", "another state has the same name");
		names.add(name);
	}
}

function checkReach(flow: Flow, complain: Complaint): void {
	const reached = new Set<string>();
	const visit = (target: string, from: string, field: string) => {
		const state = Object.hasOwn(flow.States, target) ? flow.States[target] : undefined;
		if (state === undefined) return complain(from, field, `there is no state "${target}"`);
		if (reached.has(target)) return;
		reached.add(target);
		for (const [next, name] of successors(state)) visit(next, target, name);
	};
	visit(flow.StartAt, "(the machine)", "StartAt");
	for (const [name, state] of Object.entries(flow.States)) {
		if (!reached.has(name)) complain(name, "(itself)", "no state leads here");
		const inner = innerFlow(state);
		if (inner) checkReach(inner, complain);
	}
}

function innerFlow(state: State): Flow | undefined {
	return state.Type === "Map" ? (state.ItemProcessor ?? state.Iterator) : undefined;
}

function successors(state: State): readonly (readonly [target: string, field: string])[] {
	const targets: [string, string][] = [];
	if ("Next" in state && state.Next !== undefined) targets.push([state.Next, "Next"]);
	if (state.Type === "Choice") {
		for (const [i, rule] of state.Choices.entries()) targets.push([rule.Next, `Choices.${i}.Next`]);
		if (state.Default !== undefined) targets.push([state.Default, "Default"]);
	}
	if ("Catch" in state) for (const [i, catcher] of (state.Catch ?? []).entries()) targets.push([catcher.Next, `Catch.${i}.Next`]);
	return targets;
}

/** Groups of fields of which a state has exactly one. */
const ONE_OF: Readonly<Partial<Record<State["Type"], readonly (readonly string[])[]>>> = {
	Task: [
		["Next", "End"],
		["TimeoutSeconds", "TimeoutSecondsPath"],
	],
	Pass: [["Next", "End"]],
	Wait: [
		["Next", "End"],
		["Seconds", "SecondsPath", "Timestamp", "TimestampPath"],
	],
	Map: [
		["Next", "End"],
		["ItemProcessor", "Iterator"],
	],
};

/** Pairs of fields of which a state has at most one. */
const NOT_BOTH: Readonly<Partial<Record<State["Type"], readonly (readonly string[])[]>>> = {
	Fail: [
		["Error", "ErrorPath"],
		["Cause", "CausePath"],
	],
	Map: [["ItemSelector", "Parameters"]],
};

function checkState(name: string, state: State, known: (resource: string) => boolean, complain: Complaint): void {
	const has = (field: string) => Object.hasOwn(state, field);
	for (const group of ONE_OF[state.Type] ?? []) {
		if (group.filter(has).length !== 1) complain(name, group.join(" or "), "exactly one is needed");
	}
	for (const group of NOT_BOTH[state.Type] ?? []) {
		if (group.filter(has).length > 1) complain(name, group.join(" and "), "only one is allowed");
	}
	if (state.Type === "Task" && !known(state.Resource)) {
		complain(name, "Resource", `${state.Resource} is neither a function nor an integration that was handed in`);
	}
}
