import { CompleteLifecycleActionCommand, RecordLifecycleActionHeartbeatCommand } from "@aws-sdk/client-auto-scaling";
import { describe, expect, it } from "@jest/globals";
import { readMessage } from "../../../src/events/read-message.ts";
import { ACCOUNT, drainHook, INSTANCE, REGION, startAccount } from "../../contracts/aws/account-ground.ts";

const day = 86_400_000;

describe("a termination", () => {
	it("without any answer takes the instance when the heartbeat time-out has passed", async () => {
		const { clock, aws, taken } = startAccount();
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			aws.terminate(INSTANCE, "again");
			await clock.sleep(300_999);
			expect([aws.instance(INSTANCE).lifecycle, taken]).toEqual(["Terminating:Wait", []]);
			await clock.sleep(1);
			expect([aws.instance(INSTANCE).lifecycle, taken]).toEqual(["Terminating:Proceed", [[301, INSTANCE, "lapsed"]]]);
			await clock.sleep(2_000);
			expect(aws.instance(INSTANCE).ec2).toBe("shutting-down");
			await clock.sleep(8_000);
			expect(aws.instance(INSTANCE)).toEqual({ instanceId: INSTANCE, ec2: "terminated", tags: { Name: "node <1> & 'co'" } });
		});
		expect(aws.log.map(({ kind }) => kind)).toEqual(["terminating", "waiting", "ended", "taken", "shutting-down", "terminated"]);
	});

	it("is held off by heartbeats, each for a whole time-out, until the hook's limit", async () => {
		const { clock, aws, instances, action, taken } = startAccount();
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(1_000);
			while (taken.length === 0) {
				await clock.sleep(299_000);
				if ((await instances.heartbeat(INSTANCE, action())) === "lost") break;
			}
		});
		// min(48 h, 100 × 300 s) after the wait began.
		expect(taken).toEqual([[30_001, INSTANCE, "limit"]]);
		const beats = aws.log.filter((event) => event.kind === "heartbeat");
		expect(beats).toHaveLength(100);
		expect(beats.at(-1)?.nextDueAt).toBe(action().limitAt);
	});

	it("of a slow hook ends after 48 hours", async () => {
		const { clock, aws, instances, action, taken } = startAccount({ hooks: [{ ...drainHook, heartbeatTimeoutSeconds: 7200 }] });
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(1_000);
			while ((await instances.heartbeat(INSTANCE, action())) === "recorded") await clock.sleep(7_199_000);
		});
		expect(taken).toEqual([[(2 * day) / 1000 + 1, INSTANCE, "limit"]]);
	});

	it("waits for all hooks, each with a token of its own", async () => {
		const other = { ...drainHook, name: "other", heartbeatTimeoutSeconds: 100, defaultResult: "CONTINUE" as const };
		const { clock, aws, instances, action, taken } = startAccount({ hooks: [drainHook, other] });
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(150_000);
			expect(taken).toEqual([]);
			expect(await instances.complete(INSTANCE, action("other"))).toBe("lost");
			expect(await instances.complete(INSTANCE, action())).toBe("completed");
		});
		expect(taken).toEqual([[150, INSTANCE, "completed"]]);
		expect(action().token).not.toBe(action("other").token);
		expect([action().token.length, action("other").token.length]).toEqual([36, 36]);
	});

	it("is not waited for by the others when one is abandoned", async () => {
		const other = { ...drainHook, name: "other", heartbeatTimeoutSeconds: 100 };
		const { clock, aws, instances, action, taken } = startAccount({ hooks: [drainHook, other] });
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(200_000);
			expect(await instances.heartbeat(INSTANCE, action())).toBe("lost");
		});
		expect(taken).toEqual([[101, INSTANCE, "lapsed"]]);
	});

	it("that is abandoned in a group that retains leaves the instance running until it is terminated once more", async () => {
		const { clock, aws, clients, action, taken } = startAccount({ retain: true });
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(400_000);
			expect(aws.instance(INSTANCE)).toMatchObject({ ec2: "running", lifecycle: "Terminating:Retained" });
			const completion = new CompleteLifecycleActionCommand({
				AutoScalingGroupName: "nodes",
				LifecycleHookName: "evacuator",
				InstanceId: INSTANCE,
				LifecycleActionToken: action().token,
				LifecycleActionResult: "CONTINUE",
			});
			await expect(clients.autoScaling.send(completion)).rejects.toMatchObject({ name: "ValidationError" });
			expect(taken).toEqual([]);
			aws.terminate(INSTANCE, "by hand");
		});
		expect(taken).toEqual([[400, INSTANCE, "retention ended"]]);
	});

	it("asks no hook when there is none, or when EC2 takes the instance itself", async () => {
		const { clock, aws, instances, action, taken } = startAccount();
		aws.addGroup({ name: "bare", hooks: [{ ...drainHook, transition: "launching" }] });
		aws.addInstance({ instanceId: "i-0badcafe", group: "bare" });
		await clock.run(async () => {
			aws.terminate("i-0badcafe", "scale-in");
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(5_000);
			aws.reclaim(INSTANCE);
			aws.reclaim(INSTANCE);
			expect(await instances.heartbeat(INSTANCE, action())).toBe("lost");
		});
		expect(taken).toEqual([
			[1, "i-0badcafe", "unhooked"],
			[5, INSTANCE, "reclaimed"],
		]);
	});
});

