import { describe, expect, it, jest } from "@jest/globals";
import { drill, LEAVING, leave, type Stage } from "../drill.ts";
import {
	answered,
	deadLetters,
	deeds,
	gist,
	type Kept,
	lifecycleEvent,
	nothing,
	onceOnly,
	oneVm,
	order,
	post,
	quarantine,
	receipts,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

/** Everything that is posted ends in the quarantine with its reason; nothing is drained. */
async function refused(queue: "events" | "orders", bodies: readonly string[]) {
	let kept: readonly Kept[] = [];
	let dead: readonly string[] = [];
	const outcome = await drill({
		seed: oneVm,
		play: async (stage: Stage) => {
			await post(stage, queue, ...bodies);
			await answered(stage);
			kept = await quarantine(stage);
			dead = await deadLetters(stage, `${queue}-dead`);
		},
	});
	expect(outcome.violations).toEqual([]);
	expect(deeds(outcome.stage)).toEqual(nothing);
	expect(outcome.record).toBeUndefined();
	expect(dead).toEqual([]);
	return { kept, receipts: receipts(outcome) };
}

describe("a message that cannot be read", () => {
	it.each([
		["JSON that breaks off", "events", '{"detail-type": "EC2 Inst'],
		["nothing", "orders", " "],
	] as const)("is kept as it came: %s", async (_what, queue, body) => {
		const { kept, receipts } = await refused(queue, [body]);
		const reason = `the message is neither JSON nor a notification of Auto Scaling; it begins with ${JSON.stringify(body).replaceAll('\\"', '"')}`;
		expect(kept).toEqual([{ body, source: queue, reason }]);
		expect(receipts).toEqual([`malformed: ${reason}`]);
	});

	it("is not read at all when it is too large, and is kept whole", async () => {
		const body = order({ reason: "x".repeat(300 * 1024) });
		const { kept, receipts } = await refused("orders", [body]);
		const reason = `the message has ${body.length} bytes: more than 262144 are not read`;
		expect(kept).toEqual([{ body, source: "orders", reason }]);
		expect(receipts).toEqual([`malformed: ${reason}`]);
	});

	it.each([
		[
			"an instance with a slash",
			"orders",
			order({ instanceId: "i-0aaaaaaaaaaaaaaa1/../../x" }),
			'instanceId is "i-0aaaaaaaaaaaaaaa1/../../x", not an EC2 instance id (i- and 8 or 17 hexadecimal digits)',
		],
		[
			"a node with a slash",
			"orders",
			order({ instanceId: undefined, cluster: "prod", nodeName: "a/pods" }),
			'nodeName is "a/pods", not a Kubernetes node name (up to 253 lower-case letters, digits, - and .)',
		],
		[
			"a node with a newline at its end",
			"orders",
			order({ instanceId: undefined, cluster: "prod", nodeName: "a\n" }),
			'nodeName is "a\\u{a}", not a Kubernetes node name (up to 253 lower-case letters, digits, - and .)',
		],
		[
			"a cluster with a newline",
			"orders",
			order({ instanceId: undefined, cluster: "prod\nx", nodeName: "a" }),
			'cluster is "prod\\u{a}x", not an EKS cluster name (up to 100 letters, digits, - and _)',
		],
		[
			"a hook with a newline",
			"events",
			lifecycleEvent({ hook: 'evacuator\n{"event":"message","outcome":"accepted"}' }),
			'detail.LifecycleHookName is "evacuator\\u{a}{"event":"message","outcome":"accepted"}", not a lifecycle hook name (1 to 255 letters, digits, -, _ and /)',
		],
		[
			"a group with a newline",
			"events",
			lifecycleEvent({ group: "workers\n" }),
			'detail.AutoScalingGroupName is "workers\\u{a}", not an Auto Scaling group name (1 to 255 characters, no control characters)',
		],
		[
			"a token that is none",
			"events",
			lifecycleEvent({ token: "x" }),
			'detail.LifecycleActionToken is "x", not a lifecycle action token (36 characters, a UUID), without which the action can be neither kept alive nor completed',
		],
	] as const)("is kept, and its reason names the field: %s", async (_what, queue, body, reason) => {
		const { kept, receipts } = await refused(queue, [body]);
		expect(kept).toEqual([{ body, source: queue, reason }]);
		expect(receipts).toEqual([`malformed: ${reason}`]);
	});

	it("is kept when it comes on the other queue, where its sender has no say", async () => {
		const event = lifecycleEvent();
		const reason = "an event of EventBridge came on the orders queue: it is accepted on the events queue only";
		expect(await refused("orders", [event])).toEqual({
			kept: [{ body: event, source: "orders", reason }],
			receipts: [`malformed: ${reason}`],
		});
		const why = "an order came on the events queue: it is accepted on the orders queue only";
		expect(await refused("events", [order()])).toEqual({
			kept: [{ body: order(), source: "events", reason: why }],
			receipts: [`malformed: ${why}`],
		});
	});
});

describe("a message that this version does not act on", () => {
	const eventOf = (source: string, detailType: string, detail: object) =>
		JSON.stringify({
			version: "0",
			source,
			"detail-type": detailType,
			time: "2026-01-01T00:00:00Z",
			detail: { "instance-id": LEAVING, ...detail },
		});
	const spot = eventOf("aws.ec2", "EC2 Spot Instance Interruption Warning", { "instance-action": "terminate" });
	const health = eventOf("aws.health", "AWS Health Event", { service: "EC2" });
	const warmPool = lifecycleEvent().replace('"Destination":"EC2"', '"Destination":"WarmPool"');

	it("is kept for a human with the way out", async () => {
		const reasons = [
			'"EC2 Spot Instance Interruption Warning" from "aws.ec2": this version does not act on EC2\'s own events (Spot, rebalance, capacity, state changes): send a drain order for the instance to the orders queue if it is to leave',
			'"AWS Health Event" from "aws.health": this version does not act on AWS Health: send a drain order for the instance to the orders queue',
			"the instance is not terminated but goes back to its warm pool (Destination is WarmPool): this version cannot return a node to service. Drain the node and complete the action by hand before the hook's time-out.",
		];
		const { kept, receipts } = await refused("events", [spot, health, warmPool]);
		const expected = [spot, health, warmPool].map((body, index) => ({ body, source: "events", reason: reasons[index] ?? "" }));
		expect([...kept].sort((a, b) => a.body.localeCompare(b.body))).toEqual(expected.sort((a, b) => a.body.localeCompare(b.body)));
		expect([...receipts].sort()).toEqual(reasons.map((reason) => `unsupported: ${reason}`).sort());
	});

	it("is kept when an order asks for more than a drain", async () => {
		const { kept } = await refused("orders", [order({ kind: "release" })]);
		expect(kept).toEqual([
			{ body: order({ kind: "release" }), source: "orders", reason: "this version does not act on orders of the kind release" },
		]);
	});
});

it("takes the test notification of a hook for what it is, and keeps nothing", async () => {
	const test = JSON.stringify({
		AccountId: "111122223333",
		AutoScalingGroupName: "workers",
		Service: "AWS Auto Scaling",
		Event: "autoscaling:TEST_NOTIFICATION",
		Time: "2026-01-01T00:00:00.000Z",
	});
	expect(await refused("events", [test])).toEqual({
		kept: [],
		receipts: ["ignored: Auto Scaling tests whether group workers reaches this queue: it does"],
	});
});

it("drains for the good message in a batch of bad ones, and only once", async () => {
	let kept: readonly Kept[] = [];
	const outcome = await drill({
		seed: oneVm,
		play: async (stage) => {
			await post(stage, "events", "{", "[]", order(), "null", '"text"');
			await leave(stage);
			await post(stage, "events", "}");
			await answered(stage);
			kept = await quarantine(stage);
		},
	});
	expect(outcome.violations).toEqual([]);
	expect(gist(outcome)).toEqual(wellEnded);
	expect(deeds(outcome.stage)).toEqual(onceOnly);
	expect(kept.map(({ body }) => body).sort()).toEqual(['"text"', "[]", "null", order(), "{", "}"].sort());
});
