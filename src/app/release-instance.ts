import { openTokens, sameTokens } from "../domain/hook-changes.ts";
import type { NodeIdentity } from "../domain/identity.ts";
import type { Look } from "../domain/look.ts";
import { afterProof } from "../domain/next-step.ts";
import { type Finding, LOOKS_APART_MS, type Proof, prove, proveTwice } from "../domain/proof.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { isClosed } from "../domain/record-changes.ts";
import { isReleasedBy, withoutMark, withReleased, withReleasing, withReopened } from "../domain/release-changes.ts";
import type { Decision } from "../domain/step-result.ts";
import { withProofRefused, withProved } from "../domain/unproven.ts";
import type { World } from "../ports.ts";
import { announceSafe } from "./announce-safe.ts";
import { heedCancel } from "./heed-cancel.ts";
import { letGo } from "./let-go.ts";
import { changeRecord, readRecord } from "./maintenance-record.ts";
import { overResult } from "./over.ts";
import { type Attempt, clusterOfRecord, type Step, stepResult } from "./step.ts";

/**
 * Proves with two looks that nothing alive is left, marks the instance safe to terminate, completes every hook and says so.
 *
 * Between the looks it claims the record with its own turn and the tokens it knows: a second try of this step, an order
 * or a token that comes later takes the claim away, and then this try lets go of nothing. A cancelled record cannot be
 * claimed, and one that is claimed cannot be cancelled: Restore and Release never both act.
 */
export const releaseInstance: Step = async (key, world, attempt) => {
	const record = await readRecord(key, world);
	const result = (decision: Decision, at = record) => stepResult(decision, at, attempt, world.clock.now());
	if (isClosed(record)) return overResult(record, attempt, world.clock.now());
	if (record.cancel) {
		const after = await withdraw(record, world);
		return (await heedCancel(after, world, attempt)) ?? result({ next: "assess", why: "a later request came" }, after);
	}
	if (!record.node) return result({ next: "assess", why: "the node is not known yet" });
	const verdict = await lookTwice({ ...record, node: record.node }, world, attempt);
	if ("decision" in verdict) {
		world.notices.say({ event: "not safe yet", maintenance: executionName(record), why: verdict.decision.why });
		const after = await withdraw(record, world, verdict.because);
		return (await heedCancel(after, world, attempt)) ?? result(verdict.decision, after);
	}
	const outcome = await letGoOrWithdraw(verdict, world, attempt);
	if (outcome !== "let go") return result({ next: "watch", why: outcome }, await withdraw(record, world));
	const closed = await changeRecord(key, world, (was) => withReleased(was, attempt.turn, world.clock.now()));
	if (!closed) return result({ next: "watch", why: "another token came" });
	await announceSafe(verdict.claimed, world);
	return result({ next: "done", why: "safe to terminate" }, closed);
};

/** What stops half-way leaves no mark behind: nobody knows when this step will be tried again. */
async function letGoOrWithdraw({ claimed, second }: Proved, world: World, attempt: Attempt): Promise<"let go" | string> {
	try {
		return await letGo(claimed, second, world, attempt);
	} catch (fault) {
		await withdraw(claimed, world);
		throw fault;
	}
}

type Placed = MaintenanceRecord & { readonly node: NodeIdentity };
type Proved = { readonly claimed: Placed; readonly second: Look };
type Refused = { readonly decision: Decision; readonly because?: readonly Finding[] };
type Verdict = Proved | Refused;

async function lookTwice(record: Placed, world: World, attempt: Attempt): Promise<Verdict> {
	const cluster = clusterOfRecord(record, world);
	const { node } = record;
	const first = await cluster.look(node, "proof");
	const basis = { node, ...(record.cordonedAt !== undefined && { cordonedAt: record.cordonedAt }) };
	const refusalOf = (proof: Proof): Refused | undefined => {
		const now = world.clock.now();
		return proof.safe ? undefined : { decision: afterProof(proof, now, record.cordonedAt ?? now), because: proof.because };
	};
	const unsafe = refusalOf(prove(first, basis));
	if (unsafe) return unsafe;
	const claimed = await claim(record, world, attempt);
	if (!claimed) return { decision: { next: "watch", why: "a token or another try came between the two looks" } };
	// From beginning to beginning, as the proof counts: each look asks in the same order, so that what it asks is as far apart.
	await world.clock.sleep(Math.max(0, first.began + LOOKS_APART_MS - world.clock.now()));
	const second = await orUnclaim(claimed, world, attempt, () => cluster.look(node, "proof"));
	return refusalOf(proveTwice(first, second, basis)) ?? { claimed: { ...claimed, node }, second };
}

/** A claim refuses every cancel: one whose try fails goes with it, for nobody knows when this step will be tried again. */
async function orUnclaim<T>(claimed: MaintenanceRecord, world: World, { turn }: Attempt, act: () => Promise<T>): Promise<T> {
	try {
		return await act();
	} catch (fault) {
		await changeRecord(claimed, world, (was) => (isReleasedBy(was, turn) ? withReopened(was) : undefined));
		throw fault;
	}
}

function claim(record: Placed, world: World, { turn }: Attempt): Promise<MaintenanceRecord | undefined> {
	const tokens = openTokens(record);
	return changeRecord(record, world, (was) =>
		isClosed(was) || was.cancel || !sameTokens(was, tokens)
			? undefined
			: withReleasing(withProved(was), turn, tokens, world.clock.now()),
	);
}

/**
 * What was said to be safe is not, or is not known to be any more: the record is open again, and the mark goes. A
 * maintenance that another try has brought to its end stays as it is. `because`: what the proof has found.
 */
async function withdraw(record: MaintenanceRecord, world: World, because: readonly Finding[] = []): Promise<MaintenanceRecord> {
	const now = await readRecord(record, world);
	if (isClosed(now)) return now;
	if (now.markedAt !== undefined) await world.instances.unmark(record.instanceId);
	const after = await changeRecord(record, world, (was) =>
		isClosed(was) ? undefined : withProofRefused(withoutMark(withReopened(was)), because, world.clock.now()),
	);
	return after ?? now;
}
