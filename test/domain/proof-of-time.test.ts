import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../src/domain/look.ts";
import { pairRules, prove, proveTwice, whatIsLeft } from "../../src/domain/proof.ts";
import { aLauncher, aLook, aNode, anEmptyLook, aPod, aVmi, CORDONED, NOW, ours } from "./builders.ts";

const basis = { node: ours, cordonedAt: CORDONED };
const findings = (some: Partial<Look>) => {
	const proof = prove(anEmptyLook(some), basis);
	return proof.safe ? [] : proof.because;
};
const rulesAgainst = (some: Partial<Look>) => [...new Set(findings(some).map(({ rule }) => rule))];

describe("S6", () => {
	const first = anEmptyLook();
	const second = anEmptyLook({ began: NOW + 1_000 });

	it("holds for two safe looks a second apart", () => {
		expect(proveTwice(first, second, basis)).toEqual({ safe: true });
	});

	it("finds that the looks are too near", () => {
		expect(proveTwice(first, anEmptyLook({ began: NOW + 999 }), basis)).toEqual({
			safe: false,
			because: [{ rule: "S6", about: "node-a", says: "The two looks are less than 1000 ms apart." }],
		});
	});

	it("finds what only the first look saw", () => {
		expect(proveTwice(anEmptyLook({ pods: [aPod()] }), second, basis)).toEqual({
			safe: false,
			because: [{ rule: "S2", about: "shop/web", says: "The pod is Running." }],
		});
	});

	it("tells once what both looks saw, and both of what they saw differently", () => {
		const waiting = aPod({ phase: "Pending" });
		const other = aPod({ name: "api" });

		expect(
			proveTwice(anEmptyLook({ pods: [waiting, other] }), { ...second, pods: [aPod(), other, aLauncher("db")] }, basis),
		).toEqual({
			safe: false,
			because: [
				{ rule: "S2", about: "shop/web", says: "The pod is Pending." },
				{ rule: "S2", about: "shop/web", says: "The pod is Running." },
				{ rule: "S2", about: "shop/api", says: "The pod is Running." },
				{ rule: "S2", about: "shop/virt-launcher-db", says: "The launcher is Running, and there is no VMI for it." },
			],
		});
	});

	it("tells of each pod that one look saw, though it says the same of all", () => {
		const proof = proveTwice(anEmptyLook({ pods: [aPod()] }), { ...second, pods: [aPod({ name: "api" })] }, basis);

		expect(proof.safe ? [] : proof.because.map(({ about }) => about)).toEqual(["shop/web", "shop/api"]);
	});

	it("has a name of its own", () => {
		expect(pairRules.map(({ name }) => name)).toEqual(["S6"]);
	});

	it("finds what only the second look saw", () => {
		expect(proveTwice(first, { ...second, vmis: [aVmi("db")] }, basis)).toEqual({
			safe: false,
			because: [{ rule: "S3", about: "shop/db", says: "The VMI is Running on this node." }],
		});
	});
});

