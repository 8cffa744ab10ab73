import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../../src/domain/look.ts";
import { ClusterForbidden, ClusterRefused, ClusterUnreachable } from "../../../src/faults.ts";
import type { WatchCut } from "../../../src/local/cluster/api/provoked-faults.ts";
import type { Fields } from "../../../src/local/cluster/store.ts";
import type { Following } from "../../../src/ports.ts";
import {
	addKubeVirt,
	addLauncher,
	addMigration,
	addNode,
	addPod,
	addVm,
	addVmi,
	identityOf,
	simulatedCluster,
} from "./simulated-cluster.ts";

const VMIS = "virtualmachineinstances";

function ground() {
	const simulated = simulatedCluster();
	const { store, clock } = simulated;
	const node = identityOf(addNode(store, "node1"));
	const start = clock.now();
	return {
		...simulated,
		node,
		setStatus: (name: string, status: Fields) =>
			store.update(VMIS, "vms", name, (vmi) => {
				vmi.status = { ...vmi.status, ...status };
			}),
		/** Follows the node for so long; `now` tells the seconds since the test began. */
		following: <T>(seconds: number, f: (following: Following, now: () => number) => Promise<T>) =>
			simulated.asking(async (cluster) => f(await cluster.follow(node, seconds), () => (clock.now() - start) / 1_000)),
		/** The next look as it comes at rest, within an hour. */
		next: (following: Following) => clock.within(following.next(), 3_600_000),
	};
}

const vmiPlaces = (look: Look | undefined) => look?.vmis.map(({ name, nodeName, phase }) => `${name} ${nodeName} ${phase}`);

describe("following a node", () => {
	it("takes seven requests, looks first, and then gives whole looks as things change", async () => {
		const { store, clock, following, next, setStatus } = ground();
		addLauncher(store, addVmi(store, "vm1"), "node1");
		clock.at(10_000, () => addMigration(store, "vm1", "Pending"));
		clock.at(40_000, () => setStatus("vm1", { nodeName: "node2" }));
		const { value, asked } = await following(120, async (watch, now) => {
			const first = watch.look;
			const second = await next(watch);
			const at = now();
			const third = await next(watch);
			return { first, second, at, third, end: now(), last: await next(watch), over: now() };
		});
		expect(asked.slice(4)).toEqual([
			"watch /api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=120&fieldSelector=spec.nodeName=node1",
			`watch /apis/kubevirt.io/v1/${VMIS}?watch=true&allowWatchBookmarks=true&timeoutSeconds=120`,
			"watch /apis/kubevirt.io/v1/virtualmachineinstancemigrations?watch=true&allowWatchBookmarks=true&timeoutSeconds=120",
		]);
		expect(asked).toHaveLength(7);
		const { first, second, third } = value;
		expect([second?.began, second?.pods, second?.migrations.length, value.at]).toEqual([first.began, first.pods, 1, 10]);
		expect([vmiPlaces(third), third?.migrations.length, value.end]).toEqual([["vm1 node2 Running"], 1, 40]);
		expect([value.last, value.over]).toEqual([undefined, 120]);
	});

	it("gives what a look of its own would have given", async () => {
		const { store, clock, node, cluster, setStatus } = ground();
		for (const name of ["a", "b"]) addLauncher(store, addVmi(store, name), "node1");
		addPod(store, "plain", "node1");
		clock.at(1_000, () => {
			setStatus("a", { phase: "Succeeded" });
			store.remove("pods", "vms", "virt-launcher-a-node1");
			store.remove("pods", "apps", "plain");
			addMigration(store, "b");
			addPod(store, "replaced", "node1");
			addPod(store, "elsewhere", "node2");
		});
		const [followed, looked] = await clock.run(async () => {
			const watch = await cluster.follow(node, 60);
			await clock.sleep(2_000);
			const look = await watch.next();
			watch.close();
			return [look, await cluster.look(node, "progress")];
		});
		expect({ ...followed, began: 0, pods: sorted(followed) }).toEqual({ ...looked, began: 0, pods: sorted(looked) });
	});

	it("puts everything that has come into one look, and says nothing of what is the same to us", async () => {
		const { store, clock, following, next } = ground();
		addVmi(store, "vm1");
		clock.at(5_000, () => {
			for (let i = 0; i < 20; i++) addPod(store, `pod-${i}`, "node1");
		});
		clock.at(20_000, () =>
			store.update(VMIS, "vms", "vm1", (vmi) => {
				vmi.metadata.annotations = { heartbeat: "again" };
			}),
		);
		clock.at(30_000, () => addPod(store, "last", "node1"));
		const { value } = await following(60, async (watch, now) => {
			await clock.sleep(10_000);
			return [(await next(watch))?.pods.length, now(), (await next(watch))?.pods.length, now()];
		});
		expect(value).toEqual([20, 10, 21, 30]);
	});

	it("loses no change when its question is asked again before it is answered", async () => {
		const { store, clock, following } = ground();
		clock.at(5_000, () => addPod(store, "one", "node1"));
		const { value } = await following(60, async (watch) => {
			const early = await clock.within(watch.next(), 1_000);
			return [early, (await clock.within(watch.next(), 10_000))?.pods.length];
		});
		expect(value).toEqual([undefined, 1]);
	});

	it("does not take a VMI that migrates away for one that has died", async () => {
		const { store, clock, following, next } = ground();
		addVmi(store, "vm1");
		clock.at(1_000, () =>
			store.update(VMIS, "vms", "vm1", (vmi) => {
				vmi.metadata.labels = { "kubevirt.io/nodeName": "node2" };
				vmi.status = { ...vmi.status, nodeName: "node2" };
			}),
		);
		const { value } = await following(60, next);
		expect(vmiPlaces(value)).toEqual(["vm1 node2 Running"]);
	});

	it("watches pods alone where KubeVirt is not installed", async () => {
		const { fail, following, next } = ground();
		fail({ match: ({ group }) => group === "kubevirt.io", effect: { status: 404, body: "404 page not found\n" } });
		const { value, asked } = await following(60, async (watch, now) => [await next(watch), now()]);
		expect([value, asked.length]).toEqual([[undefined, 60], 5]);
	});

	it("stops at once when it is closed, asked or not", async () => {
		const { clock, following } = ground();
		const { value } = await following(60, async (watch, now) => {
			clock.at(3_000, () => watch.close());
			const waited = await clock.within(watch.next(), 50_000);
			return [waited, now(), await watch.next()];
		});
		expect(value).toEqual([undefined, 3, undefined]);
	});
});

