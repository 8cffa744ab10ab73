import { cancelHeld } from "./cancellation.ts";
import { type Circumstances, fatesOnNode, nodeOf, wouldEndUnallowed } from "./circumstances.ts";
import { heartbeatsRefused } from "./heartbeats.ts";
import { isSameNode } from "./identity.ts";
import type { Look } from "./look.ts";
import { failedMigrations, leftovers, TROUBLING_FAILURES } from "./movement.ts";
import { nameOf } from "./namespaced-name.ts";
import { isTooShort, openHooks } from "./pace.ts";
import { leavingShare, type Policy } from "./policy.ts";
import type { MaintenanceRecord } from "./record.ts";
import { standstill, timeRunsOut } from "./standstill.ts";
import type { Trouble } from "./trouble.ts";
import { keptTroubles } from "./trouble-limits.ts";
import { guardUnreachable, noNode, notOurNode, tooManyLeave } from "./trouble-texts.ts";

/** So many refusals of one pod in a row are a human's business. */
const TROUBLING_REFUSALS = 3;

/** Everything about this look and record that a human must know, each with its way out. */
export const troublesOf = (look: Look, record: MaintenanceRecord, policy: Policy, now: number): readonly Trouble[] =>
	keptTroubles(
		record.cancel === undefined
			? withStandstill({ look, record, policy, now }, sources)
			: sourcesOfCancelled.flatMap((source) => source({ look, record, policy, now })),
	);

/** Those of `after` that were not known `before`: only they are told. */
export const newTroubles = (before: readonly Trouble[], after: readonly Trouble[]): readonly Trouble[] =>
	after.filter(({ kind, about }) => !before.some((known) => known.kind === kind && known.about === about));

/** What stands still counts only where no other trouble names it. */
function withStandstill(circumstances: Circumstances, named: readonly Source[]): readonly Trouble[] {
	const known = named.flatMap((source) => source(circumstances));
	return [...known, ...standstill(circumstances, known)];
}

type Source = (circumstances: Circumstances) => readonly Trouble[];

const nodeIsWrong: Source = ({ look: { node }, record }) => {
	if (!node) return [noNode(record)];
	return record.node && !isSameNode(node, record.node) ? [notOurNode(node, record.node)] : [];
};

const nodeIsSilent: Source = ({ look: { node } }) =>
	node && !node.ready
		? [
				{
					kind: "node-not-ready",
					about: node.name,
					says: `Node ${node.name} is not ready, so nothing on it can end or migrate and its VMs count as alive; bring its kubelet back.`,
				},
			]
		: [];

const vmsBlock: Source = (circumstances) =>
	fatesOnNode(circumstances)
		.filter(({ fate }) => fate.until === "operator")
		.map(({ vmi, fate }) => {
			const about = nameOf(vmi);
			return { kind: "vm-blocks", about, says: `VM ${about} will not leave: ${fate.why}; change that, or stop the VM.` };
		});

const vmsLackRoom: Source = (circumstances) =>
	fatesOnNode(circumstances)
		.filter(({ fate }) => fate.until === "room")
		.map(({ vmi, fate }) => {
			const about = nameOf(vmi);
			return { kind: "no-room", about, says: `VM ${about} stays for now: ${fate.why}; add a node that fits it, or free one.` };
		});

const vmsWouldEnd: Source = (circumstances) =>
	fatesOnNode(circumstances)
		.filter(({ vmi, fate }) => wouldEndUnallowed(vmi, fate, circumstances))
		.map(({ vmi, fate }) => {
			const about = nameOf(vmi);
			const end = fate.kind === "stops" ? "be stopped and not started again" : "be lost";
			return {
				kind: "vm-would-end",
				about,
				says: `VM ${about} would ${end} (${fate.why}); name it in an order's mayEnd (in the policy's it counts for drains to come), or stop it yourself.`,
			};
		});

