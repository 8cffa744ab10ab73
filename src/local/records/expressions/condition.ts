import { type AttributeValue, compare, contains, isEqual, sizeOf, typeOf, validation } from "./attribute-value.ts";
import { givenValue, type Scope, TokenReader, valueAt } from "./token-reader.ts";

type Condition = (scope: Scope) => boolean;
type Operand = (scope: Scope) => AttributeValue | undefined;

const known = new Map<string, Condition>();

/** A condition, a filter or a key condition. Throws ValidationException for what DynamoDB, or this, does not understand. */
export function conditionOf(text: string): Condition {
	const before = known.get(text);
	if (before) return before;
	const tokens = new TokenReader(text);
	const condition = either(tokens);
	tokens.end();
	known.set(text, condition);
	return condition;
}

// Every operand is looked up, whatever the first one says: DynamoDB finds a missing placeholder in any case.
function either(tokens: TokenReader): Condition {
	const all = [both(tokens)];
	while (tokens.accept("OR")) all.push(both(tokens));
	return all.length === 1 ? (all[0] as Condition) : (scope) => all.map((one) => one(scope)).includes(true);
}

function both(tokens: TokenReader): Condition {
	const all = [negated(tokens)];
	while (tokens.accept("AND")) all.push(negated(tokens));
	return all.length === 1 ? (all[0] as Condition) : (scope) => !all.map((one) => one(scope)).includes(false);
}

function negated(tokens: TokenReader): Condition {
	if (!tokens.accept("NOT")) return single(tokens);
	const condition = negated(tokens);
	return (scope) => !condition(scope);
}

function single(tokens: TokenReader): Condition {
	if (tokens.accept("(")) {
		const inside = either(tokens);
		tokens.expect(")");
		return inside;
	}
	const asked = functions[tokens.next ?? ""];
	return asked ? call(tokens, asked) : comparison(tokens);
}

type Asked = (a: AttributeValue | undefined, b: AttributeValue | undefined) => boolean;

const functions: Readonly<Record<string, Asked>> = {
	attribute_exists: (a) => a !== undefined,
	attribute_not_exists: (a) => a === undefined,
	attribute_type: (a, b) => a !== undefined && typeOf(a) === b?.S,
	begins_with: (a, b) => a !== undefined && "S" in a && String(a.S).startsWith(String(b?.S)),
	contains,
};

function call(tokens: TokenReader, asked: Asked): Condition {
	tokens.take();
	tokens.expect("(");
	const [first, second] = tokens.list(() => operand(tokens));
	tokens.expect(")");
	return (scope) => asked(first?.(scope), second?.(scope));
}

export function operand(tokens: TokenReader): Operand {
	if (tokens.accept("size")) {
		tokens.expect("(");
		const path = tokens.path();
		tokens.expect(")");
		return (scope) => sizeOf(valueAt(path, scope));
	}
	if (tokens.next?.startsWith(":")) {
		const placeholder = tokens.take();
		return (scope) => givenValue(placeholder, scope);
	}
	const path = tokens.path();
	return (scope) => valueAt(path, scope);
}

const comparators: Readonly<Record<string, Asked>> = {
	"=": isEqual,
	"<>": (a, b) => !isEqual(a, b),
	"<": (a, b) => (compare(a, b) ?? Number.NaN) < 0,
	"<=": (a, b) => (compare(a, b) ?? Number.NaN) <= 0,
	">": (a, b) => (compare(a, b) ?? Number.NaN) > 0,
	">=": (a, b) => (compare(a, b) ?? Number.NaN) >= 0,
};

function comparison(tokens: TokenReader): Condition {
	const left = operand(tokens);
	if (tokens.accept("IN")) {
		tokens.expect("(");
		const choices = tokens.list(() => operand(tokens));
		tokens.expect(")");
		return (scope) => choices.map((choice) => isEqual(left(scope), choice(scope))).includes(true);
	}
	if (tokens.accept("BETWEEN")) {
		const low = operand(tokens);
		tokens.expect("AND");
		const high = operand(tokens);
		return (scope) => {
			const value = left(scope);
			return (compare(value, low(scope)) ?? -1) >= 0 && (compare(value, high(scope)) ?? 1) <= 0;
		};
	}
	const sign = tokens.take();
	const asked = comparators[sign];
	if (!asked) throw validation(`Invalid expression: Syntax error; token: ${sign}`);
	const right = operand(tokens);
	return (scope) => asked(left(scope), right(scope));
}
