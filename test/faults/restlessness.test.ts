import { expect, it } from "@jest/globals";
import { Restlessness } from "./restlessness.ts";

const entering = (restlessness: Restlessness, states: number, now: number): void => {
	for (let n = 0; n < states; n++) restlessness.entered("Assess", now);
};

it("a drain that enters too many states in no time is ended", async () => {
	const restlessness = new Restlessness();
	entering(restlessness, 1_501, 1_000);
	const endless = new Promise(() => undefined);
	expect(restlessness.isFound).toBe(true);
	await expect(restlessness.orEnds(endless)).rejects.toThrow(
		"turns without a pause: 1500 states within a minute, and now Assess",
	);
});

it("as many states in more than a minute are none too many", async () => {
	const restlessness = new Restlessness();
	entering(restlessness, 1_500, 1_000);
	entering(restlessness, 1_500, 61_000);
	expect(restlessness.isFound).toBe(false);
	await expect(restlessness.orEnds(Promise.resolve("played"))).resolves.toBe("played");
});
