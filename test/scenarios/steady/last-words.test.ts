import { describe, expect, it, jest } from "@jest/globals";
import type { Invocation } from "../../../src/local/embedded-ground.ts";
import { minutes } from "../bad-input/messages.ts";
import { crashAfter, type Effects } from "../cancels/crashing-world.ts";
import { runOn, sendOrder, twoSlowVms, untilBothMigrate, untilState } from "../cancels/taking-back.ts";
import { type Drill, drill, LEAVING, leaveUntilHold, type Outcome, type Stage } from "../drill.ts";

jest.setTimeout(120_000);

const named = (name: string) => Object.assign(new Error("out of order"), { name });
const isGone = ({ says }: Pick<Stage, "says">) => says.some(({ event }) => event === "instance gone");

const blocked = (cluster: Stage["cluster"], on: string) => {
	const notMigratable = { reason: "DisksNotLiveMigratable", message: "its disk is local" };
	cluster.add.vm({ namespace: "shop", name: "web", on, evictionStrategy: "LiveMigrate", notMigratable });
};

/** Somebody terminates the instance while its drain holds. */
const terminated = (more: Partial<Drill>): Promise<Outcome> =>
	drill({
		seed: blocked,
		hours: 8,
		play: async (stage) => {
			await leaveUntilHold(stage);
			await minutes(stage, 1);
			stage.ground.aws.reclaim(LEAVING);
			await minutes(stage, 5 * 60);
		},
		...more,
	});

const lastWords = ({ notices }: Outcome, what: string) =>
	notices.filter(({ subject }) => subject === `Evacuator ${LEAVING}-1: ${what}`).map(({ message }) => message);

const gone = expect.stringContaining("VMs last seen on it: shop/web");
const ended = (outcome: Outcome) => ({
	executions: outcome.stage.ground.machine.list().map(({ status }) => status),
	state: outcome.record?.state,
});

/** The answer of Assess is lost from when it has written that the instance is gone, so many times. */
function answersLost(times: number) {
	let staged: Stage | undefined;
	let lost = 0;
	return {
		prepare: (stage: Stage) => {
			staged = stage;
		},
		aroundInvoke: async ({ name }: Invocation, run: () => Promise<unknown>) => {
			const answer = await run();
			if (name !== "assess" || !staged || !isGone(staged) || lost >= times) return answer;
			lost += 1;
			throw named("Lambda.SdkClientException");
		},
	};
}

describe("that an instance is gone with what ran on it is told", () => {
	it("although the answer of the step that found it was lost", async () => {
		const outcome = await terminated(answersLost(1));

		expect(lastWords(outcome, "instance-gone")).toEqual([gone]);
		expect(ended(outcome)).toEqual({ executions: ["SUCCEEDED"], state: "gone" });
	});

	it("although its answers are lost for the next hour", async () => {
		const outcome = await terminated(answersLost(16));

		expect(lastWords(outcome, "instance-gone")).toEqual([gone]);
		expect(ended(outcome)).toEqual({ executions: ["SUCCEEDED"], state: "gone" });
	});

	it("although the process of that step died as soon as it had written so", async () => {
		let staged: Stage | undefined;
		const seen: Effects = { count: 0, crashed: false };
		const outcome = await terminated({
			prepare: (stage) => {
				staged = stage;
			},
			aroundInvoke: (invocation, run) => {
				const isTaken = staged?.ground.aws.instance(LEAVING).ec2 !== "running";
				return invocation.name === "assess" && isTaken ? runOn(invocation, crashAfter(1, seen, invocation.world)) : run();
			},
		});

		expect(seen.crashed).toBe(true);
		expect(lastWords(outcome, "instance-gone")).toEqual([gone]);
		expect(ended(outcome)).toEqual({ executions: ["SUCCEEDED"], state: "gone" });
	});

	it("although it cannot be published for a quarter of an hour", async () => {
		let failing: number | undefined;
		let staged: Stage | undefined;
		const outcome = await terminated({
			prepare: (stage) => {
				staged = stage;
			},
			onPublish: ({ subject }) => {
				if (!staged || !subject.includes("instance-gone")) return;
				failing ??= staged.clock.now() + 900_000;
				if (staged.clock.now() < failing) throw named("Throttled");
			},
		});

		expect(lastWords(outcome, "instance-gone")).toEqual([gone]);
		expect(ended(outcome)).toEqual({ executions: ["SUCCEEDED"], state: "gone" });
	});

	it("and the execution ends although it can never be told", async () => {
		const outcome = await terminated({
			onPublish: () => {
				throw named("Throttled");
			},
		});

		expect(ended(outcome)).toEqual({ executions: ["SUCCEEDED"], state: "gone" });
	});
});

it("that a drain was taken back is told although it cannot be published at first", async () => {
	let tries = 0;
	const outcome = await drill({
		seed: twoSlowVms,
		onPublish: () => {
			tries += 1;
			if (tries <= 2) throw named("Throttled");
		},
		play: async (stage) => {
			await sendOrder(stage, "drain");
			await untilBothMigrate(stage);
			await sendOrder(stage, "cancel");
			await untilState(stage, "restored");
			await minutes(stage, 5);
		},
	});

	expect(lastWords(outcome, "restored")).toHaveLength(1);
	expect(ended(outcome)).toEqual({ executions: ["SUCCEEDED"], state: "restored" });
});
