import type { Look } from "../domain/look.ts";
import { fateOfPod } from "../domain/pod-fates.ts";
import { isEndedPod } from "../domain/presence.ts";
import {
	CORDON_SETTLES_MS,
	LOOKS_APART_MS,
	type ProofBasis,
	type ProofRuleName,
	pairRules,
	proofRules,
	proveTwice,
} from "../domain/proof.ts";
import type { ProofLine, Telling } from "./demo-event.ts";

/** The two looks that Release has made, rule by rule; undefined while they prove nothing. */
export function proofOf(first: Look, second: Look, basis: ProofBasis): (Telling & { readonly kind: "proof" }) | undefined {
	if (!proveTwice(first, second, basis).safe) return undefined;
	const bySingle = proofRules.map(({ name, findings }) => ({ name, holds: findings(second, basis).length === 0 }));
	const byPair = pairRules.map(({ name, findings }) => ({ name, holds: findings(first, second, basis).length === 0 }));
	const rules: readonly ProofLine[] = [...bySingle, ...byPair]
		.toSorted((a, b) => a.name.localeCompare(b.name))
		.map(({ name, holds }) => ({ rule: name, holds, says: sentences[name]({ first, second, basis }) }));
	return { kind: "proof", rules };
}

type Sight = { readonly first: Look; readonly second: Look; readonly basis: ProofBasis };

const seconds = (ms: number): string => `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;

/** What each rule says when it holds. */
const sentences: Readonly<Record<ProofRuleName, (sight: Sight) => string>> = {
	S1: () => "The Node is still this very one, and it is cordoned.",
	S2: ({ second }) => `No pod is left${staying(second)}.`,
	S3: () => "No VMI is alive on it.",
	S4: () => "No VMI migrates from it or to it.",
	S5: () => "No migration that has to do with it is unfinished.",
	S6: ({ first, second }) =>
		`Two looks showed it, ${seconds(second.began - first.began)} apart (at least ${seconds(LOOKS_APART_MS)}).`,
	S7: ({ second, basis }) =>
		`Nothing is still coming: cordoned for ${seconds(second.began - (basis.cordonedAt ?? second.began))} (at least ${seconds(CORDON_SETTLES_MS)}).`,
};

function staying(look: Look): string {
	const staying = look.pods.filter((pod) => !isEndedPod(pod) && fateOfPod(pod, look).kind === "stays");
	return staying.length === 0 ? "" : ` but ${staying.length} of DaemonSets and static pods, which go with the node`;
}
