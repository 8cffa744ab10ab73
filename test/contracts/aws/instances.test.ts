import { describe, expect, it } from "@jest/globals";
import { AwsRefused, AwsUnavailable } from "../../../src/faults.ts";
import { drainHook, INSTANCE, startAccount } from "./account-ground.ts";

const fault = (promise: Promise<unknown>) => promise.then(() => "no fault").catch((error: unknown) => error);

describe("an instance", () => {
	it("is described with its state, its tags and its place in the lifecycle", async () => {
		const { clock, aws, instances } = startAccount();
		await clock.run(async () => {
			const inService = { state: "InService", group: "nodes" };
			const facts = { instanceId: INSTANCE, state: "running", tags: { Name: "node <1> & 'co'" } };
			expect(await instances.describe(INSTANCE)).toEqual({ ...facts, lifecycle: inService });
			aws.terminate(INSTANCE, "scale-in");
			expect(await instances.describe(INSTANCE)).toEqual({ ...facts, lifecycle: { ...inService, state: "Terminating" } });
			await clock.sleep(2_000);
			expect(await instances.describe(INSTANCE)).toEqual({ ...facts, lifecycle: { ...inService, state: "Terminating:Wait" } });
		});
	});

	it("that no group has, has no lifecycle", async () => {
		const { clock, aws, instances } = startAccount();
		aws.addInstance({ instanceId: "i-0badcafe" });
		await clock.run(async () => {
			expect(await instances.describe("i-0badcafe")).toEqual({ instanceId: "i-0badcafe", state: "running", tags: {} });
		});
	});

	it.each(["i-0123456789abcdeff", "i-nonsense", "i-0/../../x\n"])("that EC2 does not know is undefined: %j", async (id) => {
		const { clock, instances } = startAccount();
		await clock.run(async () => {
			expect(await instances.describe(id)).toBeUndefined();
		});
	});

	it("is marked safe and unmarked; marking one that is gone is harmless", async () => {
		const { clock, aws, instances } = startAccount();
		await clock.run(async () => {
			await instances.mark(INSTANCE, "2026-01-01T00:00:00Z 1");
			expect(aws.instance(INSTANCE).tags["evacuator.io/safe-to-terminate"]).toBe("2026-01-01T00:00:00Z 1");
			await instances.unmark(INSTANCE);
			await instances.unmark(INSTANCE);
			expect(aws.instance(INSTANCE).tags).toEqual({ Name: "node <1> & 'co'" });
			await instances.mark("i-0123456789abcdeff", "x");
			await instances.unmark("i-0123456789abcdeff", "x");
		});
		const tagEvents = aws.log.map(({ kind }) => kind);
		expect(tagEvents).toEqual(["tagged", "untagged"]);
	});
});

describe("a mark", () => {
	it("that is taken off by its value goes only while it says this", async () => {
		const { clock, aws, instances } = startAccount();
		const markNow = () => aws.instance(INSTANCE).tags["evacuator.io/safe-to-terminate"];
		await clock.run(async () => {
			await instances.mark(INSTANCE, "2026-01-01T00:00:00Z generation 2");
			await instances.unmark(INSTANCE, "2026-01-01T00:00:00Z generation 1");
			expect(markNow()).toBe("2026-01-01T00:00:00Z generation 2");
			await instances.unmark(INSTANCE, "2026-01-01T00:00:00Z generation 2");
			expect(markNow()).toBeUndefined();
		});
	});
});

describe("the hooks of a group", () => {
	it("are those of termination, with AWS's limit on waiting", async () => {
		const launch = { ...drainHook, name: "warm-up", transition: "launching" as const };
		const slow = { ...drainHook, name: "slow", heartbeatTimeoutSeconds: 3600, defaultResult: "CONTINUE" as const };
		const { clock, instances } = startAccount({ hooks: [launch, drainHook, slow] });
		await clock.run(async () => {
			const transition = "autoscaling:EC2_INSTANCE_TERMINATING";
			expect(await instances.terminatingHooks("nodes")).toEqual([
				{ hook: "evacuator", transition, timeoutSeconds: 300, globalTimeoutSeconds: 30_000, defaultResult: "ABANDON" },
				{ hook: "slow", transition, timeoutSeconds: 3600, globalTimeoutSeconds: 172_800, defaultResult: "CONTINUE" },
			]);
		});
	});

	it("are none when the group is gone", async () => {
		const { clock, instances } = startAccount();
		await clock.run(async () => {
			expect(await instances.terminatingHooks("gone")).toEqual([]);
		});
	});
});

