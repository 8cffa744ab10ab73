import { type AttributeValue, compare, type Item, typeOf, validation } from "./expressions/attribute-value.ts";

/** DynamoDB's limit for one item: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const ITEM_BYTES = 409_600;

/** A key attribute and its type. */
export type KeyAttribute = { readonly name: string; readonly type: "S" | "N" };

/** The items of one table, in the order of their keys. An item is never changed, only replaced. */
export class ItemTable {
	readonly #keys: readonly [KeyAttribute, KeyAttribute];
	readonly #items = new Map<string, Item>();

	constructor(keys: readonly [KeyAttribute, KeyAttribute]) {
		this.#keys = keys;
	}

	get(key: Item | undefined): Item | undefined {
		return this.#items.get(this.#nameOf(key));
	}

	set(item: Item): void {
		if (JSON.stringify(item).length > ITEM_BYTES) throw validation("Item size has exceeded the maximum allowed size");
		this.#items.set(this.#nameOf(item), item);
	}

	delete(key: Item | undefined): void {
		this.#items.delete(this.#nameOf(key));
	}

	/** Those behind `after`, if it is given. */
	list(after: Item | undefined, forward: boolean): readonly Item[] {
		const order = (a: Item, b: Item): number =>
			this.#keys.reduce((found, { name }) => found || (compare(a[name], b[name]) ?? 0), 0) * (forward ? 1 : -1);
		const all = [...this.#items.values()].sort(order);
		return after ? all.filter((item) => order(item, after) > 0) : all;
	}

	keyOf(item: Item): Record<string, AttributeValue> {
		return Object.fromEntries(this.#keys.map(({ name }) => [name, item[name] as AttributeValue]));
	}

	#nameOf(item: Item | undefined): string {
		return JSON.stringify(
			this.#keys.map(({ name, type }) => {
				const value = item?.[name];
				if (!value || typeOf(value) !== type) throw validation(`The provided key element does not match the schema: ${name}`);
				return type === "N" ? Number(value.N) : value.S;
			}),
		);
	}
}
