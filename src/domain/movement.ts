import { type Circumstances, fatesOnNode, nodeOf, presentFate } from "./circumstances.ts";
import type { MigrationFacts, PodFacts, VmiFacts } from "./look.ts";
import { fateOfPod } from "./pod-fates.ts";
import { isAwaited, isEndedPod, isFinalVmi, isMarked, isMigrating, liveLaunchers, runsElsewhere, vmiOf } from "./presence.ts";
import { migrationsOver } from "./proof-migrations.ts";

/** So many failed migrations of one VM that the next one will hardly be better by itself. */
export const TROUBLING_FAILURES = 3;
/** A launcher whose VMI runs elsewhere ends within seconds; after this it is stuck. Milliseconds. */
const LEFTOVER_GRACE_MS = 60_000;

/**
 * The VM's migrations that failed in a row during this maintenance, oldest first. KubeVirt keeps the last five of all that
 * are final, also those of months ago.
 */
export function failedMigrations(vmi: VmiFacts, { look, record }: Circumstances): readonly MigrationFacts[] {
	const its = look.migrations
		.filter(({ namespace, vmiName }) => namespace === vmi.namespace && vmiName === vmi.name)
		.filter(({ createdAt }) => createdAt >= record.openedAt)
		.toSorted((a, b) => a.createdAt - b.createdAt);
	const sinceSuccess = its.slice(its.findLastIndex(({ phase }) => phase === "Succeeded") + 1);
	return sinceSuccess.filter(({ phase }) => phase === "Failed");
}

/** Launchers on the node whose VMI has been running elsewhere for longer than a launcher needs to end. */
export const leftovers = (circumstances: Circumstances): readonly PodFacts[] =>
	liveLaunchers(circumstances.look).filter((pod) => isLeftover(pod, circumstances));

function isLeftover(pod: PodFacts, circumstances: Circumstances): boolean {
	const vmi = vmiOf(pod, circumstances.look);
	if (!vmi || isMigrating(vmi) || isAwaited(pod, circumstances.look) || !runsElsewhere(vmi, nodeOf(circumstances))) return false;
	const arrivedAt = circumstances.record.vms.find(({ uid }) => uid === vmi.uid)?.outcomeAt;
	return arrivedAt !== undefined && circumstances.now - arrivedAt > LEFTOVER_GRACE_MS;
}

type Moves = (circumstances: Circumstances) => boolean;

const podEnds: Moves = ({ look }) => look.pods.some((pod) => pod.deleting && !isEndedPod(pod) && counts(pod, look));

const counts = (pod: PodFacts, look: Circumstances["look"]): boolean =>
	pod.role === "launcher" || fateOfPod(pod, look).kind !== "stays";

const launcherEnds: Moves = (circumstances) =>
	liveLaunchers(circumstances.look).some((pod) => {
		const vmi = vmiOf(pod, circumstances.look);
		if (!vmi) return true;
		return (isFinalVmi(vmi) || runsElsewhere(vmi, nodeOf(circumstances))) && !isLeftover(pod, circumstances);
	});

/** KubeVirt says of the VMI a moment later what became of it. */
const launcherHasEnded: Moves = (circumstances) =>
	fatesOnNode(circumstances).some(({ vmi }) => {
		const launchers = circumstances.look.pods.filter(({ role, vmiUid }) => role === "launcher" && vmiUid === vmi.uid);
		return launchers.length > 0 && launchers.every(isEndedPod) && !isMigrating(vmi);
	});

const migrationRuns: Moves = (circumstances) => migrationsOver(circumstances.look, nodeOf(circumstances)).length > 0;

const vmLeaves: Moves = (circumstances) =>
	fatesOnNode(circumstances).some(({ vmi }) => vmi.deleting || isMigrating(vmi) || waitsForKubeVirt(vmi, circumstances));

/** Marked, and KubeVirt has not failed so often that its back-off is longer than a pause of ours. */
function waitsForKubeVirt(vmi: VmiFacts, circumstances: Circumstances): boolean {
	if (!isMarked(vmi, nodeOf(circumstances)) || presentFate(vmi, circumstances).by !== "kubevirt") return false;
	return failedMigrations(vmi, circumstances).length < TROUBLING_FAILURES;
}

const vmStarts: Moves = (circumstances) => fatesOnNode(circumstances).some(({ fate }) => fate.until === "soon");

const movements: readonly Moves[] = [
	podEnds, //
	launcherEnds,
	launcherHasEnded,
	migrationRuns,
	vmLeaves,
	vmStarts,
];

/** Whether something on the node is under way that will change what the next look sees within seconds or minutes. */
export const isMovingOn = (circumstances: Circumstances): boolean => movements.some((moves) => moves(circumstances));
