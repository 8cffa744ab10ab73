import { describe, expect, it } from "@jest/globals";
import { instanceOf, isSameNode } from "../../src/domain/identity.ts";
import { aHost, INSTANCE, ours } from "./builders.ts";

describe("a provider id", () => {
	it.each([
		[`aws:///eu-west-1a/${INSTANCE}`, INSTANCE],
		["aws:///us-east-1a/i-0a1b2c3d", "i-0a1b2c3d"],
	])("%s names an instance", (providerId, expected) => {
		expect(instanceOf(providerId)).toBe(expected);
	});

	it.each([
		"",
		"kind://docker/kind/worker",
		`aws:///eu-west-1a/${INSTANCE}0`,
		"aws:///eu-west-1a/i-0a1b2c3d4",
		`aws:///eu-west-1a/${INSTANCE}/fargate`,
		`x-aws:///eu-west-1a/${INSTANCE}`,
		`aws:////${INSTANCE}`,
	])("%s names none", (providerId) => {
		expect(instanceOf(providerId)).toBeUndefined();
	});
});

describe("a Node", () => {
	it("is the same by name, uid and provider id together", () => {
		const { name, uid, providerId } = aHost();

		expect(isSameNode(ours, { ...ours })).toBe(true);
		expect([{ name }, { uid }, { providerId }].map((some) => isSameNode(ours, { ...ours, ...some }))).toEqual([
			false,
			false,
			false,
		]);
	});
});
