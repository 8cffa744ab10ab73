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
				file: "src/domain/next-step.ts",
				from: 'const hasNoNode: Opinion = ({ look }) => (look.node ? undefined : { next: "hold", why: "there is no Node" });',
				to: "const hasNoNode: Opinion = () => undefined;",
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
];
