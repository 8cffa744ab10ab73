import { comparisonNamed, refuseWrongOperand, TYPE_TESTS } from "./comparisons.ts";
import { isRecord, type Path, parsePath, type Scope } from "./path.ts";
import { DefinitionRefused, runtimeError } from "./states-faults.ts";

/** Whether a rule of a Choice state applies. */
type Rule = (scope: Scope) => boolean;

type RawRule = Readonly<Record<string, unknown>>;

/** Compiles one rule without its Next. */
export function compileRule(raw: unknown): Rule {
	if (!isRecord(raw)) throw new DefinitionRefused(`cannot read choice rule ${JSON.stringify(raw)}: an object is expected`);
	const { Comment: _, ...rule } = raw;
	const names = Object.keys(rule);
	if ("Variable" in rule) return compileTest(rule);
	const [name] = names;
	if (names.length !== 1 || name === undefined) throw unknownRule(rule);
	if (name === "Not") return negation(compileRule(rule[name]));
	if (name === "And" || name === "Or") return compileJunction(name, rule[name]);
	throw unknownRule(rule);
}

function unknownRule(rule: RawRule): DefinitionRefused {
	return new DefinitionRefused(
		`cannot read choice rule ${JSON.stringify(rule)}: one of And, Or, Not, or Variable with one test is expected`,
	);
}

function negation(rule: Rule): Rule {
	return (scope) => !rule(scope);
}

function compileJunction(name: "And" | "Or", raw: unknown): Rule {
	if (!Array.isArray(raw) || raw.length === 0) throw new DefinitionRefused(`cannot read ${name}: a list of rules is expected`);
	const rules = raw.map(compileRule);
	return name === "And" ? (scope) => rules.every((rule) => rule(scope)) : (scope) => rules.some((rule) => rule(scope));
}

function compileTest(raw: RawRule): Rule {
	const { Variable: variable, ...tests } = raw;
	const [name, ...others] = Object.keys(tests);
	if (typeof variable !== "string" || name === undefined || others.length > 0) throw unknownRule(raw);
	const path = parsePath(variable);
	const operand = tests[name];
	return compileTypeTest(path, name, operand) ?? compileComparison(path, name, operand) ?? refuseTest(name);
}

function compileTypeTest(path: Path, name: string, expected: unknown): Rule | undefined {
	const test = TYPE_TESTS.get(name);
	if (!test) return undefined;
	if (typeof expected !== "boolean")
		throw new DefinitionRefused(`cannot test ${name} against ${JSON.stringify(expected)}: use true or false`);
	if (name === "IsPresent") return (scope) => test(path.find(scope)) === expected;
	return (scope) => test(variableAt(path, scope)) === expected;
}

function compileComparison(path: Path, name: string, operand: unknown): Rule | undefined {
	const plain = comparisonNamed(name);
	if (plain) {
		refuseWrongOperand(name, operand);
		return (scope) => plain(variableAt(path, scope), operand);
	}
	if (!name.endsWith("Path") || name === "StringMatchesPath") return undefined;
	const compare = comparisonNamed(name.slice(0, -"Path".length));
	if (!compare) return undefined;
	if (typeof operand !== "string")
		throw new DefinitionRefused(`cannot compare by ${name} with ${JSON.stringify(operand)}: a path is expected`);
	const other = parsePath(operand);
	return (scope) => compare(variableAt(path, scope), variableAt(other, scope));
}

function refuseTest(name: string): never {
	throw new DefinitionRefused(`cannot compare by ${name}: it is not implemented`);
}

function variableAt(path: Path, scope: Scope): unknown {
	const value = path.find(scope);
	if (value === undefined)
		throw runtimeError(`Invalid path '${path.text}': The choice state's condition path references an invalid value.`);
	return value;
}
