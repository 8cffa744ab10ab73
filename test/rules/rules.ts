import { type FenceRule, fenceRules } from "./fence-rules.ts";
import type { RuleScenario } from "./rule-scenarios.ts";

/** One rule as it stands in the source, and how the source reads without it. */
export type Rule = {
	readonly name: string;
	/** What the rule says, for the table. */
	readonly says: string;
	/** From the top of the repository. */
	readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
	/** The scenario that ends wrongly without it. */
	readonly scenario: RuleScenario;
	/** The record's state at the end of it with the rule in place; `open`: the instance is held. */
	readonly ends: "open" | "released";
};

const proof = "src/domain/proof.ts";
const line = (name: string, findings: string) => ({
	file: proof,
	from: `	{ name: "${name}", findings: ${findings} },\n`,
	to: "",
});

/** Every safety rule that can be taken out by name. */
export const rules: readonly Rule[] = [
	{
		name: "S1",
		says: "the Node is ours and cordoned",
		edits: [line("S1", "nodeIsOursAndCordoned")],
		scenario: "uncordoned",
		ends: "released",
	},
	{
		name: "S2",
		says: "no pod that counts is left on the node",
		edits: [line("S2", "noPodIsLeft")],
		scenario: "VMI object gone",
		ends: "open",
	},
	{
		name: "S3",
		says: "no VMI is alive on the node",
		edits: [line("S3", "noVmiIsAlive")],
		scenario: "launcher object gone",
		ends: "open",
	},
	{
		name: "S4",
		says: "no VMI is migrating from the node or to it",
		edits: [line("S4", "noVmiMigratesOver")],
		scenario: "migration object gone",
		ends: "open",
	},
	{
		name: "S5",
		says: "no migration object of the node is unfinished",
		edits: [line("S5", "noMigrationIsUnfinished")],
		scenario: "migration object lags",
		ends: "released",
	},
	{
		name: "S6",
		says: "two looks prove it, at least a second apart",
		edits: [
			{
				file: "src/app/release-instance.ts",
				from: 'const second = await orUnclaim(claimed, world, attempt, () => cluster.look(node, "proof"));',
				to: "const second = first;",
			},
			{ file: proof, from: '	{ name: "S6", findings: firstLookProvesItToo }, //\n', to: "" },
		],
		scenario: "arrives between the looks",
		ends: "open",
	},
	{
		name: "S7",
		says: "the cordon has settled: nothing that was promised the node before it is still coming",
		edits: [line("S7", "nothingIsStillComing")],
		scenario: "bound after the cordon",
		ends: "open",
	},
	{
		name: "webhook",
		says: "a dry run must be refused by KubeVirt's webhook before the first protected launcher is evicted",
		edits: [
			{
				file: "src/app/eviction-guard.ts",
				from: '	if (answer.kind === "accepted") return { kind: "missing" };\n',
				to: '	if (answer.kind === "accepted") return { kind: "stands" };\n',
			},
		],
		scenario: "webhook missing",
		ends: "open",
	},
	{
		name: "same-node",
		says: "the Node still is ours, by uid and provider id",
		edits: [
			{
				file: "src/domain/identity.ts",
				from: "return a.name === b.name && a.uid === b.uid && a.providerId === b.providerId;",
				to: "return a.name === b.name;",
			},
		],
		scenario: "Node recreated",
		ends: "open",
	},
	{
		name: "same-tokens",
		says: "Done only if no token came since Release looked",
		edits: [
			{
				file: "src/domain/release-changes.ts",
				from: "if (!isReleasedBy(record, turn) || !sameTokens(record, record.releasing?.tokens ?? [])) return undefined;",
				to: "if (!isReleasedBy(record, turn)) return undefined;",
			},
		],
		scenario: "second token",
		ends: "released",
	},
	{
		name: "turn",
		says: "only the try that claimed the record lets go",
		edits: [
			{
				file: "src/app/let-go.ts",
				from: 'if (state !== "releasing" || releasing?.turn !== turn) return "another try of this step has taken over";',
				to: "void [state, releasing, turn];",
			},
			{ file: "src/app/let-go.ts", from: "was.cancel || !isReleasedBy(was, attempt.turn)", to: "was.cancel || !isReleasedBy" },
		],
		scenario: "Release repeated",
		ends: "open",
	},
	{
		name: "fresh-look",
		says: "nothing final goes out later than ten seconds after the second look began",
		edits: [
			{ file: "src/domain/proof-freshness.ts", from: "now - look.began <= LOOK_STAYS_FRESH_MS", to: "true || (look && now)" },
		],
		scenario: "Release stalls",
		ends: "open",
	},
];

/**
 * How to take out any rule, whether a scenario of its own or only a seed shows what goes wrong without it. Throws for a name
 * that no rule has.
 */
export function takenOut(name: string): FenceRule {
	const all = [...rules, ...fenceRules];
	const rule = all.find((one) => one.name === name);
	if (rule) return rule;
	throw new Error(`cannot take out ${name}: the rules are ${all.map((one) => one.name).join(", ")}`);
}
