import { describe, expect, it, jest } from "@jest/globals";
import { type Drill, drill, HOOK, LEAVING, type Stage } from "../drill.ts";
import {
	ANOTHER,
	answered,
	deadLetters,
	deeds,
	type Kept,
	lifecycleEvent,
	nothing,
	oneVm,
	order,
	post,
	quarantine,
	receipts,
	START,
} from "./messages.ts";

jest.setTimeout(60_000);

/** A message that names what is not there, or is not ours: nothing is drained, nothing is heartbeaten. */
async function refused(
	queue: "events" | "orders",
	body: string,
	before: (stage: Stage) => void = () => {},
	more?: Partial<Drill>,
) {
	let kept: readonly Kept[] = [];
	const outcome = await drill({
		seed: oneVm,
		prepare: before,
		play: async (stage) => {
			await post(stage, queue, body);
			await answered(stage);
			kept = await quarantine(stage);
			expect(await deadLetters(stage, `${queue}-dead`)).toEqual([]);
		},
		...more,
	});
	expect(outcome.violations).toEqual([]);
	expect(outcome.record).toBeUndefined();
	expect(deeds(outcome.stage)).toEqual(nothing);
	expect(outcome.stage.ground.aws.log.filter(({ kind }) => kind === "heartbeat")).toEqual([]);
	return { kept, receipts: receipts(outcome) };
}

describe("an order that points nowhere is kept, and says where it pointed", () => {
	const byNode = (nodeName: string, cluster = "prod") => order({ instanceId: undefined, nodeName, cluster });
	const unlabelled = ({ ground }: Stage) => ground.aws.addInstance({ instanceId: ANOTHER, tags: { Name: "web" } });
	const foreign = ({ ground }: Stage) =>
		ground.aws.addInstance({ instanceId: ANOTHER, tags: { "kubernetes.io/cluster/test": "owned" } });
	const tagOnly = ({ ground }: Stage) =>
		ground.aws.addInstance({ instanceId: ANOTHER, tags: { "kubernetes.io/cluster/prod": "no" } });
	const withNode = (providerID: string) => (stage: Stage) => {
		stage.cluster.store.create("nodes", {
			apiVersion: "v1",
			kind: "Node",
			metadata: { name: "strange" },
			spec: { providerID },
			status: {},
		});
	};

	it.each<[string, string, string, (stage: Stage) => void]>([
		["an unknown Node", byNode("ip-10-9-9-9"), "cluster prod has no Node ip-10-9-9-9", () => {}],
		["an unconfigured cluster", byNode("ip-10-9-9-9", "test"), "cluster test is not configured; configured are prod", () => {}],
		[
			"a Node without a provider id",
			byNode("strange"),
			"Node strange has the provider id (none), which names no EC2 instance",
			withNode(""),
		],
		[
			"a Node of another cloud",
			byNode("strange"),
			"Node strange has the provider id gce://project/zone/web, which names no EC2 instance",
			withNode("gce://project/zone/web"),
		],
		[
			"an instance that EC2 does not know",
			order({ instanceId: ANOTHER }),
			`instance ${ANOTHER} is unknown to EC2 or gone`,
			() => {},
		],
		[
			"an instance without a cluster's tag",
			order({ instanceId: ANOTHER }),
			`instance ${ANOTHER} carries the tag of no configured cluster, and none has its Node`,
			unlabelled,
		],
		[
			"an instance of another cluster",
			order({ instanceId: ANOTHER }),
			`instance ${ANOTHER} carries the tag of no configured cluster, and none has its Node`,
			foreign,
		],
		[
			"an instance whose tag says neither owned nor shared",
			order({ instanceId: ANOTHER }),
			`instance ${ANOTHER} carries the tag of no configured cluster, and none has its Node`,
			tagOnly,
		],
	])("%s", async (_what, body, reason, before) => {
		expect(await refused("orders", body, before)).toEqual({
			kept: [{ body, source: "orders", reason }],
			receipts: [`malformed: ${reason}`],
		});
	});

	it("a Node by name, over its cluster's API: the name is never part of another path", async () => {
		const body = byNode("..");
		const { receipts } = await refused("orders", body);
		expect(receipts).toEqual([
			'malformed: nodeName is "..", not a Kubernetes node name (up to 253 lower-case letters, digits, - and .)',
		]);
	});
});

