import { describe, expect, it, jest } from "@jest/globals";
import type { Fault } from "../../../src/local/aws/injected-faults.ts";
import { type Drill, drill, HOOK, LEAVING, leave, type Stage } from "../drill.ts";
import {
	answered,
	deadLetters,
	deeds,
	gist,
	lifecycleEvent,
	longestSilence,
	onceOnly,
	oneVm,
	post,
	quarantine,
	receipts,
	released,
	slowVm,
	tokenOf,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

const name = `${LEAVING}-1`;
const opened = `accepted: opened maintenance ${name}`;
const known = `duplicate: request asg:${LEAVING}:${tokenOf()} belongs to maintenance ${name} already`;
/** The SDK's own tries of one request. */
const times = 3;

async function drainThrough(mishap: (stage: Stage) => void, more: Partial<Drill> = {}) {
	const outcome = await drill({
		seed: oneVm,
		prepare: mishap,
		play: async (stage) => {
			await leave(stage);
			await answered(stage);
			expect(await quarantine(stage)).toEqual([]);
			expect(await deadLetters(stage, "events-dead")).toEqual([]);
		},
		...more,
	});
	expect(outcome.violations).toEqual([]);
	expect(gist(outcome)).toEqual(wellEnded);
	expect(deeds(outcome.stage)).toEqual(onceOnly);
	return receipts(outcome);
}

describe("intake that fails on its way", () => {
	const aws = (fault: Fault) => (stage: Stage) => void stage.ground.aws.faults.add(fault);

	it.each<[string, Fault, string]>([
		[
			"EC2 throttles",
			{ operation: "DescribeInstances", kind: "throttled", times },
			`cannot describe the instance ${LEAVING}: RequestLimitExceeded`,
		],
		[
			"EC2 cannot be reached",
			{ operation: "DescribeInstances", kind: "unreachable", times },
			`cannot describe the instance ${LEAVING}: `,
		],
		[
			"Auto Scaling fails",
			{ operation: "DescribeAutoScalingInstances", kind: "failed", times },
			`cannot describe the Auto Scaling instance ${LEAVING}: InternalFailure`,
		],
		[
			"the hooks cannot be read",
			{ operation: "DescribeLifecycleHooks", kind: "refused" },
			"cannot describe the lifecycle hooks of workers: AccessDenied",
		],
	])("before it wrote anything (%s) does it all at the next delivery", async (_what, fault, says) => {
		const said = await drainThrough(aws(fault));
		expect(said[0]).toContain(`retry: ${says}`);
		expect(said.slice(1)).toEqual([opened]);
	});

	it.each<[string, Fault]>([
		["throttles", { operation: "StartExecution", kind: "throttled", times }],
		["refuses us", { operation: "StartExecution", kind: "refused" }],
		["starts it, but the answer is lost", { operation: "StartExecution", kind: "lost", times }],
	])("after it wrote the record (Step Functions %s) starts the execution at the next delivery, once", async (_what, fault) => {
		const said = await drainThrough(aws(fault), { seed: slowVm });
		expect(said[0]).toContain(`retry: cannot start the execution ${name}: `);
		expect(said.slice(1)).toEqual([known]);
	});

	it("while the record store fails does it all when the store is back", async () => {
		const said = await drainThrough(({ ground, clock }) => {
			ground.store.fail("failing");
			clock.at(60_000, () => ground.store.fail("serving"));
		});
		expect(said[0]).toContain(`retry: cannot read the latest record of ${LEAVING}: InternalServerError`);
		expect(said.slice(1)).toEqual([opened]);
	});

	it("and does not hear that the record was written finds its own record", async () => {
		const once = await drainThrough(({ ground }) => ground.store.loseAnswers("PutItem", 1));
		expect(once).toEqual([known]);
		const often = await drainThrough(({ ground }) => ground.store.loseAnswers("PutItem", times));
		expect(often[0]).toContain(`retry: cannot create the record ${name}: `);
		expect(often.slice(1)).toEqual([known]);
	});

	it("and dies with its whole batch gets the batch again", async () => {
		let died = false;
		let kept: readonly { readonly body: string }[] = [];
		const outcome = await drill({
			seed: slowVm,
			hooks: [{ ...HOOK, tells: [] }],
			aroundInvoke: async (invocation, run) => {
				const answer = await run();
				if (invocation.name !== "intake" || died) return answer;
				died = true;
				throw new Error("Runtime exited with error: signal: killed");
			},
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(2_000);
				await post(stage, "events", lifecycleEvent());
				await released(stage);
				await answered(stage);
				kept = await quarantine(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(kept).toEqual([]);
		expect(receipts(outcome)).toEqual([opened, known]);
	});

	it("on the way to the next generation opens that at the next delivery, once", async () => {
		const outcome = await drill({
			seed: slowVm,
			play: async (stage) => {
				const { ground, until } = stage;
				ground.aws.terminate(LEAVING, "scale in");
				await until(() => stage.cluster.truth.migrations().length > 0);
				ground.aws.faults.add({ operation: "StartExecution", kind: "failed", times: 2 * times });
				ground.store.loseAnswers("PutItem", times);
				await ground.machine.stop(name);
				await until(() => ground.aws.instance(LEAVING).ec2 === "terminated");
				await answered(stage);
				expect(await deadLetters(stage, "events-dead")).toEqual([]);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ ...wellEnded, generation: 2 });
		expect(deeds(outcome.stage)).toEqual({ ...onceOnly, executions: [`${name} ABORTED`, `${LEAVING}-2 SUCCEEDED`] });
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(1_800);
	});
});
