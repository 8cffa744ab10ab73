import { describe, expect, it, jest } from "@jest/globals";
import { kubevirtVersions, playEmbedded } from "./embedded.ts";
import { scenarios } from "./scenarios.ts";
import { expectedOn } from "./shared-defaults.ts";

jest.setTimeout(60_000);

describe.each(kubevirtVersions)("on the simulated cluster as KubeVirt %s", (kubevirt) => {
	const applicable = scenarios.filter(({ notOn }) => notOn?.[kubevirt] === undefined);

	it.each(applicable.map((scenario) => [scenario.name, scenario] as const))("%s", async (_, scenario) => {
		expect(await playEmbedded(scenario, kubevirt)).toEqual(expectedOn(scenario, kubevirt));
	});
});
