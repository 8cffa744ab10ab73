import type { Fate } from "./fate.ts";
import { cordonTaint, someoneCanHost, tolerates } from "./hosting.ts";
import type { EvictionStrategy, Look, PodFacts, VmiFacts } from "./look.ts";
import { isEndedPod, isFinalVmi, isMigrating, launcherOf, runsElsewhere } from "./presence.ts";
import { fateOfShutdown } from "./shutdown-fate.ts";

/** Where a VMI's fate is asked for: one observation, and the name of the node under maintenance. */
type Place = { readonly look: Look; readonly node: string };

/** The VMI's own strategy, even when that is None; else the cluster's. */
export const strategyOf = (vmi: VmiFacts, look: Look): EvictionStrategy => vmi.evictionStrategy ?? look.defaultStrategy;

/**
 * Whether KubeVirt's webhook has to refuse the eviction of this VMI's launcher. Where it is allowed, the guard is missing.
 * https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-api/webhooks/validating-webhook/admitters/pod-eviction-admitter.go
 */
export function isProtected(vmi: VmiFacts, look: Look): boolean {
	const strategy = strategyOf(vmi, look);
	if (strategy === "LiveMigrateIfPossible") return vmi.migratable === "yes";
	return strategy === "LiveMigrate" || strategy === "External";
}

/**
 * What becomes of a VM when its launcher leaves the node; first opinion wins. Room elsewhere has a say only in looks that
 * have surroundings.
 */
export function fateOfVmi(vmi: VmiFacts, place: Place): Fate {
	const scene: Scene = { ...place, vmi, strategy: strategyOf(vmi, place.look), launcher: launcherOf(vmi, place.look) };
	for (const opinion of fateOpinions) {
		const fate = opinion(scene);
		if (fate) return fate;
	}
	return fateOfShutdown(vmi, place.look);
}

type Scene = Place & { readonly vmi: VmiFacts; readonly strategy: EvictionStrategy; readonly launcher: PodFacts | undefined };
type Opinion = (scene: Scene) => Fate | undefined;

const hasEnded: Opinion = ({ vmi, look }) => {
	if (!isFinalVmi(vmi)) return undefined;
	const { kind, why } = fateOfShutdown(vmi, look);
	return { kind: kind === "blocks" ? "stops" : kind, why: `its guest has ended (${vmi.phase}); ${why}` };
};

const isBeingDeleted: Opinion = ({ vmi, look }) => {
	if (!vmi.deleting) return undefined;
	const { kind, why } = fateOfShutdown(vmi, look);
	return { kind: kind === "blocks" ? "stops" : kind, why: `it is being deleted, not by Evacuator; ${why}` };
};

const comesIn: Opinion = ({ vmi, node }) =>
	isMigrating(vmi) && runsElsewhere(vmi, node) && vmi.migration?.targetNode === node
		? { kind: "blocks", until: "soon", why: "it is migrating to this node and can leave once it has arrived" }
		: undefined;

const hasLeft: Opinion = ({ vmi, node }) =>
	runsElsewhere(vmi, node)
		? { kind: "migrates", by: "kubevirt", why: `it runs on ${vmi.nodeName} already, its launcher here is about to end` }
		: undefined;

const isLeaving: Opinion = ({ vmi }) =>
	isMigrating(vmi)
		? { kind: "migrates", by: "kubevirt", why: `it is migrating to ${vmi.migration?.targetNode ?? "another node"} already` }
		: undefined;

const external: Opinion = ({ strategy }) =>
	strategy === "External"
		? { kind: "migrates", by: "external", why: "eviction strategy External: its own controller has to move it" }
		: undefined;

const wantsMigration = (strategy: EvictionStrategy): boolean =>
	strategy === "LiveMigrate" || strategy === "LiveMigrateIfPossible";

const hasStarted = ({ phase }: VmiFacts): boolean => phase === "Running" || phase === "Unknown";

/** LiveMigratable appears when the guest runs; until then KubeVirt would refuse, or shut down what could migrate. */
const isStarting: Opinion = ({ vmi, strategy }) =>
	wantsMigration(strategy) && (vmi.migratable === "unknown" || !hasStarted(vmi))
		? {
				kind: "blocks",
				until: "soon",
				why: `eviction strategy ${strategy}, but it is ${vmi.phase} and not known to be migratable yet`,
			}
		: undefined;

const cannotMigrate: Opinion = ({ vmi, strategy }) =>
	strategy === "LiveMigrate" && vmi.migratable !== "yes"
		? {
				kind: "blocks",
				until: "operator",
				why: `eviction strategy LiveMigrate, but it cannot migrate: ${vmi.notMigratableBecause ?? "KubeVirt gives no reason"}`,
			}
		: undefined;

const nowhereToMigrate: Opinion = (scene) =>
	wantsMigration(scene.strategy) && scene.vmi.migratable === "yes" && !hasRoomElsewhere(scene)
		? { kind: "blocks", until: "room", why: `eviction strategy ${scene.strategy}, but no other node could host it` }
		: undefined;

const migrates: Opinion = ({ vmi, strategy }) =>
	wantsMigration(strategy) && vmi.migratable === "yes"
		? { kind: "migrates", by: "kubevirt", why: `eviction strategy ${strategy}` }
		: undefined;

const wouldComeBack: Opinion = ({ vmi, look, launcher }) => {
	const next = fateOfShutdown(vmi, look);
	return startsAgain(next) && launcher !== undefined && tolerates(launcher, cordonTaint)
		? { kind: "blocks", until: "operator", why: `it tolerates the cordon and would come back to this node; ${next.why}` }
		: undefined;
};

const nowhereToRestart: Opinion = (scene) => {
	const next = fateOfShutdown(scene.vmi, scene.look);
	return startsAgain(next) && !hasRoomElsewhere(scene)
		? { kind: "blocks", until: "room", why: `it would be shut down, and no other node could host it; ${next.why}` }
		: undefined;
};

const startsAgain = ({ kind }: Fate): boolean => kind === "restarts elsewhere" || kind === "is replaced";

/**
 * What a look without surroundings cannot tell does not count against a VM. A target pod that has its place already holds
 * the very room that it would be said to lack.
 */
const hasRoomElsewhere = ({ vmi, look: { surroundings }, launcher }: Scene): boolean =>
	surroundings === undefined ||
	launcher === undefined ||
	someoneCanHost(launcher, surroundings) ||
	surroundings.pods.some((pod) => pod.vmiUid === vmi.uid && pod.migrationUid !== undefined && !isEndedPod(pod));

const fateOpinions: readonly Opinion[] = [
	hasEnded,
	isBeingDeleted,
	comesIn,
	hasLeft,
	isLeaving,
	external,
	isStarting,
	cannotMigrate,
	nowhereToMigrate,
	migrates,
	wouldComeBack,
	nowhereToRestart,
];