describe("S7", () => {
	const waiting = (some = {}) => {
		const { nodeName, ...pod } = aLauncher("db", { phase: "Pending", ...some });
		return pod;
	};

	it("finds a cordon that is too young", () => {
		expect(prove(anEmptyLook({ began: CORDONED + 29_999 }), basis)).toEqual({
			safe: false,
			because: [{ rule: "S7", about: "node-a", says: "The Node has been cordoned for less than 30 seconds." }],
		});
	});

	it("is content with a cordon of thirty seconds", () => {
		expect(prove(anEmptyLook({ began: CORDONED + 30_000 }), basis)).toEqual({ safe: true });
	});

	it("finds that nobody knows when it was cordoned", () => {
		expect(prove(anEmptyLook(), { node: ours })).toEqual({
			safe: false,
			because: [{ rule: "S7", about: "node-a", says: "It is not known since when the Node is cordoned." }],
		});
	});

	it("finds that the look is not of scope proof", () => {
		expect(prove(aLook(), basis)).toEqual({
			safe: false,
			because: [{ rule: "S7", about: "node-a", says: "The look did not read the launchers that have no node yet." }],
		});
	});

	it("finds an unbound launcher older than the cordon", () => {
		expect(findings({ unboundLaunchers: [waiting()] })).toEqual([
			{
				rule: "S7",
				about: "shop/virt-launcher-db",
				says: "The launcher is about as old as the cordon and may still be bound to this node.",
			},
		]);
	});

	it("finds one that the scheduler refused before the cordon only", () => {
		expect(rulesAgainst({ unboundLaunchers: [waiting({ refusedBySchedulerAt: CORDONED - 1 })] })).toEqual(["S7"]);
	});

	it("goes by our clock where the cluster does not say when it was cordoned", () => {
		const { cordonedSince, ...node } = aNode();

		expect(rulesAgainst({ node, unboundLaunchers: [waiting()] })).toEqual(["S7"]);
		expect(rulesAgainst({ node, unboundLaunchers: [waiting({ createdAt: CORDONED + 30_001 })] })).toEqual([]);
	});

	it("finds one that the scheduler may have promised the node before it heard of the cordon", () => {
		expect(rulesAgainst({ unboundLaunchers: [waiting({ createdAt: CORDONED + 2_000 })] })).toEqual(["S7"]);
	});

	it("finds one at the very edge of what the scheduler may have promised", () => {
		const latest = { createdAt: CORDONED + 30_000, refusedBySchedulerAt: CORDONED };
		const cordonedAt = aLook().began - 25 * 60_000;
		const node = aNode({ cordonedSince: cordonedAt });

		expect(rulesAgainst({ unboundLaunchers: [waiting(latest)] })).toEqual(["S7"]);
		expect(prove(aLook({ node, unboundLaunchers: [waiting({ createdAt: cordonedAt })] }), { ...basis, cordonedAt }).safe).toBe(
			false,
		);
	});

	it("finds any where there is no Node that a launcher could ask for", () => {
		const { node, ...look } = anEmptyLook({ unboundLaunchers: [waiting({ nodeSelector: { zone: "b" } })] });
		const proof = prove(look, basis);

		expect(proof.safe ? [] : proof.because.map(({ rule }) => rule)).toEqual(["S1", "S7"]);
	});

	it("finds one that tolerates the cordon, however young it is and whatever the scheduler said", () => {
		const tolerations = [{ key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" }];
		const pod = waiting({ tolerations, createdAt: CORDONED + 50_000, refusedBySchedulerAt: CORDONED + 51_000 });

		expect(findings({ unboundLaunchers: [pod] })).toEqual([
			{
				rule: "S7",
				about: "shop/virt-launcher-db",
				says: "The launcher has no node yet, tolerates the cordon and may be bound to this node.",
			},
		]);
	});

	it("counts from the cordon's renewal when somebody lifted it unseen", () => {
		const node = aNode({ cordonedSince: aLook().began - 10_000 });

		expect(rulesAgainst({ node, unboundLaunchers: [] })).toEqual(["S7"]);
	});

	it("fears no promise of the scheduler's that is older than any can be", () => {
		const cordonedAt = aLook().began - 26 * 60_000;
		const node = aNode({ cordonedSince: cordonedAt });

		expect(prove(aLook({ node, unboundLaunchers: [waiting({ createdAt: cordonedAt - 1 })] }), { ...basis, cordonedAt })).toEqual({
			safe: true,
		});
	});

	it.each([
		["refused since", { refusedBySchedulerAt: CORDONED + 1 }],
		["created when the scheduler had heard of the cordon", { createdAt: CORDONED + 30_001 }],
		["that asks for other nodes", { nodeSelector: { zone: "b" } }],
	])("does not count one %s", (_, some) => {
		expect(findings({ unboundLaunchers: [waiting(some)] })).toEqual([]);
	});
});

describe("what is left", () => {
	it("is told by a look of any scope, without S7", () => {
		expect(whatIsLeft(aLook({ pods: [aPod()] }), { node: ours })).toEqual([
			{ rule: "S2", about: "shop/web", says: "The pod is Running." },
		]);
	});
});
