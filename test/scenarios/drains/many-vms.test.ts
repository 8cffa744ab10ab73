import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, it, jest } from "@jest/globals";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { drill, LEAVING, leaveUntilHold, type Stage } from "../drill.ts";

jest.setTimeout(240_000);

const nameOf = (number: number) => `vm-${number}-${"x".repeat(180)}`;

/** Most of them cannot leave; the others are shut down, and start elsewhere. */
const fiveHundred = (cluster: SimulatedCluster, on: string) => {
	const notMigratable = { reason: "DisksNotLiveMigratable", message: `PVC ${"p".repeat(250)} is not shared` };
	for (let number = 0; number < 500; number++) {
		const vm = { namespace: "shop", name: nameOf(number), on, memory: "64Mi" };
		cluster.add.vm(number < 490 ? { ...vm, evictionStrategy: "LiveMigrate", notMigratable } : vm);
	}
};

const sizesOf = async ({ ground }: Stage) => {
	const { dynamodb, table } = ground.store;
	const sizes = [LEAVING, `${LEAVING}#progress`, `${LEAVING}#history`].map(async (id) => {
		const Key = { instanceId: { S: id }, generation: { N: "1" } };
		return JSON.stringify((await dynamodb.send(new GetItemCommand({ TableName: table, Key }))).Item).length;
	});
	return Promise.all(sizes);
};

it("a node with 500 VMs keeps every item and every state's output small, and tells a human what he can read", async () => {
	let sizes: readonly number[] = [];
	const outcome = await drill({
		seed: fiveHundred,
		play: async (stage) => {
			await leaveUntilHold(stage);
			await stage.clock.sleep(60_000);
			sizes = await sizesOf(stage);
		},
	});
	expect(outcome.violations).toEqual([]);
	expect(outcome.longestOutput).toBeGreaterThan(500);
	expect(outcome.longestOutput).toBeLessThan(2_048);
	const { vms = [], unlisted = { ended: 0, present: 0 } } = outcome.record ?? {};
	expect(vms.length).toBeGreaterThan(350);
	// The ten that have left may have been among those without a place.
	expect(vms.length + unlisted.ended + unlisted.present).toBeGreaterThanOrEqual(490);
	expect(outcome.record?.trouble.filter(({ kind }) => kind === "vm-blocks")).toHaveLength(9);
	expect(Math.max(...sizes)).toBeLessThan(400_000);
	expect(Math.max(...outcome.notices.map(({ message }) => message.length))).toBeLessThan(1_200);
	expect(outcome.notices[0]?.message).toMatch(/\d+ more: see the record's trouble\./);
});
