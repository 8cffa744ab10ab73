import { describe, expect, it } from "@jest/globals";
import { choiceCases } from "./choice-cases.ts";
import type { ComparisonCase } from "./comparison-case.ts";
import { flowCases } from "./flow-cases.ts";
import { compareOnOracle, validateOnOracle } from "./oracle.ts";
import { payloadCases } from "./payload-cases.ts";

describe.each<[string, readonly ComparisonCase[]]>([
	["payloads", payloadCases],
	["choices", choiceCases],
	["flow", flowCases],
])("our interpreter and aws-local-stepfunctions agree on %s:", (_, cases) => {
	it.each(cases.map((comparison) => [comparison.name, comparison] as const))(
		"%s",
		async (_name, { definition, input, ends, tasks }) => {
			const { ours, oracle } = await compareOnOracle(definition, input, tasks ?? (() => ({})));
			expect(ours).toEqual(oracle);
			expect(ours.error ?? ours.status).toBe(ends);
		},
	);
});

it.each(flowCases.filter(({ name }) => /used up|ItemSelector|old spelling|loop|integration/.test(name)))(
	"the oracle's validator accepts $name",
	({ definition }) => {
		expect(() => validateOnOracle(definition)).not.toThrow();
	},
);
