import * as z from "zod";
import type { Look } from "../domain/look.ts";
import type { Policy } from "../domain/policy.ts";
import type { ProofBasis } from "../domain/proof.ts";
import type { Invocation } from "../local/embedded-ground.ts";
import type { Telling } from "./demo-event.ts";
import { fatesOf } from "./fates-of.ts";
import { proofOf } from "./proof-of.ts";
import { witnessed } from "./witness.ts";

type Invoke = (invocation: Invocation) => Promise<unknown>;

const stepSchema = z.object({ instanceId: z.string() });

/**
 * Invokes the functions and tells what two of them saw: the fates, when Assess has written them and before the next step
 * begins, and the proof, when Release has made its second look. Asks the cluster nothing itself.
 */
export function spectator(invoke: Invoke, policy: Policy, tell: (telling: Telling) => void): Invoke {
	const told = { fates: false, proof: false };
	const watchAssess: Invoke = async (invocation) => {
		let survey: Look | undefined;
		const world = witnessed(invocation.world, async (look, scope) => {
			if (scope === "survey") survey = look;
		});
		const answer = await invoke({ ...invocation, world });
		const record = await recordOf(invocation);
		if (survey && record && !told.fates) {
			told.fates = true;
			tell(fatesOf(survey, record, policy, world.clock.now()));
		}
		return answer;
	};
	const watchRelease: Invoke = (invocation) => {
		let first: { readonly look: Look; readonly basis: ProofBasis } | undefined;
		const world = witnessed(invocation.world, async (look, scope) => {
			if (scope !== "proof" || told.proof) return;
			const proof = first && proofOf(first.look, look, first.basis);
			if (proof) {
				told.proof = true;
				tell(proof);
			}
			const record = first ? undefined : await recordOf(invocation);
			if (!record?.node) return;
			const { node, cordonedAt } = record;
			first = { look, basis: { node, ...(cordonedAt !== undefined && { cordonedAt }) } };
		});
		return invoke({ ...invocation, world });
	};
	return (invocation) => {
		if (invocation.name === "assess") return watchAssess(invocation);
		return invocation.name === "release" ? watchRelease(invocation) : invoke(invocation);
	};
}

function recordOf({ event, world }: Invocation) {
	return world.records.latest(stepSchema.parse(event).instanceId);
}
