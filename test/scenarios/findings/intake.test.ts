import { describe, expect, it, jest } from "@jest/globals";
import {
	ANOTHER,
	answered,
	deeds,
	gist,
	lifecycleEvent,
	longestSilence,
	minutes,
	nothing,
	onceByOrder,
	onceOnly,
	oneVm,
	order,
	post,
	quarantine,
	receipts,
	released,
	slowVm,
	tokenOf,
	wellEnded,
} from "../bad-input/messages.ts";
import { drill, HOOK, LEAVING, type Stage } from "../drill.ts";

jest.setTimeout(60_000);

const name = (generation: number, instanceId = LEAVING) => `${instanceId}-${generation}`;
const short = { ...HOOK, heartbeatTimeoutSeconds: 300 };

/** A VM that must migrate and cannot: the maintenance holds. */
const stuckVm = (cluster: Stage["cluster"], node: string): void =>
	void cluster.add.vm({
		namespace: "shop",
		name: "web",
		on: node,
		evictionStrategy: "LiveMigrate",
		notMigratable: { reason: "HostDeviceNotLiveMigratable", message: "it has a GPU" },
	});

/** A VM that its strategy leaves to others, who let it wait: nothing moves, and nothing is wrong. */
const waitingVm = (cluster: Stage["cluster"], node: string): void =>
	void cluster.add.vm({ namespace: "shop", name: "web", on: node, evictionStrategy: "External" });

