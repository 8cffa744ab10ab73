import { DefinitionRefused, runtimeError, StatesError } from "./states-faults.ts";

/** What a path is read from: `$` is the input, `$$` the context object. Values are never changed in place. */
export type Scope = { readonly input: unknown; readonly context: unknown };

/** A path to at most one value. */
export type Path = {
	readonly text: string;
	/** The value, or undefined when the path leads nowhere. */
	find(scope: Scope): unknown;
};

/** A path to exactly one place, into which a value can be put. */
export type ReferencePath = {
	readonly text: string;
	/** A copy of `target` with `value` at this place; names on the way are created. */
	put(target: unknown, value: unknown): unknown;
};

type Key = string | number;

const STEP = /\.([\p{L}_][\p{L}\p{N}_-]*)|\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]/uy;

/** How much of `text` from `offset` on looks like a path. */
export const PATH_AT = /\$\$?(?:\.[\p{L}_][\p{L}\p{N}_-]*|\['(?:[^'\\]|\\.)*'\]|\[\d+\])*/uy;

/** Names and indexes only; filters, slices, wildcards and deep scans are refused. */
export function parsePath(text: string): Path {
	const fromContext = text.startsWith("$$");
	const keys = parseKeys(text, fromContext ? 2 : 1);
	if (fromContext) refuseUnknownContext(text, keys);
	return { text, find: (scope) => follow(fromContext ? scope.context : scope.input, keys) };
}

/** A path for ResultPath: into the input, never into the context. */
export function parseReferencePath(text: string): ReferencePath {
	if (text.startsWith("$$")) throw new DefinitionRefused(`cannot write to the context object: ${text}`);
	const keys = parseKeys(text, 1);
	return { text, put: (target, value) => put(target, keys, value, text) };
}

/** The value at the path; States.Runtime, naming `field`, when there is none. */
export function readPath(path: Path, scope: Scope, field: string): unknown {
	const value = path.find(scope);
	if (value !== undefined) return value;
	const input = JSON.stringify(scope.input);
	throw runtimeError(`The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${input}'`);
}

const CONTEXT =
	/^(Execution\.(Id|Input|Name|StartTime)|State\.(EnteredTime|Name|RetryCount)|StateMachine\.(Id|Name)|Map\.Item\.(Index|Value))\b/;

function refuseUnknownContext(text: string, keys: readonly Key[]): void {
	if (CONTEXT.test(keys.join("."))) return;
	throw new DefinitionRefused(`cannot read "${text}": this part of the context object is not implemented`);
}

function parseKeys(text: string, from: number): readonly Key[] {
	if (!text.startsWith("$")) throw new DefinitionRefused(`cannot read path "${text}": it must begin with $`);
	const keys: Key[] = [];
	STEP.lastIndex = from;
	while (STEP.lastIndex < text.length) {
		const at = STEP.lastIndex;
		const match = STEP.exec(text);
		if (!match) {
			throw new DefinitionRefused(
				`cannot read path "${text}" from "${text.slice(at)}" on: only .name, ['name'] and [0] are implemented`,
			);
		}
		keys.push(match[3] === undefined ? (match[1] ?? (match[2] ?? "").replace(/\\(.)/g, "$1")) : Number(match[3]));
	}
	return keys;
}

function follow(from: unknown, keys: readonly Key[]): unknown {
	let value = from;
	for (const key of keys) {
		value = child(value, key);
		if (value === undefined) return undefined;
	}
	return value;
}

function child(value: unknown, key: Key): unknown {
	if (typeof key === "number") return Array.isArray(value) ? value[key] : undefined;
	return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function put(target: unknown, keys: readonly Key[], value: unknown, text: string): unknown {
	const [key, ...rest] = keys;
	if (key === undefined) return value;
	if (typeof key === "number") {
		if (!Array.isArray(target) || key >= target.length) throw mismatch(text, target);
		return target.with(key, put(target[key], rest, value, text));
	}
	if (target !== undefined && !isRecord(target)) throw mismatch(text, target);
	return { ...target, [key]: put(child(target, key), rest, value, text) };
}

function mismatch(text: string, target: unknown): StatesError {
	return new StatesError(
		"States.ResultPathMatchFailure",
		`Unable to apply ReferencePath ${text} to input ${JSON.stringify(target)}`,
	);
}

/** An object of JSON: no array, no null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
