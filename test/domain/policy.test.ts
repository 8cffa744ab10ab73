import { describe, expect, it } from "@jest/globals";
import { mayEnd } from "../../src/domain/policy.ts";

describe("the written policy", () => {
	const allows = (namespace: string, name: string, pattern: string) =>
		mayEnd({ mayEnd: [{ namespace: "shop*", name: pattern }] }, [], { namespace, name });

	it.each([
		["shop", "db", "db", true],
		["shop-2", "db", "d*", true],
		["shop", "db.1", "db.1", true],
		["shop", "dbx1", "db.1", false],
		["shop", "db", "*", true],
		["shop", "xdb", "db", false],
		["shop", "dbx", "db", false],
		["bank", "db", "db", false],
		["my-shop", "db", "db", false],
	])("for %s/%s and the pattern %s: %s", (namespace, name, pattern, expected) => {
		expect(allows(namespace, name, pattern)).toBe(expected);
	});

	it("is not needed where a request names the VM", () => {
		const vm = { namespace: "shop", name: "db" };

		expect(mayEnd({ mayEnd: [] }, ["shop/web", "shop/db"], vm)).toBe(true);
		expect(mayEnd({ mayEnd: [] }, ["shop/web", "bank/db"], vm)).toBe(false);
	});
});
