import { describe, expect, it } from "@jest/globals";
import { createAwsClients } from "../../../src/adapters/aws/clients.ts";
import { createInstances } from "../../../src/adapters/aws/instances.ts";
import { createEmbeddedAws } from "../../../src/local/aws/embedded-aws.ts";
import { ScaledClock } from "../../../src/local/clock/scaled-clock.ts";
import type { SimulationClock } from "../../../src/local/clock/simulation-clock.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { startEventSourceMapping } from "../../../src/local/queues/event-source-mapping.ts";
import { startQueues } from "../../../src/local/queues/queues.ts";
import { ACCOUNT, drainHook, INSTANCE, REGION } from "../../contracts/aws/account-ground.ts";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** A function that beats twice, ten seconds apart, and completes the hook it hears of. */
const answerHook = async (clock: SimulationClock, run: (driver: () => Promise<void>) => Promise<void>) => {
	const queues = await startQueues({ clock, region: REGION, maxReceiveCount: 5 });
	const options = { clock, account: ACCOUNT, region: REGION };
	const aws = createEmbeddedAws({ ...options, deliver: (queue, body) => queues.send(queue, body) });
	aws.addGroup({ name: "nodes", hooks: [drainHook] });
	aws.addInstance({ instanceId: INSTANCE, group: "nodes" });
	const { requestHandler } = aws;
	const clients = createAwsClients({ region: REGION, credentials, grounds: { autoScaling: { requestHandler } } });
	const instances = createInstances(clients);
	const mapping = startEventSourceMapping({
		clock,
		queues,
		queue: "events",
		delivery: { batchSize: 1, visibilitySeconds: 60 },
		timeoutSeconds: 60,
		invoke: async ({ Records: [record] }) => {
			const { LifecycleActionToken: token } = JSON.parse(record?.body ?? "").detail;
			const hook = { group: "nodes", hook: "evacuator", token, timeoutSeconds: 300, limitAt: 0 };
			await instances.heartbeat(INSTANCE, hook);
			await clock.sleep(10_000);
			await instances.heartbeat(INSTANCE, hook);
			await instances.complete(INSTANCE, hook);
		},
	});
	await run(async () => {
		aws.terminate(INSTANCE, "scale-in");
		await clock.sleep(40_000);
	});
	await mapping.stop();
	aws.stop();
	await queues.stop();
	return aws.log.map(({ at, kind }) => ({ at, kind }));
};

const story = ["terminating", "waiting", "heartbeat", "heartbeat", "ended", "taken", "shutting-down", "terminated"];

describe("Auto Scaling, the queue and the mapping together", () => {
	it("bring an action to a function, whose answer takes the instance, at the same instants every time", async () => {
		const runs = new Set<string>();
		for (let run = 0; run < 5; run++) {
			const clock = new VirtualClock();
			const log = await answerHook(clock, (driver) => clock.run(driver));
			const began = log[0]?.at ?? 0;
			runs.add(log.map(({ at, kind }) => `${(at - began) / 1000} ${kind}`).join("\n"));
		}
		const instants = [0, 1, 1, 11, 11, 11, 13, 21];
		expect([...runs]).toEqual([story.map((kind, index) => `${instants[index]} ${kind}`).join("\n")]);
	});

	it("do so on a scaled clock", async () => {
		const clock = new ScaledClock(50);
		const log = await answerHook(clock, (driver) => clock.thread(driver));
		expect(log.map(({ kind }) => kind)).toEqual(story);
	});
});
