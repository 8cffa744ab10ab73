import { type AttributeValue, type Item, validation } from "./attribute-value.ts";

const TOKEN = /\s*(?:([A-Za-z_][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|\d+)|(<>|<=|>=|[=<>(),.[\]+-]))/y;

/** What an expression is evaluated on. */
export type Scope = {
	readonly item: Item;
	readonly names: Readonly<Record<string, string>>;
	readonly values: Item;
	/** Every placeholder that was looked up. */
	readonly used: Set<string>;
};

export type Path = readonly (string | number)[];

/** Reads an expression token by token. Throws ValidationException for what is none. */
export class TokenReader {
	readonly #tokens: readonly string[];
	#at = 0;

	constructor(text: string) {
		const tokens: string[] = [];
		TOKEN.lastIndex = 0;
		for (let end = 0; text.slice(end).trim() !== ""; end = TOKEN.lastIndex) {
			TOKEN.lastIndex = end;
			const found = TOKEN.exec(text);
			if (!found) throw validation(`Invalid expression: Syntax error near ${JSON.stringify(text.slice(end, end + 20))}`);
			tokens.push(found[1] ?? found[2] ?? "");
		}
		this.#tokens = tokens;
	}

	get next(): string | undefined {
		return this.#tokens[this.#at];
	}

	take(): string {
		const token = this.next;
		if (token === undefined) throw validation("Invalid expression: Syntax error; it ends too soon");
		this.#at += 1;
		return token;
	}

	/** Whether this comes next; keywords are matched in any case. It is taken if so. */
	accept(word: string): boolean {
		if (this.next?.toUpperCase() !== word.toUpperCase()) return false;
		this.#at += 1;
		return true;
	}

	expect(word: string): void {
		if (!this.accept(word))
			throw validation(`Invalid expression: Syntax error; token: ${this.next ?? "<EOF>"}, expected ${word}`);
	}

	end(): void {
		if (this.next !== undefined) throw validation(`Invalid expression: Syntax error; token: ${this.next}`);
	}

	/** `a.#b[0]`, with the placeholders as they stand. */
	path(): Path {
		const path: (string | number)[] = [this.take()];
		for (;;) {
			if (this.accept(".")) path.push(this.take());
			else if (this.accept("[")) {
				path.push(Number(this.take()));
				this.expect("]");
			} else return path;
		}
	}

	/** One or more, with commas between them. */
	list<T>(read: () => T): T[] {
		const all = [read()];
		while (this.accept(",")) all.push(read());
		return all;
	}
}

/** The path with its placeholders replaced. */
export const named = (path: Path, { names, used }: Scope): Path =>
	path.map((part) => {
		if (typeof part === "number" || !part.startsWith("#")) return part;
		const name = names[part];
		if (name === undefined) {
			throw validation(`An expression attribute name used in the document path is not defined; attribute name: ${part}`);
		}
		used.add(part);
		return name;
	});

export function valueAt(path: Path, scope: Scope): AttributeValue | undefined {
	let here: AttributeValue | undefined = { M: scope.item };
	for (const part of named(path, scope)) {
		const inside: unknown = typeof part === "number" ? here?.L : here?.M;
		here = (inside as Record<string | number, AttributeValue> | undefined)?.[part];
	}
	return here;
}

export function givenValue(placeholder: string, { values, used }: Scope): AttributeValue {
	const value = values[placeholder];
	if (value === undefined) {
		throw validation(`An expression attribute value used in expression is not defined; attribute value: ${placeholder}`);
	}
	used.add(placeholder);
	return value;
}
