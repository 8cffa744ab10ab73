import { type Expression, parseIntrinsic } from "./intrinsic.ts";
import { isRecord, parsePath, readPath } from "./path.ts";
import { DefinitionRefused } from "./states-faults.ts";

/** Compiles Parameters, ResultSelector or ItemSelector: names that end in `.$` hold a path or an intrinsic call. */
export function compileTemplate(raw: unknown): Expression {
	if (Array.isArray(raw)) {
		const items = raw.map(compileTemplate);
		return (scope) => items.map((item) => item(scope));
	}
	if (isRecord(raw)) return compileRecord(raw);
	return () => raw;
}

function compileRecord(raw: Readonly<Record<string, unknown>>): Expression {
	const fields = Object.entries(raw).map(([name, value]) => compileField(name, value));
	const names = new Set(fields.map(([name]) => name));
	if (names.size < fields.length) throw new DefinitionRefused(`cannot fill one field twice: ${Object.keys(raw).join(", ")}`);
	return (scope) => Object.fromEntries(fields.map(([name, value]) => [name, value(scope)]));
}

function compileField(name: string, value: unknown): readonly [string, Expression] {
	if (!name.endsWith(".$")) return [name, compileTemplate(value)];
	const target = name.slice(0, -2);
	if (typeof value === "string" && /^(States\.|\$)/.test(value)) return [target, compileExpression(value, name)];
	throw new DefinitionRefused(`cannot fill "${name}" with ${JSON.stringify(value)}: a path or an intrinsic function is expected`);
}

/** Compiles a path or an intrinsic call; `field` is named when the path leads nowhere. */
export function compileExpression(text: string, field = text): Expression {
	if (text.startsWith("States.")) return parseIntrinsic(text);
	const path = parsePath(text);
	return (scope) => readPath(path, scope, field);
}
