import { type Circumstances, nodeOf, presentFate, wouldEndUnallowed } from "./circumstances.ts";
import { isProtected } from "./fates.ts";
import type { Look, PodFacts, VmiFacts } from "./look.ts";
import { nameOf } from "./namespaced-name.ts";
import { fateOfPod, servesLiveLauncher } from "./pod-fates.ts";
import type { Policy } from "./policy.ts";
import { isEndedPod, isFinalVmi, isMarked, isMigrating, runsElsewhere, vmiOf, vmisOnNode } from "./presence.ts";
import type { MaintenanceRecord } from "./record.ts";

/**
 * The pods to ask the eviction API for now, in this order: launchers (largest guest first, as migrations queue), ordinary
 * pods, and infrastructure once no VMI has to do with the node. Empty while nothing is due.
 */
export function evictionsDue(look: Look, record: MaintenanceRecord, policy: Policy, now: number): readonly PodFacts[] {
	const circumstances = { look, record, policy, now };
	return inOrder(
		candidates(circumstances).filter((pod) => !isPausing(pod, circumstances)),
		look,
	);
}

/** Pods that would be due but for a refusal whose pause has not passed yet. */
export function evictionsPausing(look: Look, record: MaintenanceRecord, policy: Policy, now: number): readonly PodFacts[] {
	const circumstances = { look, record, policy, now };
	return candidates(circumstances).filter((pod) => isPausing(pod, circumstances));
}

function candidates(circumstances: Circumstances): readonly PodFacts[] {
	return circumstances.look.pods.filter((pod) => {
		const vmi = vmiOf(pod, circumstances.look);
		return !keepRules.some(({ keeps }) => keeps({ pod, vmi, circumstances }));
	});
}

type Case = { readonly pod: PodFacts; readonly vmi: VmiFacts | undefined; readonly circumstances: Circumstances };
type Keeps = (evictionCase: Case) => boolean;

const isOver: Keeps = ({ pod }) => isEndedPod(pod);

const isDeleting: Keeps = ({ pod }) => pod.deleting;

const staysWithNode: Keeps = ({ pod, circumstances }) =>
	pod.role !== "launcher" && fateOfPod(pod, circumstances.look).kind === "stays";

/** KubeVirt before 1.6.1 would allow it, and the guest would get I/O errors: https://github.com/kubevirt/kubevirt/issues/13523 */
const carriesVolumeOfLiveVm: Keeps = ({ pod, circumstances }) => servesLiveLauncher(pod, circumstances.look);

const servesMigrations: Keeps = ({ pod, circumstances }) =>
	pod.role === "infrastructure" && vmisOnNode(circumstances.look, nodeOf(circumstances)).length > 0;

/** KubeVirt refuses it for lack of a VMI, and the garbage collector takes it. */
const isOrphan: Keeps = ({ pod, vmi }) => pod.role === "launcher" && vmi === undefined;

const isEndingAnyway: Keeps = ({ vmi }) => vmi !== undefined && (vmi.deleting || isFinalVmi(vmi));

/** KubeVirt moves what is marked only while its strategy lets it: one that may be shut down instead is asked for again. */
const isMarkedAlready: Keeps = ({ vmi, circumstances }) =>
	vmi !== undefined && isMarked(vmi, nodeOf(circumstances)) && isProtected(vmi, circumstances.look);

const migratesAlready: Keeps = ({ vmi }) => vmi !== undefined && isMigrating(vmi);

/** The target of a migration that comes in, or what is left of one that went out. */
const belongsToVmElsewhere: Keeps = ({ vmi, circumstances }) => vmi !== undefined && runsElsewhere(vmi, nodeOf(circumstances));

const isBlocked: Keeps = ({ vmi, circumstances }) => vmi !== undefined && presentFate(vmi, circumstances).kind === "blocks";

const endsWithoutLeave: Keeps = ({ vmi, circumstances }) =>
	vmi !== undefined && wouldEndUnallowed(vmi, presentFate(vmi, circumstances), circumstances);

/** Why a pod on the node is not asked for; the first that holds is enough. */
export const keepRules: readonly { readonly name: string; readonly keeps: Keeps }[] = [
	{ name: "is over", keeps: isOver },
	{ name: "is deleting", keeps: isDeleting },
	{ name: "stays with node", keeps: staysWithNode },
	{ name: "carries volume of live vm", keeps: carriesVolumeOfLiveVm },
	{ name: "serves migrations", keeps: servesMigrations },
	{ name: "is orphan", keeps: isOrphan },
	{ name: "is ending anyway", keeps: isEndingAnyway },
	{ name: "is marked already", keeps: isMarkedAlready },
	{ name: "migrates already", keeps: migratesAlready },
	{ name: "belongs to vm elsewhere", keeps: belongsToVmElsewhere },
	{ name: "is blocked", keeps: isBlocked },
	{ name: "ends without leave", keeps: endsWithoutLeave },
];

const isPausing = (pod: PodFacts, { record, now }: Circumstances): boolean => (record.refusals[pod.uid]?.nextAt ?? 0) > now;

const turnOf: Readonly<Record<PodFacts["role"], number>> = { launcher: 0, hotplug: 1, ordinary: 1, infrastructure: 2 };

function inOrder(pods: readonly PodFacts[], look: Look): readonly PodFacts[] {
	const memory = (pod: PodFacts) => vmiOf(pod, look)?.memoryBytes ?? 0;
	return pods.toSorted(
		(a, b) => turnOf[a.role] - turnOf[b.role] || memory(b) - memory(a) || comparePlaces(a, b), //
	);
}

function comparePlaces(a: PodFacts, b: PodFacts): number {
	const [first, second] = [nameOf(a), nameOf(b)];
	return first < second ? -1 : 1;
}
