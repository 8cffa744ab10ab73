import { describe, expect, it, jest } from "@jest/globals";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { drill } from "../drill.ts";
import { leaveFor, leaveWhile, order, takenAfter } from "./ways-to-leave.ts";
import { endOf, noticesOf, open, released, storiesOf, troublesIn, truthOf } from "./what-became.ts";

jest.setTimeout(60_000);

const namespace = "shop";
const threeVms = (cluster: SimulatedCluster, on: string) => {
	cluster.add.vmi({ namespace, name: "one", on });
	cluster.add.vmi({ namespace, name: "two", on });
	cluster.add.vm({ namespace, name: "moves", on, evictionStrategy: "LiveMigrate" });
};
const policyFor = (name: string) => ({ mayEnd: [{ namespace, name }] });
const short = {
	name: "evacuator",
	heartbeatTimeoutSeconds: 300,
	defaultResult: "ABANDON" as const,
	tells: ["eventbridge" as const],
};

describe("VMs that an eviction would end for good", () => {
	it("go when the written policy names every one of them", async () => {
		const outcome = await drill({ seed: threeVms, policy: policyFor("*") });
		expect(truthOf(outcome.stage.cluster)).toEqual({
			one: "ended by evacuator-evict",
			two: "ended by evacuator-evict",
			moves: "moved",
		});
		expect(noticesOf(outcome)).toEqual([]);
		expect(endOf(outcome)).toEqual(released);
	});

	it("hold the drain when the policy names only some; the others go", async () => {
		const outcome = await drill({ seed: threeVms, policy: policyFor("o*"), play: leaveFor(1800) });
		expect(truthOf(outcome.stage.cluster)).toEqual({ one: "ended by evacuator-evict", two: "", moves: "moved" });
		expect(troublesIn(outcome.record)).toEqual(["vm-would-end shop/two"]);
		expect(noticesOf(outcome)).toEqual(["vm-would-end"]);
		expect(endOf(outcome)).toEqual(open);
	});

	it("of another namespace are not meant", async () => {
		const outcome = await drill({
			seed: threeVms,
			policy: { mayEnd: [{ namespace: "shopping", name: "*" }] },
			play: leaveFor(1800),
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({ one: "", two: "", moves: "moved" });
		expect(endOf(outcome)).toEqual(open);
	});
});

describe("an order that comes while the maintenance holds", () => {
	it("lets VMs end that it names, and the node is released", async () => {
		const outcome = await drill({
			seed: threeVms,
			hooks: [short],
			play: leaveWhile(1800, (stage) => order(stage, ["shop/one", "shop/two"])),
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({
			one: "ended by evacuator-evict",
			two: "ended by evacuator-evict",
			moves: "moved",
		});
		expect(storiesOf(outcome.record)).toEqual({ one: "is lost: lost", two: "is lost: lost", moves: "migrates: migrated" });
		expect(outcome.record?.mayEnd).toEqual(["shop/one", "shop/two"]);
		expect(noticesOf(outcome)).toEqual(["vm-would-end"]);
		expect(endOf(outcome)).toEqual(released);
		// It is heard with the next heartbeat.
		expect(takenAfter(outcome.stage)).toBeLessThan(1800 + 100 + 30);
	});

	it("holds on for the VMs that it does not name", async () => {
		const outcome = await drill({
			seed: threeVms,
			play: async (stage) => {
				await leaveFor(1800)(stage);
				await order(stage, ["shop/one"]);
				await stage.clock.sleep(1_800_000);
			},
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({ one: "ended by evacuator-evict", two: "", moves: "moved" });
		expect(troublesIn(outcome.record)).toEqual(["vm-would-end shop/two"]);
		expect(endOf(outcome)).toEqual(open);
	});

	it("without a VM only makes it look again: a VM that has been stopped by hand holds nothing any more", async () => {
		const outcome = await drill({
			seed: threeVms,
			play: leaveWhile(1800, async (stage) => {
				for (const name of ["one", "two"])
					await stage.cluster.kubectl("DELETE", `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachineinstances/${name}`);
				await order(stage);
			}),
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({
			one: "ended by kubernetes-admin",
			two: "ended by kubernetes-admin",
			moves: "moved",
		});
		expect(endOf(outcome)).toEqual(released);
	});
});
