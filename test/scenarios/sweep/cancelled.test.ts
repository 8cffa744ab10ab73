import { expect, it, jest } from "@jest/globals";
import { deeds, gist, onceOnly, slowVm, wellEnded } from "../bad-input/messages.ts";
import { sendOrder } from "../cancels/taking-back.ts";
import { drill, LEAVING } from "../drill.ts";
import { swept, unheard } from "./sweep.ts";

jest.setTimeout(60_000);

it("an instance that waits is drained, though its drain was cancelled before Sweep found it", async () => {
	const outcome = await drill({
		seed: slowVm,
		hooks: [unheard],
		play: async (stage) => {
			const { cluster, ground, until } = stage;
			await sendOrder(stage, "drain");
			await until(() => cluster.truth.migrations().length > 0);
			ground.aws.terminate(LEAVING, "scale in");
			await sendOrder(stage, "cancel");
			await until(async () => (await stage.record())?.cancel !== undefined);
			await until(() => ground.aws.instance(LEAVING).ec2 === "terminated");
		},
	});

	expect(outcome.violations).toEqual([]);
	expect(gist(outcome)).toEqual(wellEnded);
	expect(outcome.record?.cancel).toBeUndefined();
	expect(deeds(outcome.stage)).toMatchObject({ executions: onceOnly.executions, completed: onceOnly.completed });
	expect(swept(outcome)).toMatchObject({ "taken in": 1 });
});
