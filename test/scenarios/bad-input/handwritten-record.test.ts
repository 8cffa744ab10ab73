import {
	type AttributeValue,
	DeleteItemCommand,
	GetItemCommand,
	PutItemCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it, jest } from "@jest/globals";
import { drill, LEAVING, type Stage } from "../drill.ts";
import {
	answered,
	deadLetters,
	deeds,
	gist,
	lifecycleEvent,
	longestSilence,
	minutes,
	onceOnly,
	oneVm,
	post,
	receipts,
	released,
	slowVm,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

const name = `${LEAVING}-1`;
const opened = `accepted: opened maintenance ${name}`;
describe("a record that somebody wrote by hand", () => {
	const nonsense = {
		instanceId: { S: LEAVING },
		generation: { N: "1" },
		version: { S: "one" },
		state: { S: "drained" },
		hooks: { L: [{ S: "evacuator" }] },
	};

	it("and that says nothing we know stops every message about it, names each field, and is never written over", async () => {
		const { outcome, body } = await drillWith(async (stage) => {
			const { dynamodb, table } = stage.ground.store;
			await dynamodb.send(new PutItemCommand({ TableName: table, Item: nonsense }));
		});
		expect(outcome.violations).toEqual([]);
		expect(body.dead).toEqual([lifecycleEvent({ at: Date.UTC(2026, 0, 1) + 1_000 })]);
		const said = receipts(outcome);
		expect(said.slice(0, 30)).toEqual(Array(30).fill(said[0]));
		expect(said[0]).toContain(`retry: cannot read the record ${name}:`);
		for (const field of ["version", "state", "hooks[0]", "cluster"]) expect(said[0]).toContain(`at ${field}`);
		expect(said.slice(30)).toEqual([opened]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
	});

	/** The operator deletes the record and sends the dead letter back. */
	async function drillWith(write: (stage: Stage) => Promise<void>) {
		let dead: readonly string[] = [];
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				await write(stage);
				stage.ground.aws.terminate(LEAVING, "scale in");
				await minutes(stage, 1);
				await answered(stage);
				dead = await deadLetters(stage, "events-dead");
				const { dynamodb, table } = stage.ground.store;
				const Key = { instanceId: nonsense.instanceId, generation: nonsense.generation };
				expect((await dynamodb.send(new GetItemCommand({ TableName: table, Key }))).Item).toEqual(nonsense);
				await dynamodb.send(new DeleteItemCommand({ TableName: table, Key }));
				await post(stage, "events", ...dead);
				await released(stage);
			},
		});
		return { outcome, body: { dead } };
	}

	it("while it drains is held with heartbeats, and the drain goes on when the record is mended", async () => {
		const outcome = await drill({
			seed: slowVm,
			play: async (stage) => {
				const { dynamodb, table } = stage.ground.store;
				const Key = { instanceId: { S: LEAVING }, generation: { N: "1" } };
				const write = (vms: AttributeValue) =>
					dynamodb.send(
						new UpdateItemCommand({
							TableName: table,
							Key,
							UpdateExpression: "SET vms = :vms",
							ExpressionAttributeValues: { ":vms": vms },
						}),
					);
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => stage.cluster.truth.migrations().length > 0);
				const vms = (await dynamodb.send(new GetItemCommand({ TableName: table, Key }))).Item?.vms ?? { L: [] };
				await write({ S: "all of them" });
				await minutes(stage, 50);
				expect(deeds(stage).completed).toEqual([]);
				await write(vms);
				await released(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(1_800);
		expect(outcome.notices.map(({ subject }) => subject)).toEqual([`Evacuator holds ${LEAVING} after a fault`]);
		expect(outcome.notices[0]?.message).toContain(`RecordUnreadable (maintenance ${name}): heartbeats go on`);
		expect(outcome.notices[0]?.message).toContain("at vms");
	});
});
