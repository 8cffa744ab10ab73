import { expect, it, jest } from "@jest/globals";
import { drill, LEAVING, type Stage } from "../drill.ts";
import { sendOrder, twoSlowVms } from "./taking-back.ts";

jest.setTimeout(120_000);

it("a cancel that a hook holds up is told within an hour although the answer that told of it was lost", async () => {
	let staged: Stage | undefined;
	let asked = 0;
	const outcome = await drill({
		seed: twoSlowVms,
		prepare: (stage) => {
			staged = stage;
		},
		aroundInvoke: async ({ name }, run) => {
			if (name !== "admit" || !staged) return run();
			asked += 1;
			if (asked === 1) {
				const stage = staged;
				await sendOrder(stage, "cancel");
				await stage.until(async () => (await stage.record())?.cancel !== undefined);
			}
			const answer = await run();
			if (asked > 1) return answer;
			throw Object.assign(new Error("the connection to the function broke"), { name: "Lambda.SdkClientException" });
		},
		play: async ({ ground, clock }) => {
			ground.aws.terminate(LEAVING, "scale in");
			await clock.sleep(62 * 60_000);
		},
	});

	expect(asked).toBe(2);
	expect(outcome.notices.map(({ subject }) => subject)).toEqual([`Evacuator ${LEAVING}-1: cancel-held`]);
	expect(outcome.violations).toEqual([]);
});
