import { describe, expect, it, jest } from "@jest/globals";
import type { HookSettings } from "../../../src/local/aws/account.ts";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { drill, LEAVING, type Stage } from "../drill.ts";
import { leaveFor, longestSilence, takenAfter } from "./ways-to-leave.ts";
import { endOf, noticesOf, open, released, storiesOf, troublesIn, truthOf } from "./what-became.ts";

jest.setTimeout(120_000);

const namespace = "shop";
const evictionStrategy = "LiveMigrate" as const;
const hookOf = (heartbeatTimeoutSeconds: number): HookSettings => ({
	name: "evacuator",
	heartbeatTimeoutSeconds,
	defaultResult: "ABANDON",
	tells: ["eventbridge"],
});

const twentyVms = (cluster: SimulatedCluster, on: string) => {
	for (let number = 1; number <= 20; number++)
		cluster.add.vm({ namespace, name: `vm-${number}`, on, evictionStrategy, migrationSeconds: 30 });
};

/** When the last launcher on the node came to its end, by what the API server showed. */
function lastLauncherOf({ cluster, clock, node }: Stage): () => number {
	let last = Number.NaN;
	const final = new Set<string>();
	cluster.store.subscribe(({ resource, type, object: { metadata, spec, status } }) => {
		if (resource !== "pods" || spec?.nodeName !== node || metadata.labels?.["kubevirt.io"] !== "virt-launcher") return;
		if (type !== "DELETED" && status?.phase !== "Succeeded" && status?.phase !== "Failed") return;
		if (!final.has(metadata.uid)) last = clock.now();
		final.add(metadata.uid);
	});
	return () => last;
}

const blocked = (cluster: SimulatedCluster, on: string) =>
	void cluster.add.vm({
		namespace,
		name: "blocks",
		on,
		evictionStrategy,
		notMigratable: { reason: "DisksNotLiveMigratable", message: "PVC root is not shared" },
	});

describe("a node with twenty VMs of 30 s each, two at a time", () => {
	it.each([300, 3600])("is drained within a hook of %d s, answered as soon as its last launcher is final", async (seconds) => {
		let lastLauncher = () => Number.NaN;
		const outcome = await drill({
			seed: twentyVms,
			hooks: [hookOf(seconds)],
			prepare: (stage) => {
				lastLauncher = lastLauncherOf(stage);
			},
		});
		const { stage } = outcome;
		const answeredAt = stage.ground.aws.log.find(({ kind }) => kind === "ended")?.at ?? Number.NaN;
		const names = Array.from({ length: 20 }, (_, index) => `vm-${index + 1}`);
		expect(truthOf(stage.cluster)).toEqual(Object.fromEntries(names.map((name) => [name, "moved"])));
		expect(storiesOf(outcome.record)).toEqual(Object.fromEntries(names.map((name) => [name, "migrates: migrated"])));
		expect(answeredAt - lastLauncher()).toBeGreaterThanOrEqual(0);
		expect(answeredAt - lastLauncher()).toBeLessThanOrEqual(2_000);
		expect(longestSilence(stage)).toBeLessThanOrEqual(seconds / 2);
		expect(noticesOf(outcome)).toEqual([]);
		expect(endOf(outcome)).toEqual(released);
	});

	it.each([120, 60])("is drained within a hook of %d s too, and a human is told that the hook is too short", async (seconds) => {
		const outcome = await drill({ seed: twentyVms, hooks: [hookOf(seconds)] });
		expect(longestSilence(outcome.stage)).toBeLessThan(seconds);
		expect(noticesOf(outcome)).toEqual(["hook-too-short"]);
		expect(endOf(outcome)).toEqual(released);
	});
});

describe("a maintenance that holds", () => {
	it("keeps a hook of 300 s alive for six hours, and tells of its trouble once", async () => {
		const outcome = await drill({ seed: blocked, hooks: [hookOf(300)], hours: 8, play: leaveFor(6 * 3600) });
		expect(outcome.stage.ground.aws.instance(LEAVING).lifecycle).toBe("Terminating:Wait");
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(150);
		expect(new Set(noticesOf(outcome))).toEqual(new Set(["vm-blocks"]));
		expect(endOf(outcome)).toEqual(open);
	});

	it("goes on when the hook's own limit has passed and the group retains the instance, and ends in the mark", async () => {
		const outcome = await drill({
			seed: blocked,
			hooks: [hookOf(300)],
			retain: true,
			hours: 16,
			play: async (stage) => {
				const { cluster, ground, clock } = stage;
				await leaveFor(100 * 300 + 3600)(stage);
				expect(ground.aws.instance(LEAVING).lifecycle).toBe("Terminating:Retained");
				expect(truthOf(cluster)).toEqual({ blocks: "" });
				expect(troublesIn(await stage.record())).toEqual(["vm-blocks shop/blocks", "hook-lost evacuator"]);
				await cluster.kubectl("PATCH", `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachines/blocks`, {
					spec: { runStrategy: "Halted" },
				});
				await clock.sleep(2 * 3_600_000);
			},
		});
		const { aws } = outcome.stage.ground;
		expect(aws.instance(LEAVING)).toMatchObject({ ec2: "running", lifecycle: "Terminating:Retained" });
		expect(Object.keys(aws.instance(LEAVING).tags)).toContain("evacuator.io/safe-to-terminate");
		expect([...new Set(noticesOf(outcome))]).toEqual(["vm-blocks", "vm-blocks, hook-ends", "vm-blocks, hook-lost", "hook-lost"]);
		expect(takenAfter(outcome.stage)).toBeUndefined();
		expect(endOf(outcome)).toEqual(released);
	});

	it("is over when the hook's own limit has passed and AWS took the instance: nobody let go of the VM", async () => {
		const outcome = await drill({ seed: blocked, hooks: [hookOf(300)], hours: 16, play: leaveFor(100 * 300 + 7200) });
		expect(truthOf(outcome.stage.cluster)).toEqual({ blocks: "ended by instance taken, started elsewhere" });
		expect(outcome.stage.ground.aws.log.find(({ kind }) => kind === "taken")).toMatchObject({ why: "limit" });
		expect([...new Set(noticesOf(outcome))]).toEqual(["vm-blocks", "vm-blocks, hook-ends", "instance-gone"]);
		expect(endOf(outcome)).toEqual({ state: "gone", violations: [] });
	});
});
