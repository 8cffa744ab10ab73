import type { DemoEvent, Telling, VmRow } from "../../src/cli/demo-event.ts";

/** When the run of the samples begins; epoch milliseconds. */
const began = 1_800_000_000_000;

const instanceId = "i-0f3c9a1b2d4e5f607";
const from = "ip-10-0-1-23.eu-west-1.compute.internal";
const to = "ip-10-0-2-31.eu-west-1.compute.internal";

const vms: readonly VmRow[] = [
	{
		vm: "shop/web",
		strategy: "LiveMigrate",
		owner: "VM",
		fate: "migrates",
		why: "eviction strategy LiveMigrate",
		allowed: false,
	},
	{
		vm: "shop/cache",
		strategy: "LiveMigrateIfPossible",
		owner: "VM",
		fate: "restarts elsewhere",
		why: "cannot migrate (CPUModeLiveMigratable: host-passthrough); its VirtualMachine has run strategy Always",
		allowed: false,
	},
	{
		vm: "lab/scratch",
		strategy: "None",
		owner: "nothing",
		fate: "is lost",
		why: "nothing owns it, so nothing starts it again",
		allowed: true,
	},
];

export const fates: Telling & { readonly kind: "fates" } = {
	kind: "fates",
	vms,
	pods: [
		{ fate: "stays", pods: [{ pod: "kube-system/aws-node-x", of: "kube-system/aws-node" }] },
		{
			fate: "restarts elsewhere",
			pods: [
				{ pod: "shop/api-7-a", of: "shop/api" },
				{ pod: "shop/api-7-b", of: "shop/api" },
			],
		},
	],
	estimate: { seconds: 390, migrations: 1, atATime: 2, shutdowns: 2 },
};

/** A small drain, one event every ten seconds of the demo's clock. */
export const drain: readonly DemoEvent[] = (
	[
		{
			kind: "begin",
			scenario: "small",
			says: "three VMs leave a node",
			speed: 20,
			cluster: "demo",
			nodes: [
				{ name: from, zone: "eu-west-1a", instanceId },
				{ name: to, zone: "eu-west-1b", instanceId: "i-0b7d4c2e9f1a30585" },
			],
			instanceId,
			node: from,
			group: "workers",
			hook: "evacuator",
			hookSeconds: 300,
			mayEnd: ["lab/*"],
		},
		{ kind: "waiting", hook: "evacuator", dueAt: began + 310_000 },
		{ kind: "message", queue: "events", messageId: "m-1", body: { source: "aws.autoscaling" } },
		{ kind: "state", state: "Assess" },
		fates,
		{ kind: "state", state: "Evict" },
		{
			kind: "eviction",
			pod: "shop/virt-launcher-web-x",
			vm: "shop/web",
			answer: "guarded",
			says: "Eviction triggered evacuation",
		},
		{ kind: "eviction", pod: "shop/virt-launcher-cache-x", vm: "shop/cache", answer: "accepted", says: "" },
		{ kind: "heartbeat", hook: "evacuator", dueAt: began + 380_000 },
		{ kind: "migration began", vm: "shop/web", from, to },
		{ kind: "vm ended", vm: "shop/cache", on: from, cause: "eviction" },
		{ kind: "pod left", pod: "shop/api-7-a" },
		{ kind: "vm ended", vm: "lab/scratch", on: from, cause: "eviction" },
		{ kind: "vm started", vm: "shop/cache", on: to },
		{ kind: "migration ended", vm: "shop/web", from, to, outcome: "moved" },
		{ kind: "pod left", pod: "shop/api-7-b" },
		{ kind: "state", state: "Release" },
		{ kind: "proof", rules: [{ rule: "S1", holds: true, says: "The Node is still this very one, and it is cordoned." }] },
		{ kind: "hook completed", hook: "evacuator", result: "CONTINUE (completed)" },
		{
			kind: "result",
			outcome: "released",
			exitCode: 0,
			instanceId,
			because: [],
			figures: { seconds: 180, secondsHere: 10, heartbeats: 1, apiRequests: 40, evictions: 5 },
		},
	] satisfies readonly Telling[]
).map((telling, index) => ({ at: began + index * 10_000, ...telling }));
