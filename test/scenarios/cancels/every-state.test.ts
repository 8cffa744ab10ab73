import { describe, expect, it, jest } from "@jest/globals";
import type { FunctionName } from "../../../src/local/embedded-ground.ts";
import { longestSilence, quarantine, receipts } from "../bad-input/messages.ts";
import { drill, HOOK, LEAVING, type Stage } from "../drill.ts";
import {
	changesBy,
	endOf,
	oneSwiftVm,
	sendOrder,
	tagsAtUncordoning,
	takenBack,
	tracesOf,
	twoSlowVms,
	untilState,
} from "./taking-back.ts";

jest.setTimeout(120_000);

const steps = ["assess", "cordon", "evict", "watch"] as const;
const isHeld = async (stage: Stage): Promise<boolean> =>
	((await stage.record())?.trouble ?? []).some(({ kind }) => kind === "cancel-held");

/** The cancel is in the record before this step runs for the first time, or as soon as it has run. */
function cancelAt(step: FunctionName, when: "before" | "after") {
	let stage: Stage | undefined;
	let cancelled = false;
	const cancel = async () => {
		if (cancelled || !stage) return;
		cancelled = true;
		const at = stage;
		await sendOrder(at, "cancel", { requestedBy: "alice" });
		await at.until(async () => (await at.record())?.cancel !== undefined, "the cancel is in the record");
	};
	return {
		prepare: (on: Stage) => {
			stage = on;
		},
		aroundInvoke: async ({ name }: { readonly name: string }, run: () => Promise<unknown>) => {
			if (name === step && when === "before") await cancel();
			const answer = await run();
			if (name === step && when === "after") await cancel();
			return answer;
		},
	};
}

const moments = steps.flatMap((step) => (["before", "after"] as const).map((when) => [when, step] as const));

describe.each(moments)("a cancel %s %s", (when, step) => {
	it("without a hook takes everything back", async () => {
		const outcome = await drill({
			seed: twoSlowVms,
			...cancelAt(step, when),
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilState(stage, "restored");
				await stage.clock.sleep(60_000);
			},
		});
		expect(endOf(outcome)).toEqual(takenBack);
		expect(outcome.notices.map(({ subject }) => subject)).toEqual([`Evacuator ${LEAVING}-1: restored`]);
		expect(outcome.notices[0]?.message).toMatch(/^alice cancelled this drain \(to cancel\)\. /);
	});

	it("with a hook that waits holds, cordoned as it is, and evicts nothing more", async () => {
		let evictions = 0;
		const outcome = await drill({
			seed: twoSlowVms,
			...cancelAt(step, when),
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => isHeld(stage), "it is held");
				evictions = changesBy(stage, "evict").length;
				await stage.clock.sleep(3 * 3_600_000);
				expect(stage.ground.aws.instance(LEAVING).lifecycle).toBe("Terminating:Wait");
			},
		});
		const { record, violations, stage } = outcome;
		expect([record?.state, record?.trouble.map(({ kind }) => kind), violations]).toEqual(["open", ["cancel-held"], []]);
		expect(changesBy(stage, "evict").length).toBe(evictions);
		expect([changesBy(stage, "restore"), changesBy(stage, "release")]).toEqual([[], []]);
		expect(longestSilence(stage)).toBeLessThanOrEqual(HOOK.heartbeatTimeoutSeconds / 2);
		expect(outcome.notices[0]?.subject).toBe(`Evacuator ${LEAVING}-1: cancel-held`);
	});
});

describe("a cancel during Release", () => {
	it("before it has claimed the record is obeyed, and nothing is let go", async () => {
		const outcome = await drill({
			seed: oneSwiftVm,
			...cancelAt("release", "before"),
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilState(stage, "restored");
			},
		});
		expect(endOf(outcome)).toEqual({ ...takenBack, guests: ["one elsewhere"] });
		expect(outcome.notices.at(-1)?.message).toContain("Moved before, and not moved back: shop/one.");
	});

	it("after that comes too late, is kept with the reason, and Release goes on", async () => {
		const outcome = await drill({
			seed: oneSwiftVm,
			prepare: ({ cluster, ground }) => {
				cluster.faults.api.add({
					match: ({ resource, user }) => user === "evacuator-release" && resource === "virtualmachineinstances",
					times: 2,
					effect: { after: () => void ground.queues.send("orders", cancelBody) },
				});
			},
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilState(stage, "released");
				await stage.clock.sleep(5_000);
				expect((await quarantine(stage)).map(({ reason }) => reason)).toContainEqual(expect.stringMatching(/^too late: /));
			},
		});
		expect([outcome.record?.state, outcome.record?.cancel, outcome.violations]).toEqual(["released", undefined, []]);
		expect(receipts(outcome.stage).filter((line) => line.startsWith("refused: too late"))).not.toEqual([]);
		expect(changesBy(outcome.stage, "restore")).toEqual([]);
	});

	it("that was cut off after the mark takes the mark off before the node is schedulable again", async () => {
		const before: string[] = [];
		let atUncordoning: (readonly string[])[] = [];
		let cordons = 0;
		let stage: Stage | undefined;
		const outcome = await drill({
			seed: oneSwiftVm,
			prepare: (on) => {
				stage = on;
				atUncordoning = tagsAtUncordoning(on);
				// The mark is set, but nobody says so, and it cannot be taken off.
				on.ground.aws.faults.add({ operation: "CreateTags", kind: "lost", times: Number.POSITIVE_INFINITY });
				on.ground.aws.faults.add({ operation: "DeleteTags", kind: "refused" });
			},
			aroundInvoke: async ({ name }, run) => {
				cordons += name === "cordon" ? 1 : 0;
				if (name === "cordon" && cordons === 2 && stage) {
					before.push(...tracesOf(stage));
					await sendOrder(stage, "cancel");
					await stage.until(async () => (await stage?.record())?.cancel !== undefined);
				}
				return run();
			},
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilState(stage, "restored");
			},
		});
		expect(before).toContain("marked safe to terminate");
		expect(endOf(outcome)).toEqual({ ...takenBack, guests: ["one elsewhere"] });
		expect(atUncordoning).toEqual([[]]);
	});
});

describe("a cancel in Hold", () => {
	it("is found with the next heartbeat", async () => {
		const outcome = await drill({
			seed: ({ add }, on) => void add.vm({ namespace: "shop", name: "one", on, evictionStrategy: "LiveMigrate", notMigratable }),
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await stage.until(() => stage.hasEntered("Hold"), "it holds");
				await sendOrder(stage, "cancel");
				await untilState(stage, "restored");
			},
		});
		expect(endOf(outcome)).toEqual({ ...takenBack, guests: ["one here"] });
	});
});

const notMigratable = { reason: "DisksNotLiveMigratable", message: "cannot migrate VMI: PVC disk is not shared" };
const cancelBody = JSON.stringify({ kind: "cancel", version: 1, instanceId: LEAVING, reason: "too late" });
