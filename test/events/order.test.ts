import { describe, expect, it } from "@jest/globals";
import { cancelOrder, fromOrders, order, orderWith } from "./samples.ts";

const known =
	"an order has kind, version, requestId, instanceId, nodeName, cluster, intent, reason, requestedBy, deadline, mayEnd, urgent, issuedAt, notAfter";

describe("a drain order", () => {
	it("says what to drain, why, and by when", () => {
		expect(fromOrders(order)).toStrictEqual({
			kind: "drain order",
			requestId: "chg-1234-i-0abc",
			target: { instanceId: "i-0123456789abcdef0" },
			reason: "CHG1234",
			requestedBy: "alice",
			deadline: Date.parse("2026-12-01T00:00:00Z"),
			mayEnd: [],
		});
	});

	it("may name a node of a cluster, and is then known by the message's id unless it has its own", () => {
		const byNode = {
			kind: "drain",
			version: 1,
			nodeName: "ip-10-0-1-2.eu-west-1.compute.internal",
			cluster: "prod",
			reason: "disk smell",
		};
		expect(fromOrders(byNode)).toStrictEqual({
			kind: "drain order",
			requestId: "order:m-1",
			target: { nodeName: "ip-10-0-1-2.eu-west-1.compute.internal", cluster: "prod" },
			reason: "disk smell",
			mayEnd: [],
		});
	});

	it("may name the VMs that it gives up, be urgent, and say the times between which it counts", () => {
		const whole = orderWith({
			mayEnd: ["shop/cart-1", "shop/db.main", "shop/cart-1"],
			urgent: true,
			issuedAt: "2026-11-22T12:00:00+01:00",
			notAfter: "2026-11-23T00:00:00Z",
		});
		expect(fromOrders(whole)).toStrictEqual({
			kind: "drain order",
			requestId: "chg-1234-i-0abc",
			target: { instanceId: "i-0123456789abcdef0" },
			reason: "CHG1234",
			requestedBy: "alice",
			deadline: Date.parse("2026-12-01T00:00:00Z"),
			mayEnd: ["shop/cart-1", "shop/db.main"],
			urgent: true,
			issuedAt: Date.parse("2026-11-22T11:00:00Z"),
			notAfter: Date.parse("2026-11-23T00:00:00Z"),
		});
	});

	it.each([
		[{ mayend: ["shop/cart-1"] }, `unknown fields "mayend": ${known}`],
		[{ Reason: "x", "dead\nline": "y" }, `unknown fields "Reason", "dead\\u{a}line": ${known}`],
		[{ uncordon: true }, `unknown fields "uncordon": ${known}`],
	])("is malformed with a field that nobody knows: %j", (fields, why) => {
		expect(fromOrders(orderWith(fields))).toEqual({ kind: "malformed", why });
	});

	it.each([
		[{ instanceId: undefined }, "instanceId is missing: an order names an instanceId, or a nodeName with its cluster"],
		[
			{ nodeName: "n1" },
			"instanceId stands beside nodeName or cluster: name the instance, or the node with its cluster, not both",
		],
		[
			{ cluster: "prod" },
			"instanceId stands beside nodeName or cluster: name the instance, or the node with its cluster, not both",
		],
		[{ instanceId: undefined, nodeName: "n1" }, "cluster is missing: a node's name counts only within its cluster"],
		[{ instanceId: undefined, cluster: "prod" }, "nodeName is missing: this version drains one node at a time, not a cluster"],
	])("is malformed unless it names exactly one node: %j", (fields, why) => {
		expect(fromOrders(orderWith(fields))).toEqual({ kind: "malformed", why });
	});

	const node = "a Kubernetes node name (up to 253 lower-case letters, digits, - and .)";
	it.each(["../secrets", "a/b", "n1\n", "N1", "-n1", "n1.", "a..b", ""])("is malformed when the node is named %j", (nodeName) => {
		const shown = nodeName.replace("\n", "\\u{a}");
		expect(fromOrders(orderWith({ instanceId: undefined, nodeName, cluster: "prod" }))).toEqual({
			kind: "malformed",
			why: `nodeName is "${shown}", not ${node}`,
		});
	});

	it("is malformed when a name is longer than Kubernetes or EKS allow", () => {
		const at = (length: number) => "a".repeat(length);
		const of = (nodeName: string, cluster: string) => fromOrders(orderWith({ instanceId: undefined, nodeName, cluster }));
		expect(of(at(253), at(100))).toMatchObject({ kind: "drain order", target: { nodeName: at(253), cluster: at(100) } });
		expect(of(at(254), "prod")).toEqual({ kind: "malformed", why: `nodeName is "${at(99)}…", not ${node}` });
		expect(of("n1", at(101))).toEqual({
			kind: "malformed",
			why: `cluster is "${at(99)}…", not an EKS cluster name (up to 100 letters, digits, - and _)`,
		});
	});

	const vm = "the namespace/name of one VM (no patterns)";
	const time = "a time with its zone, such as 2026-01-01T00:00:00Z";
	it.each([
		[{ kind: "Drain" }, 'kind is "Drain", not one of drain, cancel, release'],
		[{ kind: undefined }, "kind is missing: it must be one of drain, cancel, release"],
		[{ version: 2 }, "version is 2, not the number 1"],
		[{ version: "1" }, 'version is "1", not the number 1'],
		[{ version: undefined }, "version is missing: it must be the number 1"],
		[{ instanceId: "i-xyz" }, 'instanceId is "i-xyz", not an EC2 instance id (i- and 8 or 17 hexadecimal digits)'],
		[{ reason: undefined }, "reason is missing: it must be one line of 1 to 500 characters, not all of them blank"],
		[{ reason: "a\r\nb" }, 'reason is "a\\u{d}\\u{a}b", not one line of 1 to 500 characters, not all of them blank'],
		[{ reason: "  " }, 'reason is "  ", not one line of 1 to 500 characters, not all of them blank'],
		[{ requestedBy: {} }, "requestedBy is an object, not one line of 1 to 200 characters, not all of them blank"],
		[{ deadline: "tomorrow" }, `deadline is "tomorrow", not ${time}`],
		[{ deadline: "2026-12-01T00:00:00" }, `deadline is "2026-12-01T00:00:00", not ${time}`],
		[{ issuedAt: null }, `issuedAt is null, not ${time}`],
		[{ mayEnd: "shop/cart-1" }, 'mayEnd is "shop/cart-1", not a list of VMs, each as namespace/name'],
		[{ mayEnd: ["shop/*", "cart-1"] }, `mayEnd[0] is "shop/*", not ${vm}; mayEnd[1] is "cart-1", not ${vm}`],
		[{ mayEnd: ["shop/cart-1\n"] }, `mayEnd[0] is "shop/cart-1\\u{a}", not ${vm}`],
		[{ urgent: "yes" }, 'urgent is "yes", not true or false'],
		[{ mayEnd: Array(501).fill("a/b") }, "mayEnd is a list of 501, not a list of at most 500 VMs"],
		[{ intent: 1 }, "intent is 1, not drain-then-release"],
		[
			{ issuedAt: "2026-12-01T00:00:00Z", notAfter: "2026-11-01T00:00:00Z" },
			'notAfter is "2026-11-01T00:00:00Z", not later than issuedAt "2026-12-01T00:00:00Z"',
		],
	])("is malformed with %j", (fields, why) => {
		expect(fromOrders(orderWith(fields))).toEqual({ kind: "malformed", why });
	});

	const another = ["asg:i-0123456789abcdef0:87654321-4321-4321-4321-210987654321", "sweep:i-0123456789abcdef0:workers/evacuator"];
	it.each([...another, "order:m-2", "a b", "", "x".repeat(129)])(
		"may not call itself %j: it could pass for another request",
		(requestId) => {
			expect(fromOrders(orderWith({ requestId }))).toMatchObject({
				kind: "malformed",
				why: expect.stringMatching(/, not 1 to 128 visible ASCII characters that do not begin with asg:, order: or sweep:$/),
			});
		},
	);

	it.each([
		[
			{ options: { force: true, dryRun: false } },
			'this version does not act on "options.force", "options.dryRun": send the order without',
		],
		[{ options: {} }, 'this version does not act on "options": send the order without'],
		[
			{ instanceId: undefined, cluster: "prod", selector: { nodeLabels: { pool: "virt-a" }, maxNodes: 1 } },
			'this version does not act on "selector.nodeLabels", "selector.maxNodes": send the order without',
		],
		[
			{ source: "schedule", scheduledTime: "2026-12-01T00:00:00Z", attempt: "1" },
			'this version does not act on "source", "scheduledTime", "attempt": send the order without',
		],
		[{ intent: "drain-only" }, 'intent is "drain-only": this version only drains to release (drain-then-release, or no intent)'],
	])("is left to a human when it asks for what this version does not do: %j", (fields, why) => {
		expect(fromOrders(orderWith(fields))).toEqual({ kind: "unsupported", why });
	});

	it("is not what this is: release", () => {
		const other = { kind: "release", version: 1, instanceId: "i-0123456789abcdef0", reason: "VM x accepted as lost" };
		expect(fromOrders(other)).toEqual({
			kind: "unsupported",
			why: "this version does not act on orders of the kind release",
		});
	});

	it("is not changed by keys that would reach a prototype", () => {
		const hostile = JSON.stringify(order).replace("{", '{"__proto__":{"mayEnd":["shop/cart-1"]},"constructor":1,');
		expect(fromOrders(hostile)).toEqual({ kind: "malformed", why: `unknown fields "__proto__", "constructor": ${known}` });
		expect(Object.hasOwn(Object.prototype, "mayEnd")).toBe(false);
	});
});