describe("following ends, so that the next look lists again,", () => {
	it("when a whole look would have to ask for a VirtualMachine or the cluster's default", async () => {
		const { store, clock, following, next, node, cluster } = ground();
		addKubeVirt(store);
		clock.at(5_000, () => addVmi(store, "vm1", { strategy: null, owner: addVm(store, "vm1") }));
		const { value } = await following(60, async (watch, now) => [await next(watch), now()]);
		expect(value).toEqual([undefined, 5]);
		expect((await clock.run(() => cluster.look(node, "progress"))).vms.map(({ name }) => name)).toEqual(["vm1"]);
	});

	it("and does not end for VirtualMachines that it has asked for, also when there was none", async () => {
		const { store, clock, following, next, setStatus } = ground();
		const vm = addVm(store, "vm1");
		addVmi(store, "vm1", { strategy: "None", owner: vm });
		store.remove("virtualmachines", "vms", "vm1");
		clock.at(5_000, () => setStatus("vm1", { evacuationNodeName: "node1" }));
		const { value } = await following(60, next);
		expect([vmiPlaces(value), value?.vms]).toEqual([["vm1 node1 Running"], []]);
	});

	it("when the server has forgotten the changes, as a status or as an event", async () => {
		const { fail, following, next } = ground();
		const cut: WatchCut = { how: "gone", afterMs: 5_000 };
		const stop = fail({ match: ({ verb, resource }) => verb === "watch" && resource === VMIS, effect: { cutWatch: cut } });
		expect((await following(60, async (watch, now) => [await next(watch), now()])).value).toEqual([undefined, 5]);
		stop();
		const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
		fail({ match: ({ verb, resource }) => verb === "watch" && resource === "pods", effect: { status: 410, body: gone } });
		expect((await following(60, async (watch, now) => [await next(watch), now()])).value).toEqual([undefined, 5]);
	});

	it("when the server ends one of the watches early", async () => {
		const { fail, following, next } = ground();
		const cut: WatchCut = { how: "end", afterMs: 7_000 };
		fail({ match: ({ verb, resource }) => verb === "watch" && resource === "pods", effect: { cutWatch: cut } });
		expect((await following(60, async (watch, now) => [await next(watch), now()])).value).toEqual([undefined, 7]);
	});
});

describe("following fails", () => {
	it.each(["mid-line", "reset"] as const)("as unreachable when a watch breaks off: %s", async (how) => {
		const { fail, clock, node, fault } = ground();
		const cut: WatchCut = { how, afterMs: 5_000 };
		fail({ match: ({ verb, resource }) => verb === "watch" && resource === VMIS, effect: { cutWatch: cut } });
		const broken = await fault(async (cluster) => {
			const watch = await cluster.follow(node, 60);
			return clock.within(watch.next(), 60_000);
		});
		expect(broken).toBeInstanceOf(ClusterUnreachable);
	});

	it("as forbidden when RBAC allows lists but no watches, and leaves no watch behind", async () => {
		const { fail, node, fault } = ground();
		const no = { kind: "Status", reason: "Forbidden", message: "cannot watch" };
		fail({ match: ({ verb, resource }) => verb === "watch" && resource === VMIS, effect: { status: 403, body: no } });
		expect(await fault((cluster) => cluster.follow(node, 60))).toEqual(
			new ClusterForbidden("cannot watch /apis/kubevirt.io/v1/virtualmachineinstances: cannot watch (403)"),
		);
	});

	it("when an object comes that cannot be understood", async () => {
		const { store, clock, node, fault } = ground();
		clock.at(5_000, () => addVmi(store, "vm1", { strategy: "Hibernate" }));
		const odd = await fault(async (cluster) => {
			const watch = await cluster.follow(node, 60);
			return clock.within(watch.next(), 60_000);
		});
		expect(odd).toBeInstanceOf(ClusterRefused);
	});
});

function sorted(look: Look | undefined) {
	return look?.pods.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
