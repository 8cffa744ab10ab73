import { expect, it, jest } from "@jest/globals";
import { drill, HOOK, LEAVING } from "../drill.ts";
import {
	answered,
	deadLetters,
	deeds,
	gist,
	lifecycleEvent,
	nothing,
	onceOnly,
	oneVm,
	post,
	quarantine,
	receipts,
	released,
	tokenOf,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

const hooks = [{ ...HOOK, tells: [] }];

it("asks once more about an instance in service; then the message is forged or replayed, and drains nothing", async () => {
	const outcome = await drill({
		seed: oneVm,
		hooks,
		play: async (stage) => {
			await post(stage, "events", lifecycleEvent());
			await answered(stage);
			expect(await quarantine(stage)).toEqual([]);
			expect(await deadLetters(stage, "events-dead")).toEqual([]);
		},
	});
	expect(outcome.violations).toEqual([]);
	expect(outcome.record).toBeUndefined();
	expect(deeds(outcome.stage)).toEqual(nothing);
	expect(outcome.stage.cluster.audit.filter(({ user }) => user.startsWith("evacuator-"))).toEqual([]);
	expect(receipts(outcome)).toEqual([
		`retry: instance ${LEAVING} is still in service`,
		`stale: instance ${LEAVING} is in service: a replayed or forged message drains nothing`,
	]);
});

it("asks again about an instance that Auto Scaling has begun to terminate, until it waits", async () => {
	const outcome = await drill({
		seed: oneVm,
		hooks,
		play: async (stage) => {
			stage.ground.aws.terminate(LEAVING, "scale in");
			await post(stage, "events", lifecycleEvent());
			await released(stage);
			await answered(stage);
			expect(await deadLetters(stage, "events-dead")).toEqual([]);
		},
	});
	expect(outcome.violations).toEqual([]);
	expect(gist(outcome)).toEqual(wellEnded);
	expect(deeds(outcome.stage)).toEqual(onceOnly);
	expect(receipts(outcome)).toEqual([
		`retry: instance ${LEAVING} does not wait yet`,
		`accepted: opened maintenance ${LEAVING}-1`,
	]);
});

it("holds on for a token that AWS does not know: it is lost, and the drain goes on without it", async () => {
	const forged = tokenOf("forged");
	const outcome = await drill({
		seed: oneVm,
		play: async (stage) => {
			stage.ground.aws.terminate(LEAVING, "scale in");
			await stage.until(() => stage.cluster.truth.migrations().length > 0);
			await post(stage, "events", lifecycleEvent({ token: forged }));
			await released(stage);
			await answered(stage);
		},
	});
	expect(outcome.violations).toEqual([]);
	expect(deeds(outcome.stage)).toEqual(onceOnly);
	expect(outcome.record?.hooks.map(({ token, lostAt }) => ({ token, lost: lostAt !== undefined }))).toEqual([
		{ token: tokenOf(), lost: false },
		{ token: forged, lost: true },
	]);
	expect(outcome.notices.map(({ subject }) => subject)).toEqual([`Evacuator ${LEAVING}-1: hook-lost`]);
});
