import { DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it, jest } from "@jest/globals";
import { type Drill, drill, HOOK, LEAVING } from "../drill.ts";
import {
	ANOTHER,
	answered,
	deadLetters,
	deeds,
	gist,
	lifecycleEvent,
	nothing,
	onceOnly,
	oneVm,
	post,
	quarantine,
	receipts,
	released,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

const name = `${LEAVING}-1`;
const opened = `accepted: opened maintenance ${name}`;
describe("a message that cannot be handled", () => {
	const hooks = [{ ...HOOK, tells: [] }];
	const poisoned: Drill["seed"] = (cluster, node) => {
		oneVm(cluster, node);
		cluster.add.node({ instanceId: ANOTHER, infrastructure: false });
	};

	it("goes to the dead letters after thirty tries, a minute apart, and takes no other with it; sent back, it is handled", async () => {
		const poison = lifecycleEvent({ instanceId: ANOTHER });
		const outcome = await drill({
			seed: poisoned,
			hooks,
			play: async (stage) => {
				const { aws } = stage.ground;
				const allow = aws.faults.add({
					operation: "DescribeInstances",
					kind: "refused",
					instanceId: ANOTHER,
					times: Number.POSITIVE_INFINITY,
				});
				aws.addInstance({ instanceId: ANOTHER, group: "workers", tags: { "kubernetes.io/cluster/prod": "owned" } });
				aws.terminate(ANOTHER, "scale in");
				aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(2_000);
				await post(stage, "events", poison, lifecycleEvent());
				await released(stage);
				await answered(stage);
				expect(stage.clock.now() - Date.UTC(2026, 0, 1)).toBeGreaterThanOrEqual(30 * 60_000);
				expect(await deadLetters(stage, "events-dead")).toEqual([poison]);
				expect(await quarantine(stage)).toEqual([]);
				expect(deeds(stage, ANOTHER).completed).toEqual([]);
				allow();
				await post(stage, "events", poison);
				await released(stage, ANOTHER);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		const refused = `retry: cannot describe the instance ${ANOTHER}: UnauthorizedOperation: The caller is not authorized to perform: ec2:DescribeInstances`;
		const said = receipts(outcome);
		expect(said.filter((line) => line === refused)).toHaveLength(30);
		expect(said.filter((line) => line !== refused)).toEqual([opened, `accepted: opened maintenance ${ANOTHER}-1`]);
		expect(deeds(outcome.stage)).toEqual({ ...onceOnly, executions: [`${name} SUCCEEDED`, `${ANOTHER}-1 SUCCEEDED`] });
		expect(deeds(outcome.stage, ANOTHER)).toMatchObject({ completed: onceOnly.completed, taken: ["completed"] });
	});

	it("and cannot be kept in quarantine either stays a message until it is a dead letter", async () => {
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				const { queues } = stage.ground;
				await queues.sqs.send(new DeleteQueueCommand({ QueueUrl: queues.url("quarantine") }));
				await post(stage, "orders", "nonsense");
				await answered(stage);
				expect(await deadLetters(stage, "orders-dead")).toEqual(["nonsense"]);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage)).toEqual(nothing);
		const said = receipts(outcome);
		expect(said).toHaveLength(30);
		expect(said[0]).toMatch(/^retry: cannot keep a message of orders in the quarantine: /);
	});
});