describe("a hook that bears less than the running execution may sleep", () => {
	it("gets its heartbeats from the next generation at once, while the first one sleeps in Hold", async () => {
		const outcome = await drill({
			seed: stuckVm,
			hooks: [short],
			play: async (stage) => {
				await post(stage, "orders", order());
				await minutes(stage, 2);
				expect(await stage.record()).toMatchObject({ generation: 1, beatSeconds: 900, trouble: [{ kind: "vm-blocks" }] });
				stage.ground.aws.terminate(LEAVING, "scale in");
				await minutes(stage, 40);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ state: "open", generation: 2, vms: ["web undefined"], trouble: ["vm-blocks"] });
		expect(outcome.record).toMatchObject({ requests: ["CHG-1", `asg:${LEAVING}:${tokenOf()}`], beatSeconds: 100 });
		expect(deeds(outcome.stage)).toEqual({
			...nothing,
			executions: [`${name(1)} SUCCEEDED`, `${name(2)} RUNNING`],
		});
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(150);
		expect(receipts(outcome)).toEqual([
			`accepted: opened maintenance ${name(1)}`,
			`accepted: merged into maintenance ${name(2)}`,
		]);
		expect(outcome.notices.map(({ subject }) => subject)).toEqual([`Evacuator ${name(1)}: vm-blocks`]);
	});

	it("gets them while the first one waits for something to move", async () => {
		const second = { ...short, name: "second", tells: [] };
		const outcome = await drill({
			seed: waitingVm,
			hooks: [HOOK, second],
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await minutes(stage, 4);
				await post(stage, "events", lifecycleEvent({ hook: "second" }));
				await minutes(stage, 40);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toMatchObject({ state: "open", generation: 2 });
		expect(outcome.record?.hooks.map(({ token }) => token)).toEqual([tokenOf(), tokenOf("second")]);
		expect(deeds(outcome.stage)).toMatchObject({ completed: [], taken: [] });
		expect(deeds(outcome.stage).executions).toEqual([`${name(1)} SUCCEEDED`, `${name(2)} RUNNING`]);
	});

	it("in the middle of a migration: the next generation sees it through, and nothing is asked twice", async () => {
		const outcome = await drill({
			seed: slowVm,
			hooks: [short],
			play: async (stage) => {
				await post(stage, "orders", order());
				await stage.until(() => stage.cluster.truth.migrations().length > 0);
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => stage.ground.aws.instance(LEAVING).ec2 === "terminated");
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ ...wellEnded, generation: 2 });
		expect(deeds(outcome.stage)).toEqual({ ...onceOnly, executions: [`${name(1)} SUCCEEDED`, `${name(2)} SUCCEEDED`] });
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(150);
	});
});

describe("intake that fails once", () => {
	it("tries again within a minute, long before a hook of 300 s lapses", async () => {
		const outcome = await drill({
			seed: oneVm,
			hooks: [short],
			// Two deliveries, with the SDK's own tries of each.
			prepare: ({ ground }) => void ground.aws.faults.add({ operation: "DescribeInstances", kind: "throttled", times: 6 }),
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await minutes(stage, 15);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(150);
		expect(receipts(outcome).map((line) => line.split(":")[0])).toEqual(["retry", "retry", "accepted"]);
	});
});

describe("an instance that carries no cluster's tag, and has a Node in one", () => {
	const selfManaged = (stage: Stage) =>
		stage.ground.aws.addInstance({ instanceId: ANOTHER, group: "workers", tags: { Name: "self-managed" } });
	const withVm = (cluster: Stage["cluster"]) =>
		oneVm(cluster, cluster.add.node({ instanceId: ANOTHER, infrastructure: false }).metadata.name);

	it("is drained when its group terminates it", async () => {
		const outcome = await drill({
			seed: withVm,
			play: async (stage) => {
				selfManaged(stage);
				stage.ground.aws.terminate(ANOTHER, "scale in");
				await released(stage, ANOTHER);
				expect(gist({ record: await stage.record(ANOTHER) })).toEqual(wellEnded);
				await answered(stage);
				expect(await quarantine(stage)).toEqual([]);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage, ANOTHER)).toMatchObject({
			executions: [`${name(1, ANOTHER)} SUCCEEDED`],
			completed: onceOnly.completed,
		});
		expect(receipts(outcome)).toEqual([`accepted: opened maintenance ${name(1, ANOTHER)}`]);
	});

	it("is drained when an order names it", async () => {
		const outcome = await drill({
			seed: withVm,
			play: async (stage) => {
				selfManaged(stage);
				await post(stage, "orders", order({ instanceId: ANOTHER }));
				await released(stage, ANOTHER);
				expect(gist({ record: await stage.record(ANOTHER) })).toEqual(wellEnded);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage, ANOTHER)).toEqual({ ...onceByOrder, executions: [`${name(1, ANOTHER)} SUCCEEDED`] });
	});

	it("waits in the queue while the cluster does not answer, for that may be the one", async () => {
		const outcome = await drill({
			seed: withVm,
			play: async (stage) => {
				selfManaged(stage);
				const back = stage.cluster.faults.api.add({
					match: ({ user }) => user === "evacuator-intake",
					effect: { status: 503, body: "no leader" },
				});
				stage.ground.aws.terminate(ANOTHER, "scale in");
				await minutes(stage, 3);
				expect(await quarantine(stage)).toEqual([]);
				back();
				await released(stage, ANOTHER);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(receipts(outcome).at(-1)).toBe(`accepted: opened maintenance ${name(1, ANOTHER)}`);
	});
});

describe("the end of an execution that Step Functions still describes as running", () => {
	const ended = JSON.stringify({
		source: "aws.states",
		"detail-type": "Step Functions Execution Status Change",
		detail: { name: name(1), status: "ABORTED" },
	});
	const retry = `retry: the execution of ${name(1)} ended ABORTED, and still runs`;

	it("is asked about again, and followed by the next generation when the description has caught up", async () => {
		const outcome = await drill({
			seed: slowVm,
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => stage.cluster.truth.migrations().length > 0);
				await post(stage, "events", ended);
				await minutes(stage, 1.5);
				await stage.ground.machine.stop(name(1));
				await stage.until(() => stage.ground.aws.instance(LEAVING).ec2 === "terminated");
				await answered(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ ...wellEnded, generation: 2 });
		expect(deeds(outcome.stage)).toEqual({ ...onceOnly, executions: [`${name(1)} ABORTED`, `${name(2)} SUCCEEDED`] });
		const goesOn = `accepted: execution ${name(1)} ended ABORTED; maintenance ${name(2)} goes on`;
		expect(receipts(outcome)).toEqual([`accepted: opened maintenance ${name(1)}`, retry, retry, goesOn, goesOn]);
	});

	it("is not believed for ever: after four times it runs", async () => {
		const outcome = await drill({
			seed: slowVm,
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => stage.cluster.truth.migrations().length > 0);
				await post(stage, "events", ended);
				await answered(stage);
				await stage.until(() => stage.ground.aws.instance(LEAVING).ec2 === "terminated");
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		const stale = `stale: the execution of ${name(1)} runs`;
		expect(receipts(outcome)).toEqual([`accepted: opened maintenance ${name(1)}`, retry, retry, retry, stale]);
	});
});
