import { describe, expect, it, jest } from "@jest/globals";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { drill, LEAVING, type Stage } from "../drill.ts";
import { allIsWell, becameOf, fiveThings } from "./five-things.ts";
import { order } from "./ways-to-leave.ts";
import { endOf, noticesOf, released, truthOf } from "./what-became.ts";

jest.setTimeout(60_000);

const mark = "evacuator.io/safe-to-terminate";
const untilReleased = (stage: Stage) => stage.until(async () => (await stage.record())?.state === "released");
const requestsOf = ({ ground }: Stage) => [...new Set(ground.aws.requests.map(({ operation }) => operation))].sort();

describe("an operator's order to drain, without any hook", () => {
	it("drains the node and marks the instance; nothing terminates it", async () => {
		const outcome = await drill({
			seed: fiveThings,
			play: async (stage) => {
				await order(stage);
				await untilReleased(stage);
				await stage.clock.sleep(3_600_000);
			},
		});
		const { aws } = outcome.stage.ground;
		expect(becameOf(outcome)).toEqual(allIsWell);
		expect(aws.instance(LEAVING)).toMatchObject({
			ec2: "running",
			lifecycle: "InService",
			tags: { [mark]: `${new Date(outcome.record?.markedAt ?? 0).toISOString()} generation 1` },
		});
		expect(requestsOf(outcome.stage)).toEqual(
			[
				"CreateTags",
				"DescribeAutoScalingGroups",
				"DescribeAutoScalingInstances",
				"DescribeInstances",
				"DescribeExecution",
				"StartExecution",
			].sort(),
		);
		expect(outcome.stage.cluster.store.get("nodes", undefined, outcome.stage.node)?.spec?.unschedulable).toBe(true);
		expect(outcome.record).toMatchObject({ hooks: [], reason: "an operator says so", orders: 0 });
		expect(noticesOf(outcome)).toEqual([]);
	});

	it("may name the node, and VMs that may end", async () => {
		const bareVmi = (cluster: SimulatedCluster, on: string) => void cluster.add.vmi({ namespace: "shop", name: "bare", on });
		const outcome = await drill({
			seed: bareVmi,
			play: async (stage) => {
				stage.allow("shop/bare");
				const body = {
					kind: "drain",
					version: 1,
					nodeName: stage.node,
					cluster: "prod",
					reason: "kernel",
					mayEnd: ["shop/bare"],
				};
				await stage.ground.queues.send("orders", JSON.stringify(body));
				await untilReleased(stage);
			},
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({ bare: "ended by evacuator-evict" });
		expect(outcome.stage.ground.aws.instance(LEAVING)).toMatchObject({ ec2: "running", lifecycle: "InService" });
		expect(endOf(outcome)).toEqual(released);
	});

	it("is followed by the hook when Auto Scaling terminates the drained instance: the next generation proves it again", async () => {
		const outcome = await drill({
			seed: fiveThings,
			play: async (stage) => {
				await order(stage);
				await untilReleased(stage);
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => stage.ground.aws.instance(LEAVING).ec2 === "terminated");
			},
		});
		expect(outcome.record).toMatchObject({ generation: 2, state: "released" });
		expect(outcome.stage.ground.aws.log.find(({ kind }) => kind === "taken")).toMatchObject({ why: "completed" });
		expect(outcome.violations).toEqual([]);
	});
});