const migrationsFail: Source = (circumstances) =>
	fatesOnNode(circumstances).flatMap(({ vmi }) => {
		const failed = failedMigrations(vmi, circumstances);
		if (failed.length < TROUBLING_FAILURES) return [];
		const about = nameOf(vmi);
		const reason = failed.at(-1)?.failureReason ?? vmi.migration?.failureReason ?? "KubeVirt gives no reason";
		return [
			{
				kind: "migration-failing",
				about,
				says: `${failed.length} migrations of VM ${about} have failed, the last one: ${reason}; KubeVirt goes on trying, remove the reason.`,
			} as const,
		];
	});

const launchersAreLeft: Source = (circumstances) =>
	leftovers(circumstances).map((pod) => ({
		kind: "eviction-refused",
		about: nameOf(pod),
		says: `Launcher ${nameOf(pod)} still runs on ${nodeOf(circumstances)} though its VM has migrated; look which of its containers does not end, and delete the pod by hand.`,
	}));

const evictionsAreRefused: Source = ({ look, record }) =>
	look.pods.flatMap((pod) => {
		const refusal = record.refusals[pod.uid];
		if (!refusal || pod.deleting || refusal.count < TROUBLING_REFUSALS) return [];
		const about = nameOf(pod);
		if (refusal.why.includes("failed calling webhook")) return [guardUnreachable(about, refusal.why)];
		return [
			{
				kind: "eviction-refused",
				about,
				says: `The eviction of ${about} was refused ${refusal.count} times (${refusal.why}); ${wayOutOf(refusal.why)}.`,
			} as const,
		];
	});

/** What a budget says names it; anything else is no matter of budgets. */
function wayOutOf(why: string): string {
	if (why.includes("more than one PodDisruptionBudget")) return "leave it only one";
	return why.includes("disruption budget") ? "make room in its PodDisruptionBudget" : "remove the reason";
}

const newDrainsPause: Source = ({ record: { cluster, slot }, policy }) =>
	slot?.paused ? [tooManyLeave(cluster, slot.paused, leavingShare(policy))] : [];

const beatsAreRefused: Source = ({ record, now }) => heartbeatsRefused(record, now);

/** Under our mark it was answered by us, in a Release whose end nobody heard of, or by somebody whom the mark told to. */
const isAnsweredByMark = (lostAt: number, { markedAt }: MaintenanceRecord): boolean =>
	markedAt !== undefined && lostAt >= markedAt;

const hooksAreLost: Source = ({ record }) =>
	record.hooks
		.filter(({ lostAt }) => lostAt !== undefined && !isAnsweredByMark(lostAt, record))
		.map(({ hook, group }) => ({
			kind: "hook-lost",
			about: hook,
			says: `AWS no longer knows the action of hook ${hook} of group ${group}: another one answered it or it timed out, and AWS may take the instance; see the group's activities.`,
		}));

const hooksAreShort: Source = ({ record }) =>
	openHooks(record)
		.filter(isTooShort)
		.map(({ hook, group, timeoutSeconds }) => ({
			kind: "hook-too-short",
			about: hook,
			says: `Hook ${hook} of group ${group} times out after ${timeoutSeconds} s, which one slow turn can outlast; give it at least 300 s.`,
		}));

const hookHoldsCancelled: Source = ({ record }) => (openHooks(record).length > 0 ? [cancelHeld(record)] : []);

/** What blocks a drain that nobody wants any more is no trouble. */
const sourcesOfCancelled: readonly Source[] = [
	hookHoldsCancelled, //
	nodeIsWrong,
	beatsAreRefused,
	hooksAreLost,
	hooksAreShort,
	timeRunsOut,
];

const sources: readonly Source[] = [
	nodeIsWrong,
	nodeIsSilent,
	vmsBlock,
	vmsLackRoom,
	vmsWouldEnd,
	migrationsFail,
	launchersAreLeft,
	evictionsAreRefused,
	newDrainsPause,
	beatsAreRefused,
	hooksAreLost,
	hooksAreShort,
	timeRunsOut,
];
