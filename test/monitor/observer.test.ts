import { describe, expect, it, jest } from "@jest/globals";
import { evictLauncher, type Judged, judgeTwice, launcherPath, oneVm, same } from "../cluster/audit/judged-twice.ts";
import { fiveThings } from "../scenarios/drains/five-things.ts";
import { type Drill, LEAVING } from "../scenarios/drill.ts";
import type { Violation } from "./laws.ts";

jest.setTimeout(60_000);

/** Leaves by its hook; the observer's monitor hears of it when the simulation's has. */
async function leaveJudged({ ground, until, take }: Judged): Promise<void> {
	ground.aws.terminate(LEAVING, "scale in");
	let isTaken = false;
	await until(async () => {
		if (!isTaken && ground.aws.log.some(({ kind, instanceId }) => kind === "ended" && instanceId === LEAVING)) {
			isTaken = true;
			await take(LEAVING);
		}
		return ground.aws.instance(LEAVING).ec2 === "terminated";
	});
	expect(isTaken).toBe(true);
}

const unfinished = (instanceId: string): Violation => ({
	law: "1",
	says: expect.stringMatching(
		`^${instanceId} was let go .completed. while migration kubevirt-evacuation-\\S+ was unfinished$`,
	) as unknown as string,
});

describe("the observer", () => {
	it("finds nothing wrong with a drain that goes right", async () => {
		expect(await judgeTwice({ seed: fiveThings }, leaveJudged)).toEqual(same([]));
	});

	it("finds nothing wrong when the cluster's answers to it break off again and again", async () => {
		const verdicts = await judgeTwice({ seed: fiveThings }, async (stage) => {
			stage.cluster.faults.api.add({
				match: ({ user, verb }) => user === "kubernetes-admin" && verb === "watch",
				effect: { cutWatch: { how: "gone", afterEvents: 3 } },
			});
			await leaveJudged(stage);
		});
		expect(verdicts).toEqual(same([]));
	});

	it("sees a VMI that is alive on an instance that is taken, and that it dies with it", async () => {
		const verdicts = await judgeTwice({ seed: oneVm }, async ({ take, cluster, observed }) => {
			await take(LEAVING);
			cluster.faults.takeInstance(LEAVING);
			await observed.observer.instanceGone(LEAVING);
		});
		expect(verdicts).toEqual(
			same([
				{ law: "1", says: `${LEAVING} was let go (completed) while shop/vm was alive on it` },
				{ law: "1", says: `shop/vm died with ${LEAVING}, which was taken` },
			]),
		);
	});

	it("sees a migration to an instance that is taken", async () => {
		let target = "";
		const verdicts = await judgeTwice({ seed: oneVm }, async (stage) => {
			expect(await evictLauncher(stage, "somebody")).toBe(429);
			await stage.until(() => stage.cluster.truth.migrations().length > 0);
			await stage.clock.sleep(1_000);
			target = stage.cluster.truth.migrations()[0]?.targetInstance ?? "";
			await stage.take(target);
		});
		expect(verdicts).toEqual(
			same([unfinished(target), { law: "1", says: `${target} was let go (completed) while shop/vm was migrating over it` }]),
		);
	});

	it("sees a migration object that has begun something on an instance that is taken, before any memory moves", async () => {
		let target = "";
		const verdicts = await judgeTwice({ seed: oneVm }, async (stage) => {
			const { store } = stage.cluster;
			await evictLauncher(stage, "somebody");
			await stage.until(() => {
				const [migration] = store.list("virtualmachineinstancemigrations");
				if (migration?.status?.phase === "Scheduled") stage.cluster.faults.program("virt-handler", "down");
				return migration?.status?.phase === "PreparingTarget";
			});
			expect(stage.cluster.truth.migrations()).toEqual([]);
			const pod = store.list("pods").find(({ metadata }) => metadata.labels?.["kubevirt.io/migrationJobUID"] !== undefined);
			const node = store.get("nodes", undefined, String(pod?.spec?.nodeName));
			target = String(node?.spec?.providerID).split("/").at(-1) ?? "";
			await stage.take(target);
		});
		expect(verdicts).toEqual(same([unfinished(target)]));
	});

	it("sees a VM shut down against its eviction strategy, and by whom", async () => {
		const verdicts = await judgeTwice({ seed: oneVm }, async (stage) => {
			stage.cluster.faults.removeWebhooks();
			expect(await evictLauncher(stage, "evacuator-evict")).toBe(201);
			await stage.clock.sleep(60_000);
		});
		expect(verdicts).toEqual(same([{ law: "2", says: "shop/vm was shut down against its eviction strategy LiveMigrate" }]));
	});

	it("sees a request of ours to delete a launcher, and what came of it", async () => {
		let path = "";
		const verdicts = await judgeTwice({ seed: oneVm }, async (stage) => {
			path = launcherPath(stage);
			expect(await stage.as("evacuator-evict", "DELETE", path)).toBe(200);
			await stage.clock.sleep(60_000);
		});
		expect(verdicts).toEqual(
			same([
				{ law: "2", says: `Evacuator sent delete ${path}` },
				{ law: "2", says: "shop/vm was shut down against its eviction strategy LiveMigrate" },
			]),
		);
	});

	it("sees a VMI ended for good, after a dry run by somebody else", async () => {
		const bare: Drill["seed"] = (cluster, on) => void cluster.add.vmi({ namespace: "shop", name: "vm", on });
		const verdicts = await judgeTwice({ seed: bare }, async (stage) => {
			expect(await evictLauncher(stage, "somebody", { dryRun: ["All"] })).toBe(201);
			await stage.clock.sleep(5_000);
			expect(await evictLauncher(stage, "evacuator-evict")).toBe(201);
			await stage.clock.sleep(5_000);
			expect(await evictLauncher(stage, "somebody", { dryRun: ["All"] })).toBe(404);
		});
		expect(verdicts).toEqual(same([{ law: "2", says: "shop/vm was ended for good, and no policy allows it" }]));
	});
});