describe("an order that came too late", () => {
	it("drains nothing", async () => {
		const body = order({ issuedAt: "2025-12-30T00:00:00Z", notAfter: "2025-12-31T00:00:00Z" });
		expect(await refused("orders", body)).toEqual({
			kept: [],
			receipts: ["stale: the order was not to be started after 2025-12-31T00:00:00.000Z"],
		});
	});
});

describe("a lifecycle action that we cannot answer is acknowledged, and left alone", () => {
	const inWorkers = (tags: Readonly<Record<string, string>>) => {
		return ({ ground }: Stage) => {
			ground.aws.addInstance({ instanceId: ANOTHER, group: "workers", tags });
			ground.aws.terminate(ANOTHER, "scale in");
		};
	};
	const silent = { hooks: [{ ...HOOK, tells: [] }] } satisfies Partial<Drill>;
	const later = (stage: Stage) => async () => {
		await stage.clock.sleep(2_000);
		await post(stage, "events", lifecycleEvent({ instanceId: ANOTHER }));
		await answered(stage);
	};

	it.each<[string, Readonly<Record<string, string>>]>([
		["an instance without a cluster's tag", { Name: "web" }],
		["an instance of another cluster", { "kubernetes.io/cluster/test": "owned" }],
	])("%s, whose hook is ours: it is kept, for nobody else answers", async (_what, tags) => {
		const why = `instance ${ANOTHER} carries the tag of no configured cluster, and none has its Node`;
		const outcome = await drill({
			...silent,
			seed: oneVm,
			play: async (stage) => {
				inWorkers(tags)(stage);
				await later(stage)();
				const body = lifecycleEvent({ instanceId: ANOTHER });
				expect(await quarantine(stage)).toEqual([{ body, source: "events", reason: why }]);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(receipts(outcome)).toEqual([`foreign: ${why}`]);
		expect(await outcome.stage.ground.aws.instance(ANOTHER)).toMatchObject({ lifecycle: "Terminating:Wait" });
		expect(deeds(outcome.stage, ANOTHER)).toEqual(nothing);
	});

	it.each<[string, string, string]>([
		["EC2 does not know the instance", lifecycleEvent({ instanceId: ANOTHER }), `stale: instance ${ANOTHER} is unknown or gone`],
		[
			"the instance is in another group",
			lifecycleEvent({ group: "others" }),
			`stale: instance ${LEAVING} is not in group others`,
		],
		[
			"the hook is another's",
			lifecycleEvent({ hook: "Terminate-LC-Hook" }),
			"ignored: hook Terminate-LC-Hook is not ours to answer",
		],
	])("%s", async (_what, body, receipt) => {
		expect(await refused("events", body)).toEqual({ kept: [], receipts: [receipt] });
	});

	it("its hook was taken out of the group meanwhile", async () => {
		const outcome = await drill({
			...silent,
			ours: ["evacuator", "old"],
			seed: oneVm,
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(2_000);
				await post(stage, "events", lifecycleEvent({ hook: "old" }));
				await answered(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(receipts(outcome)).toEqual(["stale: group workers has no terminating hook old any more"]);
		expect(deeds(outcome.stage)).toEqual(nothing);
	});

	it("it expired: past the hook's limit of 48 h after the event nothing helps any more", async () => {
		const outcome = await drill({
			...silent,
			seed: oneVm,
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(2_000);
				await post(stage, "events", lifecycleEvent({ at: START - 172_800_000 }));
				await answered(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(receipts(outcome)).toEqual([`stale: the action on ${LEAVING} expired at 2026-01-01T00:00:00.000Z`]);
		expect(deeds(outcome.stage)).toEqual(nothing);
	});
});
