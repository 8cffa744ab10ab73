import type { Circumstances } from "./circumstances.ts";
import type { Look } from "./look.ts";
import { assessOpinions, type Opinion, watchOpinions } from "./next-step-opinions.ts";
import { paceOf } from "./pace.ts";
import type { Policy } from "./policy.ts";
import { type Finding, type Proof, whatIsLeft } from "./proof.ts";
import type { MaintenanceRecord } from "./record.ts";
import type { Decision } from "./step-result.ts";

/** What follows a survey; first opinion wins. */
export function afterAssess(look: Look, record: MaintenanceRecord, policy: Policy, now: number): Decision {
	const found = first(assessOpinions, { look, record, policy, now });
	return found ?? { next: "cordon", why: "the node is known" };
}

/** What follows any later look: `watch` means to go on watching; first opinion wins. */
export function duringWatch(look: Look, record: MaintenanceRecord, policy: Policy, now: number): Decision {
	const circumstances = { look, record, policy, now };
	const found = first(watchOpinions, circumstances);
	return found ?? { next: "hold", why: saysWhatIsLeft(circumstances) };
}

/**
 * Where only time is missing, the next proof is tried after this: what the scheduler does takes it moments, what it has only
 * promised may take it the better part of an hour.
 */
const proofRetryMs = (sinceCordonMs: number): number => Math.min(120_000, Math.max(10_000, sinceCordonMs / 4));

/** What follows a proof. Where only time is missing the machine waits a moment; whatever else was found is watched. */
export function afterProof(proof: Proof, now: number, cordonedAt: number): Decision {
	if (proof.safe) return { next: "done", why: "nothing is left" };
	const why = sentence(proof.because);
	return proof.because.every(({ rule }) => rule === "S7")
		? { next: "wait", why, at: now + proofRetryMs(now - cordonedAt) }
		: { next: "watch", why };
}

/** How long the machine waits before it looks again: until a pause ends, but never longer than the hook allows. */
export function waitSecondsFor({ at }: Decision, record: MaintenanceRecord, now: number): number {
	const { waitSeconds } = paceOf(record);
	return at === undefined ? waitSeconds : Math.min(waitSeconds, Math.max(1, Math.ceil((at - now) / 1000)));
}

const first = (opinions: readonly Opinion[], circumstances: Circumstances): Decision | undefined => {
	for (const opinion of opinions) {
		const decision = opinion(circumstances);
		if (decision) return decision;
	}
	return undefined;
};

const sentence = (findings: readonly Finding[]): string => findings.map(({ about, says }) => `${about}: ${says}`).join(" ");

const saysWhatIsLeft = ({ look, record }: Circumstances): string =>
	record.node ? sentence(whatIsLeft(look, { node: record.node })) : "the node is not known yet";
