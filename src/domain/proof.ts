import { isSameNode, type NodeIdentity } from "./identity.ts";
import type { Look } from "./look.ts";
import { nameOf } from "./namespaced-name.ts";
import { isAliveOn, migratesOver } from "./presence.ts";
import { migrationsOver } from "./proof-migrations.ts";
import { launchersStillComing, podsLeft } from "./proof-pods.ts";

export type ProofRuleName = "S1" | "S2" | "S3" | "S4" | "S5" | "S6" | "S7";

/** One thing that speaks against termination: what it is, and why it counts. */
export type Finding = {
	readonly rule: ProofRuleName;
	/** `namespace/name`, or the node's name. */
	readonly about: string;
	readonly says: string;
};

/** What the proof holds a look against. */
export type ProofBasis = {
	readonly node: NodeIdentity;
	/** Our clock, when the node was last seen to become cordoned. */
	readonly cordonedAt?: number;
};

export type Proof = { readonly safe: true } | { readonly safe: false; readonly because: readonly Finding[] };

/** What a rule finds; none means that it holds. */
type ProofRule = {
	readonly name: ProofRuleName;
	readonly findings: (look: Look, basis: ProofBasis) => readonly Omit<Finding, "rule">[];
};

/** The node has been cordoned for at least this long by our clock. */
export const CORDON_SETTLES_MS = 30_000;
/** The second look began at least this long after the first. */
export const LOOKS_APART_MS = 1_000;

const nodeIsOursAndCordoned: ProofRule["findings"] = ({ node }, basis) => {
	if (!node) return [{ about: basis.node.name, says: "There is no Node of this name: what it ran cannot be seen." }];
	if (!isSameNode(node, basis.node)) {
		return [{ about: node.name, says: `The Node is another one now (uid ${node.uid}, provider id ${node.providerId}).` }];
	}
	return node.unschedulable ? [] : [{ about: node.name, says: "The Node is not cordoned." }];
};

const noPodIsLeft: ProofRule["findings"] = (look, basis) => podsLeft(look, basis.node.name);

const noVmiIsAlive: ProofRule["findings"] = ({ vmis }, { node }) =>
	vmis
		.filter((vmi) => isAliveOn(vmi, node.name))
		.map((vmi) => ({ about: nameOf(vmi), says: `The VMI is ${vmi.phase} on this node.` }));

const noVmiMigratesOver: ProofRule["findings"] = ({ vmis }, { node }) =>
	vmis
		.filter((vmi) => migratesOver(vmi, node.name))
		.map((vmi) => ({
			about: nameOf(vmi),
			says: `The VMI is migrating from ${vmi.migration?.sourceNode ?? "?"} to ${vmi.migration?.targetNode ?? "?"}.`,
		}));

const noMigrationIsUnfinished: ProofRule["findings"] = (look, { node }) =>
	migrationsOver(look, node.name).map((migration) => ({
		about: nameOf(migration),
		says: `The migration of ${migration.vmiName} is ${migration.phase} and has to do with this node.`,
	}));

/** The node was last cordoned then: a cordon that somebody lifted and renewed unseen counts from its renewal. */
export const settledFrom = ({ node }: Look, cordonedAt: number): number => Math.max(cordonedAt, node?.cordonedSince ?? 0);

const nothingIsStillComing: ProofRule["findings"] = (look, { node, cordonedAt }) => {
	if (cordonedAt === undefined) return [{ about: node.name, says: "It is not known since when the Node is cordoned." }];
	const from = settledFrom(look, cordonedAt);
	if (look.began < from + CORDON_SETTLES_MS) {
		return [{ about: node.name, says: `The Node has been cordoned for less than ${CORDON_SETTLES_MS / 1000} seconds.` }];
	}
	return launchersStillComing(look, from, node.name);
};

/** Every rule that one look has to satisfy: S1-S5 and S7. */
export const proofRules: readonly ProofRule[] = [
	{ name: "S1", findings: nodeIsOursAndCordoned },
	{ name: "S2", findings: noPodIsLeft },
	{ name: "S3", findings: noVmiIsAlive },
	{ name: "S4", findings: noVmiMigratesOver },
	{ name: "S5", findings: noMigrationIsUnfinished },
	{ name: "S7", findings: nothingIsStillComing },
];

const found = (rules: readonly ProofRule[], look: Look, basis: ProofBasis): readonly Finding[] =>
	rules.flatMap(({ name, findings }) => findings(look, basis).map((finding) => ({ rule: name, ...finding })));

const proofOf = (because: readonly Finding[]): Proof => (because.length === 0 ? { safe: true } : { safe: false, because });

/** Whether one look of scope `proof` shows that nothing alive is left on the node and nothing can come any more. */
export const prove = (look: Look, basis: ProofBasis): Proof => proofOf(found(proofRules, look, basis));

/** What a look of any scope shows to be left: the proof without S7, which needs a look of scope `proof`. */
export function whatIsLeft(look: Look, basis: ProofBasis): readonly Finding[] {
	return found(
		proofRules.filter(({ name }) => name !== "S7"),
		look,
		basis,
	);
}

/** A rule over two looks of scope `proof`. */
type PairRule = {
	readonly name: ProofRuleName;
	readonly findings: (first: Look, second: Look, basis: ProofBasis) => readonly Finding[];
};

const firstLookProvesItToo: PairRule["findings"] = (first, second, basis) => {
	if (second.began < first.began + LOOKS_APART_MS) {
		return [{ rule: "S6", about: basis.node.name, says: `The two looks are less than ${LOOKS_APART_MS} ms apart.` }];
	}
	return found(proofRules, first, basis);
};

export const pairRules: readonly PairRule[] = [
	{ name: "S6", findings: firstLookProvesItToo }, //
];

/** Whether two looks, at least a second apart, both show it. Only this lets an instance go. */
export function proveTwice(first: Look, second: Look, basis: ProofBasis): Proof {
	const bySecond = found(proofRules, second, basis);
	const byBoth = pairRules.flatMap(({ findings }) => findings(first, second, basis));
	return proofOf([...byBoth.filter((finding) => !bySecond.some((known) => isSame(finding, known))), ...bySecond]);
}

const isSame = (a: Finding, b: Finding): boolean => a.rule === b.rule && a.about === b.about && a.says === b.says;