describe("what Auto Scaling sends", () => {
	it("is the event as EventBridge brings it, and the notification as the hook sends it", async () => {
		const hook = { ...drainHook, metadata: '{"cluster":"prod"}', tells: ["eventbridge", "sqs"] as const };
		const { clock, aws, action, messages } = startAccount({ hooks: [hook] });
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(2_000);
		});
		const { token } = action();
		const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		const arn = `^arn:aws:autoscaling:${REGION}:${ACCOUNT}:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName/nodes$`;
		const common = {
			LifecycleActionToken: token,
			AutoScalingGroupName: "nodes",
			LifecycleHookName: "evacuator",
			EC2InstanceId: INSTANCE,
			LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
			NotificationMetadata: '{"cluster":"prod"}',
			Origin: "AutoScalingGroup",
			Destination: "EC2",
		};
		expect(messages).toEqual([
			[
				1,
				{
					version: "0",
					id: uuid,
					"detail-type": "EC2 Instance-terminate Lifecycle Action",
					source: "aws.autoscaling",
					account: ACCOUNT,
					time: "2026-01-01T00:00:01Z",
					region: REGION,
					resources: [expect.stringMatching(new RegExp(arn))],
					detail: common,
				},
			],
			[
				1,
				{
					...common,
					AccountId: ACCOUNT,
					RequestId: uuid,
					Service: "AWS Auto Scaling",
					Time: "2026-01-01T00:00:01.000Z",
				},
			],
		]);
	});
});

describe("what Auto Scaling sends, read by the product,", () => {
	it.each(["eventbridge", "sqs"] as const)("is the action that waits: by %s", async (way) => {
		const { clock, aws, action, messages } = startAccount({ hooks: [{ ...drainHook, tells: [way] }] });
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(2_000);
		});
		const body = JSON.stringify(messages[0]?.[1]);
		const { token, limitAt } = action();
		expect(readMessage({ body, queue: "events", messageId: "m" })).toMatchObject({
			kind: "lifecycle",
			instanceId: INSTANCE,
			group: "nodes",
			hook: "evacuator",
			token,
			eventTime: limitAt - 30_000_000,
			via: way,
		});
	});
});

describe("a stopped account", () => {
	it("does nothing more", async () => {
		const { clock, aws, taken } = startAccount();
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(2_000);
			aws.stop();
			await clock.sleep(400_000);
		});
		expect([aws.instance(INSTANCE).lifecycle, taken]).toEqual(["Terminating:Wait", []]);
	});
});

describe("a refusal", () => {
	it("has AWS's words", async () => {
		const { clock, aws, clients, action } = startAccount();
		const heartbeat = async (changes: Record<string, string | undefined>) => {
			const request = { AutoScalingGroupName: "nodes", LifecycleHookName: "evacuator", InstanceId: INSTANCE, ...changes };
			const sent = clients.autoScaling.send(new RecordLifecycleActionHeartbeatCommand(request as never));
			return sent.then(() => "ok").catch((error: Error) => `${error.name}: ${error.message}`);
		};
		const token = "00000000-0000-0000-0000-000000000000";
		await clock.run(async () => {
			expect(await heartbeat({})).toBe(`ValidationError: No active Lifecycle Action found with instance ID ${INSTANCE}`);
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(2_000);
			expect(await heartbeat({})).toBe("ok");
			expect(await heartbeat({ LifecycleActionToken: action().token })).toBe("ok");
			expect(await heartbeat({ LifecycleActionToken: token })).toBe(
				`ValidationError: No active Lifecycle Action found with token ${token}`,
			);
			expect(await heartbeat({ AutoScalingGroupName: "gone" })).toBe(
				"ValidationError: AutoScalingGroup name not found - AutoScalingGroup gone not found",
			);
			const request = { AutoScalingGroupName: "nodes", LifecycleHookName: "evacuator", InstanceId: INSTANCE };
			const wrong = new CompleteLifecycleActionCommand({ ...request, LifecycleActionResult: "MAYBE" });
			await expect(clients.autoScaling.send(wrong)).rejects.toMatchObject({ name: "ValidationError" });
		});
	});

	it("meets operations that are not embedded, and settings AWS would not take", async () => {
		const { clock, aws, clients } = startAccount();
		const { DescribePoliciesCommand } = await import("@aws-sdk/client-auto-scaling");
		const { RunInstancesCommand } = await import("@aws-sdk/client-ec2");
		await clock.run(async () => {
			await expect(clients.autoScaling.send(new DescribePoliciesCommand({}))).rejects.toMatchObject({
				name: "InvalidAction",
				message: "The embedded Auto Scaling does not know the operation DescribePolicies",
			});
			await expect(clients.ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }))).rejects.toMatchObject({
				name: "InvalidAction",
			});
		});
		expect(() => aws.addGroup({ name: "g", hooks: [{ ...drainHook, heartbeatTimeoutSeconds: 5 }] })).toThrow(
			"cannot add the hook evacuator of g: its heartbeat time-out must be 30 to 7200 s",
		);
		expect(() => aws.addInstance({ instanceId: "i-1", group: "g" })).toThrow("cannot add i-1: add its group g first");
	});
});
