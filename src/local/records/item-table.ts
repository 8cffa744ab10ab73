import { type AttributeValue, compare, type Item, typeOf, validation } from "./expressions/attribute-value.ts";

/** DynamoDB's limit for one item: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const ITEM_BYTES = 409_600;

/** A key attribute and its type. */
export type KeyAttribute = { readonly name: string; readonly type: "S" | "N" };

/** A global secondary index that holds keys only, and of those items alone that have its partition key, a string. */
export type SparseIndex = { readonly name: string; readonly key: string };

/** The items of one table, in the order of their keys. An item is never changed, only replaced. */
export class ItemTable {
	readonly #keys: readonly [KeyAttribute, KeyAttribute];
	readonly #indexes: readonly SparseIndex[];
	readonly #items = new Map<string, Item>();

	constructor(keys: readonly [KeyAttribute, KeyAttribute], indexes: readonly SparseIndex[] = []) {
		this.#keys = keys;
		this.#indexes = indexes;
	}

	get(key: Item | undefined): Item | undefined {
		return this.#items.get(this.nameOf(key));
	}

	set(item: Item): void {
		if (JSON.stringify(item).length > ITEM_BYTES) throw validation("Item size has exceeded the maximum allowed size");
		for (const { key } of this.#indexes) {
			const value = item[key];
			if (value && !value.S) throw validation(`One or more parameter values were invalid: Type mismatch for Index Key ${key}`);
		}
		this.#items.set(this.nameOf(item), item);
	}

	delete(key: Item | undefined): void {
		this.#items.delete(this.nameOf(key));
	}

	/** What the index of this name holds; DynamoDB promises no order. */
	index(name: string): readonly Item[] {
		const index = this.#indexes.find((one) => one.name === name);
		if (!index) throw validation(`The table does not have the specified index: ${name}`);
		const { key } = index;
		return this.list(undefined, true).flatMap((item) => (item[key] ? [{ ...this.keyOf(item), [key]: item[key] }] : []));
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

	/** The same for two keys exactly if they are the same. */
	nameOf(item: Item | undefined): string {
		return JSON.stringify(
			this.#keys.map(({ name, type }) => {
				const value = item?.[name];
				if (!value || typeOf(value) !== type) throw validation(`The provided key element does not match the schema: ${name}`);
				return type === "N" ? Number(value.N) : value.S;
			}),
		);
	}
}
