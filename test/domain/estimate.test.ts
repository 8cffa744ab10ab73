import { describe, expect, it } from "@jest/globals";
import { estimateOf } from "../../src/domain/estimate.ts";
import { aLauncher, aLook, aVm, aVmi, circumstancesOf, GIB } from "./builders.ts";

const guest = (name: string, gib: number) => aVmi(name, { evictionStrategy: "LiveMigrate", memoryBytes: gib * GIB });
const kubevirt = {
	namespace: "kubevirt",
	version: "v1.9.0",
	evictionStrategy: "None",
	parallelOutboundMigrationsPerNode: 2,
	parallelMigrationsPerCluster: 5,
} as const;

describe("the estimate", () => {
	it("queues migrations, two at a time, at 150 seconds a GiB", () => {
		const vmis = [guest("a", 4), guest("b", 2), guest("c", 1), guest("d", 1)];

		expect(estimateOf(circumstancesOf(aLook({ vmis })))).toEqual({ seconds: 600, migrations: 4, atATime: 2, shutdowns: 0 });
	});

	it("takes the longest migrations first", () => {
		const vmis = [guest("a", 1), guest("b", 1), guest("c", 2)];

		expect(estimateOf(circumstancesOf(aLook({ vmis }))).seconds).toBe(300);
	});

	it("keeps to the cluster's limits", () => {
		const surroundings = { nodes: [], pods: [], kubevirt: { ...kubevirt, parallelMigrationsPerCluster: 1 } };
		const vmis = [guest("a", 1), guest("b", 1)];

		expect(estimateOf(circumstancesOf(aLook({ vmis, surroundings })))).toEqual({
			seconds: 300,
			migrations: 2,
			atATime: 1,
			shutdowns: 0,
		});
	});

	it("gives every guest that is shut down its grace, at the same time", () => {
		const vmis = [aVmi("a", { terminationGracePeriodSeconds: 3_600 }), aVmi("b")];
		const vms = [aVm("a", "Always"), aVm("b", "Always")];

		expect(estimateOf(circumstancesOf(aLook({ vmis, vms })))).toEqual({
			seconds: 3_630,
			migrations: 0,
			atATime: 2,
			shutdowns: 2,
		});
	});

	it("counts nothing for what blocks", () => {
		const vmis = [aVmi("a", { evictionStrategy: "LiveMigrate", migratable: "no" })];

		expect(estimateOf(circumstancesOf(aLook({ vmis, pods: [aLauncher("a")] })))).toEqual({
			seconds: 0,
			migrations: 0,
			atATime: 2,
			shutdowns: 0,
		});
	});
});
