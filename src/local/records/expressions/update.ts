import { type AttributeValue, type Item, sum, validation } from "./attribute-value.ts";
import { operand } from "./condition.ts";
import { named, type Path, type Scope, TokenReader, valueAt } from "./token-reader.ts";

type Update = {
	/** What becomes of the item; everything is read from it as it was before. */
	readonly itemAfter: (scope: Scope) => Item;
	/** What it sets, removes or adds to. */
	readonly pathsOf: (scope: Scope) => readonly Path[];
};
type Value = (scope: Scope) => AttributeValue | undefined;
type Act = { readonly path: Path; readonly value: Value };

const known = new Map<string, Update>();

/** An update of SET, REMOVE and ADD. Throws ValidationException for what DynamoDB, or this, does not understand. */
export function updateOf(text: string): Update {
	const before = known.get(text);
	if (before) return before;
	const tokens = new TokenReader(text);
	const acts: Act[] = [];
	while (tokens.next !== undefined) acts.push(...section(tokens));
	const update: Update = {
		itemAfter(scope) {
			const item = JSON.parse(JSON.stringify(scope.item)) as Record<string, AttributeValue>;
			const shortened = new Set<unknown[]>();
			for (const { path, value } of acts) place(item, named(path, scope), value(scope), shortened);
			for (const list of shortened) list.splice(0, list.length, ...list.filter((element) => element !== undefined));
			return item;
		},
		pathsOf: (scope) => acts.map(({ path }) => named(path, scope)),
	};
	known.set(text, update);
	return update;
}

function section(tokens: TokenReader): readonly Act[] {
	if (tokens.accept("SET")) return tokens.list(() => assignment(tokens));
	if (tokens.accept("REMOVE")) return tokens.list(() => ({ path: tokens.path(), value: () => undefined }));
	if (tokens.accept("ADD")) return tokens.list(() => addition(tokens));
	throw validation(`The embedded DynamoDB updates by SET, REMOVE and ADD; it found ${tokens.next}`);
}

function assignment(tokens: TokenReader): Act {
	const path = tokens.path();
	tokens.expect("=");
	const value = calculation(tokens);
	return {
		path,
		value(scope) {
			const set = value(scope);
			if (!set) throw validation("The provided expression refers to an attribute that does not exist in the item");
			return set;
		},
	};
}

function addition(tokens: TokenReader): Act {
	const path = tokens.path();
	const by = operand(tokens);
	return { path, value: (scope) => sum(valueAt(path, scope) ?? { N: "0" }, by(scope), 1) };
}

function calculation(tokens: TokenReader): Value {
	const first = term(tokens);
	const sign = tokens.accept("+") ? 1 : tokens.accept("-") ? -1 : undefined;
	if (sign === undefined) return first;
	const second = term(tokens);
	return (scope) => sum(first(scope), second(scope), sign);
}

function term(tokens: TokenReader): Value {
	if (tokens.accept("if_not_exists")) {
		const [first, second] = inBrackets(tokens);
		// Both are looked up, whatever the first one is: DynamoDB finds a missing placeholder in any case.
		return (scope) => [first?.(scope), second?.(scope)].find((value) => value !== undefined);
	}
	if (tokens.accept("list_append")) {
		const [first, second] = inBrackets(tokens);
		return (scope) => ({ L: [...listOf(first?.(scope)), ...listOf(second?.(scope))] });
	}
	return operand(tokens);
}

function inBrackets(tokens: TokenReader): readonly Value[] {
	tokens.expect("(");
	const all = tokens.list(() => term(tokens));
	tokens.expect(")");
	return all;
}

function listOf(value: AttributeValue | undefined): readonly unknown[] {
	if (Array.isArray(value?.L)) return value.L;
	throw validation("An operand in the update expression has an incorrect data type");
}

/**
 * Sets or removes what the path leads to. A map on the way has to be there. A list keeps the places of its elements until
 * all are removed, and is in `shortened` then.
 */
function place(
	item: Record<string, AttributeValue>,
	path: Path,
	value: AttributeValue | undefined,
	shortened: Set<unknown[]>,
): void {
	let here: Record<string | number, AttributeValue> | undefined = item;
	for (const part of path.slice(0, -1)) {
		const next: AttributeValue | undefined = here?.[part];
		here = (next?.M ?? next?.L) as Record<string | number, AttributeValue> | undefined;
	}
	const last = path.at(-1) ?? "";
	if (!here) throw validation("The document path provided in the update expression is invalid for update");
	if (typeof last === "number") {
		if (value !== undefined || !Array.isArray(here)) throw validation("The embedded DynamoDB sets no single element of a list");
		delete here[last];
		shortened.add(here);
	} else if (value === undefined) delete here[last];
	else here[last] = value;
}
