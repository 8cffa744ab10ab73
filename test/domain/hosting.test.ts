import { describe, expect, it } from "@jest/globals";
import { cordonTaint, couldHost, someoneCanHost, tolerates } from "../../src/domain/hosting.ts";
import type { NodeFacts, PodFacts } from "../../src/domain/look.ts";
import { aHost, aLauncher, aPod, GIB } from "./builders.ts";

const special = { key: "gpu", value: "yes", effect: "NoSchedule" };
const zone = (operator: string, ...values: string[]) => ({ key: "zone", operator, values });

describe("a node", () => {
	const yes: readonly [string, Partial<NodeFacts>, Partial<PodFacts>, readonly PodFacts[]][] = [
		["that is ready, open and free", {}, {}, []],
		["whose taint the pod tolerates", { taints: [special] }, { tolerations: [{ key: "gpu", operator: "Exists" }] }, []],
		["whose taint is only a preference", { taints: [{ ...special, effect: "PreferNoSchedule" }] }, {}, []],
		["with the labels that it asks for", { labels: { zone: "b" } }, { nodeSelector: { zone: "b" } }, []],
		["that fits one of its affinity terms", { labels: { zone: "b" } }, { affinity: [[zone("In", "a")], [zone("In", "b")]] }, []],
		["that it asks for by name", {}, { affinity: [[{ key: "metadata.name", operator: "In", values: ["node-b"] }]] }, []],
		["with a number above the one it asks for", { labels: { zone: "7" } }, { affinity: [[zone("Gt", "6")]] }, []],
		["without a label that it shuns", {}, { affinity: [[zone("NotIn", "b"), zone("DoesNotExist")]] }, []],
		["with another value than those it shuns", { labels: { zone: "c" } }, { affinity: [[zone("NotIn", "a", "b")]] }, []],
		["with a label that it wants to exist", { labels: { zone: "c" } }, { affinity: [[zone("Exists")]] }, []],
		["with a number below the one it asks for", { labels: { zone: "5" } }, { affinity: [[zone("Lt", "6")]] }, []],
		["that has room for it beside others", {}, { requests: { cpu: 4 } }, [aPod({ nodeName: "node-b", requests: { cpu: 3 } })]],
		[
			"that others overfill with what it asks none of",
			{},
			{ requests: { "nvidia.com/gpu": 0 } },
			[aPod({ nodeName: "node-b", requests: { "nvidia.com/gpu": 1 } })],
		],
		[
			"that is exactly filled by it",
			{},
			{ requests: { cpu: 8 } },
			[aPod({ nodeName: "node-b", phase: "Succeeded", requests: { cpu: 8 } })],
		],
	];

	it.each(yes)("%s could host a pod", (_, node, pod, there) => {
		expect(couldHost(aHost(node), aPod(pod), there)).toBe(true);
	});

	const no: readonly [string, Partial<NodeFacts>, Partial<PodFacts>, readonly PodFacts[]][] = [
		["that is not ready", { ready: false }, {}, []],
		["that is cordoned", { unschedulable: true }, {}, []],
		["with a taint of its own", { taints: [special] }, { tolerations: [{ key: "gpu", operator: "Equal", value: "no" }] }, []],
		["that evicts what does not tolerate it", { taints: [{ key: "gone", effect: "NoExecute" }] }, {}, []],
		["without the labels that it asks for", {}, { nodeSelector: { zone: "b" } }, []],
		["that fits none of its affinity terms", { labels: { zone: "c" } }, { affinity: [[zone("In", "a")], [zone("Lt", "2")]] }, []],
		["that fits a term only in part", { labels: { zone: "a" } }, { affinity: [[zone("In", "a"), zone("In", "b")]] }, []],
		["with a value that it shuns", { labels: { zone: "b" } }, { affinity: [[zone("NotIn", "a", "b")]] }, []],
		["without a label that it wants to exist", {}, { affinity: [[zone("Exists")]] }, []],
		["with a label that it wants not to exist", { labels: { zone: "b" } }, { affinity: [[zone("DoesNotExist")]] }, []],
		["with just the number that it wants less of", { labels: { zone: "6" } }, { affinity: [[zone("Gt", "6")]] }, []],
		["with a number below the one it wants more than", { labels: { zone: "5" } }, { affinity: [[zone("Gt", "6")]] }, []],
		["with just the number that it wants more of", { labels: { zone: "6" } }, { affinity: [[zone("Lt", "6")]] }, []],
		["with a number above the one it wants less than", { labels: { zone: "7" } }, { affinity: [[zone("Lt", "6")]] }, []],
		["of which a term asks the unknown", { labels: { zone: "c" } }, { affinity: [[zone("Near", "c")]] }, []],
		["that is too small", {}, { requests: { memory: 33 * GIB } }, []],
		["that lacks what it asks for", {}, { requests: { "nvidia.com/gpu": 1 } }, []],
		["that others fill", {}, { requests: { cpu: 4 } }, [aPod({ nodeName: "node-b", requests: { cpu: 5 } })]],
		["that has as many pods as it takes", { allocatable: { pods: 1 } }, {}, [aPod({ nodeName: "node-b" })]],
	];

	it.each(no)("%s could not host a pod", (_, node, pod, there) => {
		expect(couldHost(aHost(node), aPod(pod), there)).toBe(false);
	});

	it("hosts launchers only while virt-handler says so", () => {
		const silent = aHost({ labels: { "kubevirt.io/schedulable": "false" } });

		expect(couldHost(silent, aLauncher("db"), [])).toBe(false);
		expect(couldHost(silent, aPod(), [])).toBe(true);
	});
});

describe("somebody", () => {
	it("can host a pod when one node of all can, and pods of other nodes take no room there", () => {
		const busy = aPod({ nodeName: "node-b", requests: { cpu: 8 } });
		const pod = aPod({ requests: { cpu: 1 } });

		expect(someoneCanHost(pod, { nodes: [aHost()], pods: [busy] })).toBe(false);
		expect(someoneCanHost(pod, { nodes: [aHost(), aHost({ name: "node-c" })], pods: [busy] })).toBe(true);
		expect(someoneCanHost(pod, { nodes: [], pods: [] })).toBe(false);
	});
});

describe("a toleration", () => {
	it.each([
		["of the taint's key", [{ key: cordonTaint.key, operator: "Exists" }], true],
		["of the taint's key and empty value", [{ key: cordonTaint.key, effect: "NoSchedule" }], true],
		["of everything", [{ operator: "Exists" }], true],
		["of everything, in empty words", [{ key: "", operator: "Exists", effect: "" }], true],
		["of another effect", [{ key: cordonTaint.key, operator: "Exists", effect: "NoExecute" }], false],
		["of another key", [{ key: "gpu", operator: "Exists" }], false],
		["of nothing", [{}], false],
	])("%s covers the cordon: %s", (_, tolerations, expected) => {
		expect(tolerates(aPod({ tolerations }), cordonTaint)).toBe(expected);
	});
});
