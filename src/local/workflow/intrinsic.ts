import { INTRINSICS } from "./intrinsic-functions.ts";
import { PATH_AT, parsePath, type Scope } from "./path.ts";
import { DefinitionRefused, runtimeError } from "./states-faults.ts";

/** A part of a payload template, ready to be worked out. */
export type Expression = (scope: Scope) => unknown;

const NAME_AT = /States\.[A-Za-z0-9]+/y;
const STRING_AT = /'((?:[^'\\]|\\.)*)'/y;
const LITERAL_AT = /true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Compiles a call such as `States.MathAdd($.looks, 1)`; calls may be nested. */
export function parseIntrinsic(text: string): Expression {
	const reader = new IntrinsicReader(text);
	const expression = reader.call();
	reader.end();
	return expression;
}

class IntrinsicReader {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	call(): Expression {
		const from = this.#at;
		const name = this.#take(NAME_AT)?.[0] ?? "";
		const intrinsic = INTRINSICS.get(name);
		if (!intrinsic) throw this.#refusal(from, `${name || "this"} is not an intrinsic function that is implemented`);
		const args = this.#arguments();
		const say = this.#text.slice(from, this.#at);
		const [least, most] = intrinsic.arity;
		if (args.length < least || args.length > most) throw this.#refusal(from, `${name} does not take ${args.length} arguments`);
		return (scope) =>
			intrinsic.call(
				args.map((arg) => arg(scope)),
				say,
			);
	}

	end(): void {
		this.#blanks();
		if (this.#at < this.#text.length) throw this.#refusal(this.#at, "nothing is expected here");
	}

	#arguments(): Expression[] {
		this.#expect("(");
		const args: Expression[] = [];
		if (this.#next(")")) return args;
		do args.push(this.#argument());
		while (this.#next(","));
		this.#expect(")");
		return args;
	}

	#argument(): Expression {
		this.#blanks();
		if (this.#text.startsWith("States.", this.#at)) return this.call();
		const path = this.#take(PATH_AT)?.[0];
		if (path !== undefined) return argumentAt(path);
		const string = this.#take(STRING_AT);
		if (string) return constant(this.#unescaped(string[1] ?? ""));
		const literal = this.#take(LITERAL_AT)?.[0];
		if (literal !== undefined) return constant(JSON.parse(literal));
		throw this.#refusal(this.#at, "a path, a string in single quotes, a number, true, false, null or a call is expected");
	}

	#unescaped(string: string): string {
		if (/\\[{}]/.test(string)) throw this.#refusal(0, "escaped braces are not implemented");
		return string.replace(/\\(.)/g, "$1");
	}

	#take(pattern: RegExp): RegExpExecArray | null {
		pattern.lastIndex = this.#at;
		const match = pattern.exec(this.#text);
		if (match) this.#at = pattern.lastIndex;
		return match;
	}

	#next(character: string): boolean {
		this.#blanks();
		if (this.#text[this.#at] !== character) return false;
		this.#at++;
		return true;
	}

	#expect(character: string): void {
		if (!this.#next(character)) throw this.#refusal(this.#at, `"${character}" is expected`);
	}

	#blanks(): void {
		while (this.#text[this.#at] === " ") this.#at++;
	}

	#refusal(at: number, why: string): DefinitionRefused {
		return new DefinitionRefused(`cannot read "${this.#text}" from "${this.#text.slice(at)}" on: ${why}`);
	}
}

function constant(value: unknown): Expression {
	return () => value;
}

function argumentAt(text: string): Expression {
	const path = parsePath(text);
	return (scope) => {
		const value = path.find(scope);
		if (value === undefined) throw runtimeError(`The JsonPath argument for the field '${text}' could not be found in the input`);
		return value;
	};
}