describe("a lifecycle action", () => {
	it("takes heartbeats and one completion; then it is lost", async () => {
		const { clock, aws, instances, action, taken } = startAccount();
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(2_000);
			expect(await instances.heartbeat(INSTANCE, action())).toBe("recorded");
			expect(await instances.complete(INSTANCE, action())).toBe("completed");
			expect(await instances.complete(INSTANCE, action())).toBe("lost");
			expect(await instances.heartbeat(INSTANCE, action())).toBe("lost");
		});
		expect(taken).toEqual([[2, INSTANCE, "completed"]]);
	});

	it.each([
		["token", { token: "00000000-0000-0000-0000-000000000000" }],
		["hook", { hook: "another" }],
		["group", { group: "another" }],
	])("of another %s is lost, and nothing happens", async (_what, other) => {
		const { clock, aws, instances, action, taken } = startAccount();
		aws.addGroup({ name: "another", hooks: [] });
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(2_000);
			expect(await instances.complete(INSTANCE, { ...action(), ...other })).toBe("lost");
			expect(await instances.heartbeat(INSTANCE, { ...action(), ...other })).toBe("lost");
			expect(await instances.heartbeat(INSTANCE, { ...action(), group: "gone" })).toBe("lost");
		});
		expect(taken).toEqual([]);
	});

	it("with a malformed token is refused by name", async () => {
		const { clock, instances } = startAccount();
		await clock.run(async () => {
			const hook = { group: "nodes", hook: "evacuator", token: "short", timeoutSeconds: 300, limitAt: 0 };
			const refusal = await fault(instances.heartbeat(INSTANCE, hook));
			expect(refusal).toBeInstanceOf(AwsRefused);
			expect(String(refusal)).toContain(`cannot record a heartbeat of evacuator for ${INSTANCE}: ValidationError`);
		});
	});
});

describe("a request that fails", () => {
	it.each([
		["throttled", AwsUnavailable],
		["failed", AwsUnavailable],
		["unreachable", AwsUnavailable],
		["refused", AwsRefused],
	] as const)("because it is %s says so", async (kind, expected) => {
		const { clock, aws, instances } = startAccount();
		aws.faults.add({ operation: "CompleteLifecycleAction", kind });
		aws.faults.add({ operation: "DescribeInstances", kind, times: 3 });
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			const hook = { group: "nodes", hook: "evacuator", token: "0".repeat(36), timeoutSeconds: 300, limitAt: 0 };
			const first = await fault(instances.complete(INSTANCE, hook));
			expect(first).toBeInstanceOf(expected);
			expect(first).toHaveProperty("cause", expect.any(Error));
			expect(await fault(instances.describe(INSTANCE))).toBeInstanceOf(expected);
		});
	});

	it("is tried again, but a completion never is", async () => {
		const { clock, aws, instances, action } = startAccount();
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(2_000);
			aws.faults.add({ operation: "RecordLifecycleActionHeartbeat", kind: "throttled" });
			expect(await instances.heartbeat(INSTANCE, action())).toBe("recorded");
			aws.faults.add({ operation: "CompleteLifecycleAction", kind: "failed" });
			expect(await fault(instances.complete(INSTANCE, action()))).toBeInstanceOf(AwsUnavailable);
		});
		expect(aws.requests.map(({ operation, fault: kind }) => [operation, kind])).toEqual([
			["RecordLifecycleActionHeartbeat", "throttled"],
			["RecordLifecycleActionHeartbeat", undefined],
			["CompleteLifecycleAction", "failed"],
		]);
	});

	it("may have been obeyed all the same: a completion whose answer is lost", async () => {
		const { clock, aws, instances, action, taken, seconds } = startAccount();
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(2_000);
			aws.faults.add({ operation: "CompleteLifecycleAction", kind: "lost", afterMs: 3_000 });
			expect(await fault(instances.complete(INSTANCE, action()))).toBeInstanceOf(AwsUnavailable);
			expect([seconds(), taken]).toEqual([5, [[2, INSTANCE, "completed"]]]);
			expect(await instances.complete(INSTANCE, action())).toBe("lost");
		});
	});

	it("on an operation that is not embedded cannot be arranged", () => {
		expect(() => startAccount().aws.faults.add({ operation: "RunInstances", kind: "failed" })).toThrow(
			/^cannot make RunInstances fail: choose one of DescribeAutoScalingInstances/,
		);
	});
});
