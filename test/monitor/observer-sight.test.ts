import { describe, expect, it, jest } from "@jest/globals";
import { evictLauncher, type Judged, judgeTwice, launcherPath, oneVm, same } from "../cluster/audit/judged-twice.ts";
import { type Drill, LEAVING } from "../scenarios/drill.ts";
import { watchedCluster } from "../scenarios/watched-cluster.ts";
import type { GuestEnded } from "./laws.ts";

jest.setTimeout(60_000);

const manyEnds: Drill["seed"] = (cluster, on) => {
	const namespace = "shop";
	cluster.add.vm({ namespace, name: "evicted", on });
	cluster.add.vm({ namespace, name: "pod-deleted", on, evictionStrategy: "LiveMigrate" });
	cluster.add.vmi({ namespace, name: "vmi-deleted", on });
	cluster.add.vm({ namespace, name: "halted", on, runStrategy: "RerunOnFailure" });
	cluster.add.vm({ namespace, name: "crashed", on, evictionStrategy: "LiveMigrateIfPossible" });
	cluster.add.vmi({
		namespace,
		name: "stuck",
		on,
		evictionStrategy: "LiveMigrateIfPossible",
		notMigratable: { reason: "DisksNotLiveMigratable", message: "PVC root is not shared" },
	});
};

async function endEachInItsWay(stage: Judged): Promise<void> {
	await evictLauncher(stage, "evacuator-evict", undefined, "evicted");
	await evictLauncher(stage, "evacuator-evict", undefined, "stuck");
	await stage.as("somebody", "DELETE", launcherPath(stage, "pod-deleted"));
	const kubevirt = "/apis/kubevirt.io/v1/namespaces/shop";
	await stage.as("somebody", "DELETE", `${kubevirt}/virtualmachineinstances/vmi-deleted`);
	const { body } = await stage.cluster.kubectl("GET", `${kubevirt}/virtualmachines/halted`);
	const vm = body as { spec: object };
	await stage.as("somebody", "PUT", `${kubevirt}/virtualmachines/halted`, { ...vm, spec: { ...vm.spec, runStrategy: "Halted" } });
	stage.cluster.faults.crash("shop", "crashed");
}

/** What both can know: who asked, not what a program of the cluster made of it. */
const essenceOf = ({
	kind,
	namespace,
	name,
	instanceId,
	cause,
	by,
	strategy,
	owner,
	runStrategy,
	migratable,
}: GuestEnded): GuestEnded => ({
	kind,
	namespace,
	name,
	instanceId,
	cause,
	...(by !== undefined && { by }),
	strategy,
	...(owner !== undefined && { owner }),
	...(runStrategy !== undefined && { runStrategy }),
	...(migratable !== undefined && { migratable }),
});

describe("the sight of the observer", () => {
	it("tells of every guest's end what the truth of the simulation tells", async () => {
		const told: { truth: GuestEnded[]; observer: GuestEnded[] } = { truth: [], observer: [] };
		await judgeTwice({ seed: manyEnds }, async (stage) => {
			const { cluster, observed, clock } = stage;
			const note = (into: GuestEnded[]) => (event: GuestEnded | { readonly kind: string }) => {
				if (event.kind === "ended") into.push(essenceOf(event as GuestEnded));
			};
			watchedCluster(cluster).subscribe(note(told.truth));
			observed.observer.subscribe(note(told.observer));
			await endEachInItsWay(stage);
			await clock.sleep(120_000);
			await observed.observer.look();
		});
		const byName = (ends: GuestEnded[]) => ends.toSorted((a, b) => (a.name < b.name ? -1 : 1));
		expect(told.truth).toHaveLength(6);
		expect(byName(told.observer)).toEqual(byName(told.truth));
	});

	it("holds a guest for alive whose pod was removed by force, and whose node's name has passed to another instance", async () => {
		const verdicts = await judgeTwice({ seed: oneVm }, async (stage) => {
			stage.cluster.faults.program("virt-controller", "down");
			await stage.as("somebody", "DELETE", `/api/v1/nodes/${stage.node}`);
			stage.cluster.add.node({ name: stage.node, instanceId: "i-0fedcba9876543210" });
			await stage.as("somebody", "DELETE", `${launcherPath(stage)}?gracePeriodSeconds=0`);
			await stage.clock.sleep(2_000);
			await stage.take("i-0fedcba9876543210");
			await stage.take(LEAVING);
		});
		expect(verdicts).toEqual(same([{ law: "1", says: `${LEAVING} was let go (completed) while shop/vm was alive on it` }]));
	});

	it("sees again after the API server was away, and says when it did not", async () => {
		let gaps: readonly string[] = [];
		const verdicts = await judgeTwice({ seed: oneVm }, async (stage) => {
			const { observed, cluster } = stage;
			await observed.unplug();
			cluster.faults.api.add({ match: ({ verb }) => verb === "watch", times: 1, effect: { status: 410 } });
			expect(await evictLauncher(stage, "somebody")).toBe(429);
			await stage.clock.sleep(60_000);
			await observed.plugIn();
			await stage.take(LEAVING);
			while (gaps.length === 0) {
				await new Promise((resolve) => setTimeout(resolve, 20));
				gaps = observed.observer.gaps.map(({ because }) => because);
			}
		});
		expect(verdicts).toEqual(same([]));
		expect(gaps).toEqual(["the API server has forgotten the version from which to go on"]);
	});

	it("counts an instance that is taken while it cannot see as a broken law", async () => {
		const verdicts = await judgeTwice({ seed: (cluster) => void cluster }, async (stage) => {
			await stage.observed.unplug();
			await stage.take(LEAVING);
			await stage.observed.plugIn();
		});
		expect(verdicts).toEqual({
			simulation: [],
			observer: [
				{
					law: "1",
					says: expect.stringMatching(
						`^cannot see what lived on ${LEAVING} when it was let go .completed.: cannot see the cluster at`,
					),
				},
			],
		});
	});
});
