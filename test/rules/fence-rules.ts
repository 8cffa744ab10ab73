import type { Rule } from "./rules.ts";

/** A rule of the design's fence that no scenario of its own shows, but a seed of the fault simulation. */
export type FenceRule = Pick<Rule, "name" | "says" | "edits">;

/** What keeps things from happening twice or late, beside the rules of `rules.ts`. */
export const fenceRules: readonly FenceRule[] = [
	{
		name: "conditional-write",
		says: "every write of a record states the version that was read",
		edits: [
			{
				file: "src/adapters/aws/records.ts",
				from: '"#version = :was AND (#state',
				to: '"(#version = :was OR #version <> :was) AND (#state',
			},
		],
	},
	{
		name: "answer-once",
		says: "the answer to a hook is sent once, and never repeated by the SDK",
		edits: [
			{
				file: "src/adapters/aws/clients.ts",
				from: 'settings("autoScaling", 1)',
				to: 'settings("autoScaling")',
			},
		],
	},
	{
		name: "refusals-pause",
		says: "a pod that its budget keeps is not asked for again within five seconds",
		edits: [
			{
				file: "src/domain/refusal.ts",
				from: "nextAt: now + Math.max(pause, answer.retryAfterSeconds ?? 0) * 1000",
				to: "nextAt: now + 0 * Math.max(pause, answer.retryAfterSeconds ?? 0)",
			},
		],
	},
	{
		name: "mark-revoked",
		says: "the mark goes when what it says is not known any more",
		edits: [
			{
				file: "src/app/release-instance.ts",
				from: "if (now.markedAt !== undefined) await world.instances.unmark(record.instanceId);",
				to: "void now.markedAt;",
			},
		],
	},
	{
		name: "no-node-is-trouble",
		says: "a Node that is not found is trouble, and proves nothing",
		edits: [
			{
				file: "src/domain/proof.ts",
				from: "if (!node) return [{ about: basis.node.name,",
				to: "if (!node) return [];\n\tif (!node) return [{ about: basis.node.name,",
			},
			{
				file: "src/domain/next-step-opinions.ts",
				from: 'const hasNoNode: Opinion = ({ look }) => (look.node ? undefined : { next: "hold", why: "there is no Node" });',
				to: 'const hasNoNode: Opinion = ({ look, record }) => (look.node ? undefined : { next: record.node && whatIsLeft(look, { node: record.node }).length === 0 ? "release" : "hold", why: "there is no Node" });',
			},
		],
	},
	{
		name: "hand-over",
		says: "an execution that ended before its maintenance is followed by the next generation",
		edits: [
			{
				file: "src/app/running-maintenance.ts",
				from: 'if ((await world.workflow.state(record)) !== "ended") return record;',
				to: "return record;",
			},
		],
	},
	{
		name: "one-record",
		says: "a generation is opened once",
		edits: [
			{
				file: "src/adapters/aws/records.ts",
				from: '"attribute_not_exists(generation)"',
				to: '"attribute_not_exists(generation) OR attribute_exists(generation)"',
			},
		],
	},
	{
		name: "execution-name",
		says: "the execution of a generation has one name, so that it is started once",
		edits: [
			{
				file: "src/adapters/aws/workflow.ts",
				from: "new StartExecutionCommand({ stateMachineArn, name, input",
				to: "new StartExecutionCommand({ stateMachineArn, name: [name, (globalThis.starts = (globalThis.starts ?? 0) + 1)].join('-'), input",
			},
		],
	},
	{
		name: "tokens-add-up",
		says: "a request that merges brings its token along",
		edits: [
			{
				file: "src/domain/record-requests.ts",
				from: "return tokenless < 0 ? [...hooks, hook] : hooks.with(tokenless, hook);",
				to: "return tokenless < 0 ? [hook] : hooks.with(tokenless, hook);",
			},
		],
	},
	{
		name: "earliest-deadline",
		says: "of the deadlines of all requests the earliest wins",
		edits: [
			{
				file: "src/domain/record-requests.ts",
				from: "{ deadline: Math.min(...deadlines) }",
				to: "{ deadline: Math.max(...deadlines) }",
			},
		],
	},
	{
		name: "intent-is-raised",
		says: "what a request lets end, no later one takes back",
		edits: [
			{
				file: "src/domain/record-requests.ts",
				from: "[...new Set([...record.mayEnd, ...request.mayEnd])]",
				to: "[...request.mayEnd]",
			},
		],
	},
	{
		name: "orders",
		says: "whoever acts on the cluster reads directly before whether an order came",
		edits: [
			{
				file: "src/app/evict-pods.ts",
				from: "return now !== undefined && !isClosed(now) && now.orders === record.orders;",
				to: "return now !== undefined || isClosed(record);",
			},
		],
	},
	{
		name: "own-claim",
		says: "no try of Release writes its mark into what another one has claimed",
		edits: [
			{ file: "src/app/let-go.ts", from: "was.cancel || !isReleasedBy(was, attempt.turn)", to: "was.cancel || !isReleasedBy" },
		],
	},
	{
		name: "cancelled-is-not-claimed",
		says: "Release claims no record that is cancelled",
		edits: [
			{
				file: "src/app/release-instance.ts",
				from: "isClosed(was) || was.cancel || !sameTokens",
				to: "isClosed(was) || !sameTokens",
			},
			{ file: "src/app/release-instance.ts", from: "	if (record.cancel) {", to: "	if (record.cancel && !record.node) {" },
			{
				file: "src/app/let-go.ts",
				from: "was.cancel || !isReleasedBy(was, attempt.turn)",
				to: "!isReleasedBy(was, attempt.turn)",
			},
		],
	},
	{
		name: "claimed-is-not-cancelled",
		says: "a cancel after Release's claim is refused as too late",
		edits: [
			{ file: "src/app/accept-cancel.ts", from: 'if (latest.state === "releasing") {', to: 'if (latest.state === "gone") {' },
			{
				file: "src/app/let-go.ts",
				from: "was.cancel || !isReleasedBy(was, attempt.turn)",
				to: "!isReleasedBy(was, attempt.turn)",
			},
		],
	},
	{
		name: "later-token",
		says: "a token that comes after Done opens the next generation",
		edits: [
			{
				file: "src/app/open-maintenance.ts",
				from: "if (isEnded(record) && isMerged(record, request)) return record;",
				to: "if (isEnded(record)) return record;",
			},
		],
	},
	{
		name: "tombstone",
		says: "a drain order that is older than a cancel drains nothing, however late it comes",
		edits: [
			{
				file: "src/domain/cancellation.ts",
				from: "cancelledUntil !== undefined && issuedAt <= cancelledUntil;",
				to: "cancelledUntil !== undefined && issuedAt < 0;",
			},
		],
	},
	{
		name: "not-after",
		says: "an order begins nothing after its notAfter",
		edits: [
			{
				file: "src/app/order-target.ts",
				from: "notAfter !== undefined && notAfter < now",
				to: "notAfter !== undefined && notAfter < 0 * now",
			},
		],
	},
	{
		name: "redriven",
		says: "an order that belonged to an ended maintenance begins no other",
		edits: [
			{
				file: "src/app/open-maintenance.ts",
				from: "const ended = await endedWith(request, latest, world);",
				to: "const ended = await endedWith(request, undefined, world);",
			},
		],
	},
	{
		name: "live-hook",
		says: "while a hook waits nothing of ours uncordons the node",
		edits: [
			{
				file: "src/domain/cancellation.ts",
				from: 'record.state === "open" && record.cancel !== undefined && openHooks(record).length === 0;',
				to: 'record.state === "open" && record.cancel !== undefined;',
			},
			{
				file: "src/domain/cancellation.ts",
				from: "	if (openHooks(record).length > 0) {\n		return record.markedAt",
				to: "	if (openHooks(record).length < 0) {\n		return record.markedAt",
			},
			{
				file: "src/domain/cancellation.ts",
				from: "return record.hooks.length === 0\n",
				to: "return record.hooks.length >= 0\n",
			},
		],
	},
	{
		name: "heartbeats",
		says: "while a hook waits its heartbeats go on, whoever watches",
		edits: [
			{ file: "src/app/beat.ts", from: "	for (const hook of hooks) {", to: "	for (const hook of hooks.slice(hooks.length)) {" },
		],
	},
	{
		name: "node-uid",
		says: "a patch of the Node names its uid, and leaves a namesake alone",
		edits: [
			{ file: "src/adapters/kubernetes/cordon.ts", from: "{ uid: node.uid, annotations }", to: "{ annotations }" },
			{
				file: "src/adapters/kubernetes/uncordon.ts",
				from: "{ uid: node.uid, annotations: removed }",
				to: "{ annotations: removed }",
			},
		],
	},
];
