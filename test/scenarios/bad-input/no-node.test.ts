import { describe, expect, it, jest } from "@jest/globals";
import { drill, LEAVING, type Stage } from "../drill.ts";
import {
	ANOTHER,
	beats,
	deeds,
	gist,
	longestSilence,
	minutes,
	onceByOrder,
	onceOnly,
	oneVm,
	order,
	post,
	receipts,
	released,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

const name = `${ANOTHER}-1`;
const says = `No Node of cluster prod has the provider id of ${ANOTHER}; check whether it ever joined, and complete the hook by hand.`;
const notice = { subject: `Evacuator ${name}: no-node`, message: `${says} (maintenance ${name})` };

/** The group terminates an instance that is tagged as the cluster's and has no Node. */
async function terminateNodeless(stage: Stage) {
	const { aws } = stage.ground;
	aws.addInstance({ instanceId: ANOTHER, group: "workers", tags: { "kubernetes.io/cluster/prod": "owned" } });
	aws.terminate(ANOTHER, "scale in");
	await stage.until(() => stage.notices.length > 0);
}

/** It joins after all, and a VM runs on it. */
const join = ({ cluster }: Stage) => {
	const node = cluster.add.node({ instanceId: ANOTHER, zone: "eu-west-1b", infrastructure: false }).metadata.name;
	oneVm(cluster, node);
};

describe("an instance without a Node", () => {
	it("is trouble, not release: it is held with heartbeats, looked at every hour, and never let go", async () => {
		const outcome = await drill({
			seed: () => {},
			hours: 8,
			play: async (stage) => {
				await terminateNodeless(stage);
				await minutes(stage, 6 * 60);
				expect(await stage.record(ANOTHER)).toMatchObject({
					state: "open",
					generation: 1,
					trouble: [{ kind: "no-node", about: ANOTHER, says }],
				});
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage, ANOTHER)).toEqual({ executions: [`${name} RUNNING`], evictions: 0, completed: [], taken: [] });
		expect(outcome.stage.ground.aws.instance(ANOTHER)).toMatchObject({ ec2: "running", lifecycle: "Terminating:Wait" });
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(900);
		expect(new Set(outcome.notices.map((told) => JSON.stringify(told)))).toEqual(new Set([JSON.stringify(notice)]));
		expect(outcome.notices.length).toBeLessThanOrEqual(7);
		expect(receipts(outcome)).toEqual([`accepted: opened maintenance ${name}`]);
	});

	it("whose Node appears is drained within the hour, without anybody's doing", async () => {
		const outcome = await drill({
			seed: () => {},
			play: async (stage) => {
				await terminateNodeless(stage);
				await minutes(stage, 10);
				join(stage);
				await released(stage, ANOTHER);
				expect(gist({ record: await stage.record(ANOTHER) })).toEqual(wellEnded);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage, ANOTHER)).toEqual({ ...onceOnly, executions: [`${name} SUCCEEDED`] });
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(900);
	});

	it("whose Node appears is drained at the next heartbeat after an order", async () => {
		const outcome = await drill({
			seed: () => {},
			play: async (stage) => {
				await terminateNodeless(stage);
				await minutes(stage, 2);
				join(stage);
				await post(stage, "orders", order({ instanceId: ANOTHER }));
				await minutes(stage, 16);
				expect(gist({ record: await stage.record(ANOTHER) })).toEqual(wellEnded);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage, ANOTHER)).toEqual({ ...onceOnly, executions: [`${name} SUCCEEDED`] });
		expect(receipts(outcome)).toEqual([`accepted: opened maintenance ${name}`, `accepted: merged into maintenance ${name}`]);
	});
});

describe("two Nodes with one provider id", () => {
	const twin = ({ cluster }: Stage) => {
		const providerID = `aws:///eu-west-1a/${LEAVING}`;
		cluster.store.create("nodes", {
			apiVersion: "v1",
			kind: "Node",
			metadata: { name: "twin" },
			spec: { providerID },
			status: {},
		});
	};

	it("are held until one of them is deleted: nothing is cordoned, evicted or let go", async () => {
		const outcome = await drill({
			seed: oneVm,
			hours: 5,
			prepare: twin,
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await minutes(stage, 65);
				const trouble = (await stage.record())?.trouble;
				expect(trouble).toEqual([
					{
						kind: "two-nodes",
						about: LEAVING,
						says: `The Nodes ${stage.node}, twin all have the provider id of ${LEAVING}; delete those that do not exist as machines.`,
					},
				]);
				expect(stage.cluster.audit.filter(({ user, verb }) => user.startsWith("evacuator-") && verb !== "list")).toEqual([]);
				expect(beats(stage).length).toBeGreaterThanOrEqual(4);
				await stage.cluster.kubectl("DELETE", "/api/v1/nodes/twin");
				await released(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(900);
	});

	it("are held when an order names one of them, too", async () => {
		const outcome = await drill({
			seed: oneVm,
			prepare: twin,
			play: async (stage) => {
				await post(stage, "orders", order({ instanceId: undefined, nodeName: stage.node, cluster: "prod" }));
				await minutes(stage, 5);
				await stage.cluster.kubectl("DELETE", "/api/v1/nodes/twin");
				await post(stage, "orders", order({ requestId: "CHG-2", reason: "the twin is gone" }));
				await released(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceByOrder);
		expect(outcome.notices.map(({ subject }) => subject)).toEqual([`Evacuator ${LEAVING}-1: two-nodes`]);
	});
});