describe("an order to cancel", () => {
	const cancelWith = (fields: Readonly<Record<string, unknown>>) => fromOrders({ ...cancelOrder, ...fields });

	it("says which drain is taken back, why, by whom, and how old it is", () => {
		expect(fromOrders(cancelOrder)).toStrictEqual({
			kind: "cancel order",
			requestId: "chg-1234-back",
			target: { instanceId: "i-0123456789abcdef0" },
			reason: "wrong host",
			requestedBy: "alice",
			issuedAt: Date.parse("2026-11-22T11:30:00Z"),
			notAfter: Date.parse("2026-11-23T00:00:00Z"),
		});
	});

	it("may name a node of a cluster, and is then known by the message's id unless it has its own", () => {
		expect(fromOrders({ kind: "cancel", version: 1, nodeName: "n1", cluster: "prod", reason: "wrong host" })).toStrictEqual({
			kind: "cancel order",
			requestId: "order:m-1",
			target: { nodeName: "n1", cluster: "prod" },
			reason: "wrong host",
		});
	});

	const fields = "version, requestId, instanceId, nodeName, cluster, reason, requestedBy, issuedAt, notAfter";
	it.each([
		[{ uncordon: true }, `unknown fields "uncordon": an order to cancel has kind, ${fields}`],
		[{ mayEnd: ["shop/db"], intent: "x" }, `unknown fields "mayEnd", "intent": an order to cancel has kind, ${fields}`],
		[{ options: {} }, `unknown fields "options": an order to cancel has kind, ${fields}`],
		[{ version: 2 }, "version is 2, not the number 1"],
		[{ reason: undefined }, "reason is missing: it must be one line of 1 to 500 characters, not all of them blank"],
		[{ instanceId: undefined }, "instanceId is missing: an order names an instanceId, or a nodeName with its cluster"],
		[
			{ nodeName: "n1" },
			"instanceId stands beside nodeName or cluster: name the instance, or the node with its cluster, not both",
		],
		[
			{ notAfter: "2026-11-01T00:00:00Z" },
			'notAfter is "2026-11-01T00:00:00Z", not later than issuedAt "2026-11-22T12:30:00+01:00"',
		],
	])("is malformed with %j", (wrong, why) => {
		expect(cancelWith(wrong)).toEqual({ kind: "malformed", why });
	});

	it("may not pass for another request", () => {
		expect(cancelWith({ requestId: "order:m-2" })).toMatchObject({ kind: "malformed" });
	});
});
