import { describe, expect, it } from "@jest/globals";
import type { VmStory } from "../../src/domain/record.ts";
import { guardMissing, instanceGone, noNode, notOurNode, twoNodes } from "../../src/domain/trouble-texts.ts";
import { aNode, INSTANCE, NOW, ours } from "./builders.ts";

const aStory = (name: string, some: Partial<VmStory> = {}): VmStory => ({
	namespace: "shop",
	name,
	uid: `${name}-vmi`,
	fate: { kind: "migrates", by: "kubevirt", why: "eviction strategy LiveMigrate" },
	...some,
});

describe("the text of trouble", () => {
	it("says that an instance never became a Node", () => {
		expect(noNode({ instanceId: INSTANCE, cluster: "blue" })).toEqual({
			kind: "no-node",
			about: INSTANCE,
			says: `No Node of cluster blue has the provider id of ${INSTANCE}; check whether it ever joined, and complete the hook by hand.`,
		});
	});

	it("names both Nodes that carry one instance", () => {
		expect(twoNodes(INSTANCE, [ours, aNode({ name: "node-c" })])).toEqual({
			kind: "two-nodes",
			about: INSTANCE,
			says: `The Nodes node-a, node-c all have the provider id of ${INSTANCE}; delete those that do not exist as machines.`,
		});
	});

	it("says what a namesake differs in", () => {
		expect(notOurNode(aNode({ uid: "other" }), ours)).toEqual({
			kind: "not-our-node",
			about: "node-a",
			says: `Node node-a is another one now (uid other instead of node-a-uid, provider id ${ours.providerId}); check that the VMs of the old one run elsewhere and complete its hook by hand.`,
		});
	});

	it("names what has to be restored where the guard is missing", () => {
		expect(guardMissing({ namespace: "shop", name: "db" })).toEqual({
			kind: "guard-missing",
			about: "shop/db",
			says: "KubeVirt did not refuse a trial eviction of shop/db, so a real one would shut it down; restore the ValidatingWebhookConfiguration virt-api-validator (virt-operator does).",
		});
	});

	it("names the VMs that were not known to have left an instance that is gone", () => {
		const vms = [aStory("db"), aStory("web"), aStory("old", { outcome: { kind: "migrated", to: "node-b" } })];

		expect(instanceGone({ instanceId: INSTANCE, vms })).toEqual({
			kind: "instance-gone",
			about: INSTANCE,
			says: `Instance ${INSTANCE} ended before Evacuator released it. VMs last seen on it: shop/db, shop/web; see what became of them.`,
		});
	});

	it("says so when all VMs of an instance that is gone had left it", () => {
		const vms = [aStory("db", { outcome: { kind: "lost" } })];

		expect(instanceGone({ instanceId: INSTANCE, vms, surveyedAt: NOW }).says).toBe(
			`Instance ${INSTANCE} ended before Evacuator released it. No VM was known to be left on it.`,
		);
	});

	it("says of an instance that is gone and was never seen that nobody could look at it", () => {
		expect(instanceGone({ instanceId: INSTANCE, vms: [] }).says).toBe(
			`Instance ${INSTANCE} ended before Evacuator released it. Nobody could look at what ran on it; see which VMs did, and what became of them.`,
		);
	});
});
