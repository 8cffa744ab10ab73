import type * as z from "zod";
import type { SimulationClock } from "../clock/simulation-clock.ts";
import { checkFlow } from "./flow-check.ts";
import { definitionSchema } from "./state-schema.ts";
import { DefinitionRefused } from "./states-faults.ts";

/** What a Lambda function or a service integration is here. */
export type Callable = (parameters: unknown) => Promise<unknown>;

/** What a definition needs from outside. */
export type Ground = {
	/** The function that a raw Lambda ARN names, version included. */
	readonly lambda: (arn: string) => Callable | undefined;
	/** Seconds after which Lambda itself ends an invocation of this function; undefined: it never does. */
	readonly lambdaTimeoutSeconds?: (arn: string) => number | undefined;
	/** By resource, such as `arn:aws:states:::dynamodb:getItem`; given the Parameters, answers as the service would. */
	readonly integrations: Readonly<Record<string, Callable>>;
	readonly clock: SimulationClock;
};

/** A definition that the interpreter can run, with everything it calls. */
export type LoadedDefinition = {
	readonly machine: z.output<typeof definitionSchema>;
	readonly ground: Ground;
};

/**
 * Reads a definition (JSON text or its value). Throws DefinitionRefused that names state and field of everything that the
 * interpreter does not implement or that Step Functions would not accept; nothing is ever ignored.
 */
export function loadDefinition(definition: unknown, ground: Ground): LoadedDefinition {
	const machine = machineOf(definition);
	const complaints: string[] = [];
	checkFlow(
		machine,
		(resource) => callableOf(resource, ground) !== undefined,
		(state, field, why) => complaints.push(`state "${state}", field ${field}: ${why}`),
	);
	if (complaints.length > 0) throw refusal(complaints);
	return { machine, ground };
}

/** Of values that were read before: the same definition may run on many grounds. */
const known = new WeakMap<object, LoadedDefinition["machine"]>();

function machineOf(definition: unknown): LoadedDefinition["machine"] {
	const value = typeof definition === "string" ? parse(definition) : definition;
	const before = typeof value === "object" && value !== null ? known.get(value) : undefined;
	if (before) return before;
	const read = definitionSchema.safeParse(value);
	if (!read.success) throw refusal(read.error.issues.map(sayIssue));
	if (typeof value === "object" && value !== null) known.set(value, read.data);
	return read.data;
}

/** Service integrations have no account in their ARN: `arn:aws:states:::…`. */
export function isIntegration(resource: string): boolean {
	return /^arn:[^:]+:states:::/.test(resource);
}

/** The function behind a Task's Resource. */
export function callableOf(resource: string, ground: Ground): Callable | undefined {
	if (!isIntegration(resource)) return ground.lambda(resource);
	return Object.hasOwn(ground.integrations, resource) ? ground.integrations[resource] : undefined;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch (cause) {
		throw new DefinitionRefused("cannot load the definition: it is not JSON", { cause });
	}
}

function refusal(complaints: readonly string[]): DefinitionRefused {
	return new DefinitionRefused(`cannot load the definition:\n${complaints.map((complaint) => `- ${complaint}`).join("\n")}`);
}

function sayIssue(issue: z.core.$ZodIssue): string {
	const at = issue.path.lastIndexOf("States");
	const place = at < 0 || issue.path.length < at + 2 ? "the machine" : `state "${String(issue.path[at + 1])}"`;
	const field = issue.path.slice(at < 0 ? 0 : at + 2).map(String);
	if (issue.code === "unrecognized_keys") {
		return issue.keys.map((key) => `${place}, field ${[...field, key].join(".")}: it is not implemented`).join("\n- ");
	}
	if (field.at(-1) === "Type") {
		return `${place}, field Type: only Task, Pass, Wait, Choice, Succeed, Fail and Map are implemented`;
	}
	return `${place}, field ${field.join(".") || "(itself)"}: ${issue.message}`;
}
