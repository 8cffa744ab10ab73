import { describe, expect, it } from "@jest/globals";
import { AwsRefused } from "../../../src/faults.ts";
import { type AccountGround, drainHook, INSTANCE, startAccount } from "./account-ground.ts";

const idOf = (number: number) => `i-0${number.toString(16).padStart(16, "0")}`;
const hookFacts = {
	hook: "evacuator",
	transition: "autoscaling:EC2_INSTANCE_TERMINATING",
	timeoutSeconds: 300,
	globalTimeoutSeconds: 30_000,
	defaultResult: "ABANDON",
};

/** So many more groups of one instance each; their names and ids in the same order. */
function withGroups({ aws }: AccountGround, count: number): void {
	for (let number = 1; number <= count; number++) {
		aws.addGroup({ name: `group-${number}`, hooks: [drainHook, { ...drainHook, name: "another's" }] });
		aws.addInstance({ instanceId: idOf(number), group: `group-${number}` });
	}
}

const requests = ({ aws }: AccountGround, operation: string) =>
	aws.requests.filter((request) => request.operation === operation).length;

describe("instances that wait", () => {
	it("are found with the hooks that are ours, on whatever page their group is", async () => {
		const account = startAccount();
		const { clock, aws, instances } = account;
		withGroups(account, 250);
		await clock.run(async () => {
			expect(await instances.waiting(["evacuator"])).toEqual([]);
			for (const instanceId of [INSTANCE, idOf(120), idOf(250)]) aws.terminate(instanceId, "scale-in");
			await clock.sleep(2_000);

			expect(await instances.waiting(["evacuator", "not-there"])).toEqual([
				{ instanceId: INSTANCE, group: "nodes", hooks: [hookFacts] },
				{ instanceId: idOf(120), group: "group-120", hooks: [hookFacts] },
				{ instanceId: idOf(250), group: "group-250", hooks: [hookFacts] },
			]);
			expect(await instances.waiting(["of nobody"])).toEqual([]);
		});
		// Three pages each time, and the hooks only of groups in which an instance waits.
		expect(requests(account, "DescribeAutoScalingGroups")).toBe(9);
		expect(requests(account, "DescribeLifecycleHooks")).toBe(6);
	});

	it("are not taken for none when Auto Scaling refuses", async () => {
		const { clock, aws, instances } = startAccount();
		aws.faults.add({ operation: "DescribeAutoScalingGroups", kind: "refused" });
		await clock.run(async () => {
			const fault = await instances.waiting(["evacuator"]).catch((error: unknown) => error);
			expect(fault).toBeInstanceOf(AwsRefused);
			expect(String(fault)).toContain("cannot describe the Auto Scaling groups");
		});
	});
});

describe("marked instances", () => {
	it("are found on every page, but for those that are gone", async () => {
		const account = startAccount();
		const { clock, aws, instances } = account;
		const tags = { "evacuator.io/safe-to-terminate": "2026-01-01T00:00:00Z 1" };
		for (let number = 1; number <= 1_200; number++) aws.addInstance({ instanceId: idOf(number), tags });
		await clock.run(async () => {
			aws.reclaim(idOf(7));
			await clock.sleep(60_000);
			const marked = await instances.marked();

			const ids = marked.map(({ instanceId }) => instanceId);
			expect(ids).toHaveLength(1_199);
			expect(ids).not.toContain(idOf(7));
			expect(ids).not.toContain(INSTANCE);
			expect(marked).toContainEqual({ instanceId: idOf(8), value: "2026-01-01T00:00:00Z 1" });
			expect(requests(account, "DescribeInstances")).toBe(2);
		});
	});
});

describe("a lifecycle action whose token nobody knows", () => {
	it("is kept alive and completed by the instance's id", async () => {
		const { clock, aws, instances, action, seconds } = startAccount();
		await clock.run(async () => {
			aws.terminate(INSTANCE, "scale-in");
			await clock.sleep(2_000);
			const { token, ...hook } = action();
			expect(await instances.heartbeat(INSTANCE, hook)).toBe("recorded");
			expect(await instances.complete(INSTANCE, hook)).toBe("completed");
			expect(await instances.heartbeat(INSTANCE, hook)).toBe("lost");
		});
		expect(aws.log.flatMap((event) => (event.kind === "heartbeat" || event.kind === "ended" ? [event.kind] : []))).toEqual([
			"heartbeat",
			"ended",
		]);
		expect(seconds()).toBe(2);
	});
});
