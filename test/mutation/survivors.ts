import type { Mutant } from "./mutant.ts";
import type { Explanation } from "./verdict.ts";

type Change = readonly [file: string, mutator: "always" | "?." | Mutant["mutator"], original: string, replacement: string];

const mutators: Readonly<Record<string, string>> = { always: "ConditionalExpression", "?.": "OptionalChaining" };

const because = (why: string, ...changes: readonly Change[]): readonly Explanation[] =>
	changes.map(([file, mutator, original, replacement]) => ({
		file,
		mutator: mutators[mutator] ?? mutator,
		original,
		replacement,
		why,
	}));

/** Survivors that are equivalent to the source, or that no behaviour worth a test tells from it. */
export const explanations: readonly Explanation[] = [
	...because(
		"An opinion or rule before it has seen that there is one; the types do not know.",
		["next-step-opinions.ts", "?.", "look.node?.unschedulable", "look.node.unschedulable"],
		["next-step-opinions.ts", "?.", "circumstances.look.node?.ready", "circumstances.look.node.ready"],
		["next-step-opinions.ts", "?.", "look.node?.ready", "look.node.ready"],
		["standstill.ts", "?.", "look.node?.ready", "look.node.ready"],
		["next-step-opinions.ts", "?.", "record.refusals[uid]?.nextAt", "record.refusals[uid].nextAt"],
	),
	...because("Only a record that waits for a slot is asked; the types do not know.", [
		"admission.ts",
		"?.",
		"slot?.lookedAt",
		"slot.lookedAt",
	]),
	...because(
		"Only a record that is cancelled has this said of it; the types do not know.",
		["cancellation.ts", "?.", "cancel?.by", "cancel.by"],
		["cancellation.ts", "?.", "cancel?.reason", "cancel.reason"],
	),
	...because("Where there is no record the first case has answered; the types do not know.", [
		"untrue-mark.ts",
		"?.",
		"latest?.state",
		"latest.state",
	]),
	...because(
		"Whoever migrates has a migration; the types do not know.",
		["fates.ts", "?.", "vmi.migration?.targetNode", "vmi.migration.targetNode"],
		["fates.ts", "?.", "vmi.migration?.targetNode", "vmi.migration.targetNode"],
		["presence.ts", "?.", "vmi.migration?.sourceNode", "vmi.migration.sourceNode"],
		["presence.ts", "?.", "vmi.migration?.targetNode", "vmi.migration.targetNode"],
		["proof.ts", "?.", "vmi.migration?.sourceNode", "vmi.migration.sourceNode"],
		["proof.ts", "?.", "vmi.migration?.targetNode", "vmi.migration.targetNode"],
	),
	...because(
		"The owner has just been found to be of this kind, so there is one; the types do not know.",
		["shutdown-fate.ts", "?.", "vmi.owner?.uid", "vmi.owner.uid"],
		["shutdown-fate.ts", "?.", "vmi.owner?.name", "vmi.owner.name"],
		["shutdown-fate.ts", "StringLiteral", '""', '"Stryker was here!"'],
	),
	...because(
		"The opinion `bare` has seen to VMIs without an owner; the types do not know.",
		["shutdown-fate.ts", "ObjectLiteral", '{ kind: "VirtualMachineInstance", name: vmi.name }', "{}"],
		["shutdown-fate.ts", "StringLiteral", '"VirtualMachineInstance"', '""'],
	),
	...because(
		"A record that is releasing says who releases it, and no other gets so far; the types do not know.",
		["release-changes.ts", "?.", "releasing?.turn", "releasing.turn"],
		["release-changes.ts", "?.", "record.releasing?.tokens", "record.releasing.tokens"],
		["release-changes.ts", "ArrayDeclaration", "[]", '["Stryker was here"]'],
	),
	...because("There are at least three of them here; the types do not know.", [
		"trouble-of.ts",
		"?.",
		"failed.at(-1)?.failureReason",
		"failed.at(-1).failureReason",
	]),
	// Before the next one, for both speak of the same change in hosting.ts: whichever stands first has the first line.
	...because(
		"No list of values has a missing one in it; the test is there for the types.",
		["hosting.ts", "always", "value !== undefined", "true"],
		["hosting.ts", "always", "value === undefined", "false"],
	),
	...because(
		"An instant or number that is missing compares as false anyhow; the test is there for the types.",
		["admission.ts", "always", "liftedAt !== undefined", "true"],
		["cancellation.ts", "always", "cancelledUntil !== undefined", "true"],
		["movement.ts", "always", "arrivedAt !== undefined", "true"],
		["hosting.ts", "always", "value !== undefined", "true"],
		["hosting.ts", "always", "value !== undefined", "true"],
		["record-requests.ts", "always", "cancelledUntil !== undefined", "true"],
		["record-requests.ts", "always", "issuedAt !== undefined", "true"],
		["record-requests.ts", "always", "cancelledUntil !== undefined && issuedAt !== undefined", "true"],
		[
			"record-requests.ts",
			"LogicalOperator",
			"cancelledUntil !== undefined && issuedAt !== undefined",
			"cancelledUntil !== undefined || issuedAt !== undefined",
		],
		["standstill.ts", "always", "record.deadline === undefined", "false"],
		["trouble-of.ts", "always", "markedAt !== undefined", "true"],
	),
	...because("What is no end has no instant, and compares as false with any.", [
		"standstill.ts",
		"ArrayDeclaration",
		"[]",
		'["Stryker was here"]',
	]),
	...because("Falls out of the switch with undefined, which holds as little as false.", [
		"hosting.ts",
		"always",
		"default: return false;",
		"default:",
	]),
	...because("The compiler proves that nothing comes here.", [
		"outcomes.ts",
		"always",
		"default: return kind satisfies never;",
		"default:",
	]),
	...because("Whoever runs elsewhere has a node; the test is there for the types.", [
		"outcomes.ts",
		"always",
		"vmi.nodeName !== undefined",
		"true",
	]),
	...because("The VMI of the story itself is gone or final here; said for the reader.", [
		"outcomes.ts",
		"always",
		"vmi.uid !== uid",
		"true",
	]),
	...because(
		"No uid is missing, so nothing is found by a missing one; said for the reader.",
		["presence.ts", "always", "pod.migrationUid !== undefined", "true"],
		["presence.ts", "always", "pod.vmiUid !== undefined", "true"],
		["standstill.ts", "StringLiteral", '""', '"Stryker was here!"'],
	),
	...because("The shortest of no hooks is endless, and every pace has a bound, the same as that of an hour.", [
		"pace.ts",
		"always",
		"hooks.length === 0",
		"false",
	]),
	...because("Only launchers carry the uid of a VMI; said for the reader.", [
		"movement.ts",
		"always",
		'role === "launcher"',
		"true",
	]),
	...because("No two rules say the same of the same thing.", ["proof.ts", "always", "a.rule === b.rule", "true"]),
	...because("No two that wait have the same id.", ["slots.ts", "EqualityOperator", "idA < idB", "idA <= idB"]),
	...because("No two pods have the same place.", ["evictions.ts", "EqualityOperator", "first < second", "first <= second"]),
];
