import type { Launcher, ObserverCluster } from "./observer-cluster.ts";
import {
	hasEnded,
	isFinal,
	migrationUidOf,
	type SeenMigration,
	type SeenMigrationState,
	type SeenVmi,
} from "./observer-objects.ts";

const isLiving = ({ pod, gone }: Launcher): boolean => !gone && !hasEnded(pod);

/** Phases in which no guest has been started yet. */
const early = [undefined, "", "Pending", "Scheduling", "WaitingForSync"];

/** Phases in which a migration has touched nothing yet. */
const waiting = [undefined, "", "Pending"];

const isUnderWay = (state: SeenMigrationState | undefined): state is SeenMigrationState =>
	state?.startTimestamp !== undefined && state.endTimestamp === undefined;

/**
 * The instances on which this guest may be alive; none when it has ended. In doubt it is alive on both: in post-copy, when
 * its launcher has ended and nobody has said what became of the migration, when its VMI is gone and a launcher is not.
 */
export function placesOf(cluster: ObserverCluster, vmi: SeenVmi, gone: boolean): readonly string[] {
	const launchers = cluster.launchersOf(vmi.metadata.uid);
	const living = launchers.filter(isLiving);
	if (gone) return idsOf(living.map(({ instanceId }) => instanceId));
	const { phase, nodeName, migrationState } = vmi.status ?? {};
	if (isFinal(vmi) || early.includes(phase) || nodeName === undefined) return [];
	const here = launchers.findLast(({ pod }) => pod.spec?.nodeName === nodeName);
	const places = [here?.instanceId ?? cluster.instanceUnder(nodeName)];
	if (isUnderWay(migrationState) && (migrationState.mode === "PostCopy" || here === undefined || !isLiving(here)))
		places.push(...living.map(({ instanceId }) => instanceId));
	return idsOf(places);
}

/** Where the memory of this guest comes from and goes to while it is on its way. */
export function endsOf(
	cluster: ObserverCluster,
	vmi: SeenVmi,
): { readonly sourceInstance: string; readonly targetInstance: string } | undefined {
	const state = vmi.status?.migrationState;
	if (!isUnderWay(state) || isFinal(vmi)) return undefined;
	const at = (nodeName: string | undefined): string =>
		cluster.launchersOf(vmi.metadata.uid).findLast(({ pod }) => pod.spec?.nodeName === nodeName)?.instanceId ??
		cluster.instanceUnder(nodeName) ??
		"";
	return { sourceInstance: at(state.sourceNode), targetInstance: at(state.targetNode) };
}

/** The instances that a migration object has to do with, by its VMI's word or by the pod that was made for it. */
export function instancesOf(cluster: ObserverCluster, migration: SeenMigration): readonly string[] {
	const { uid, namespace = "" } = migration.metadata;
	const vmi = cluster.vmiNamed(namespace, migration.spec?.vmiName ?? "");
	const state = vmi?.status?.migrationState;
	const named = state?.migrationUid === uid ? [state.sourceNode, state.targetNode] : [];
	const targets = cluster.launchers().filter((launcher) => isLiving(launcher) && migrationUidOf(launcher.pod) === uid);
	return idsOf([...named.map((node) => cluster.instanceUnder(node)), ...targets.map(({ instanceId }) => instanceId)]);
}

/** Neither final nor waiting: it has begun to do something. */
export const hasBegun = (migration: SeenMigration): boolean => !isFinal(migration) && !waiting.includes(migration.status?.phase);

const idsOf = (ids: readonly (string | undefined)[]): string[] => [...new Set(ids.filter((id) => id !== undefined))];
