import { type Circumstances, fatesOnNode } from "./circumstances.ts";
import type { VmiFacts } from "./look.ts";

/** https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-config/virt-config.go (completionTimeoutPerGiB) */
const SECONDS_PER_GIB = 150;
const GIB = 1024 ** 3;
/** KubeVirt adds this to the guest's own grace period. */
const LAUNCHER_GRACE_SECONDS = 30;
const DEFAULT_OUTBOUND = 2;

/** How long the drain may take if no migration fails: an upper bound, for the operator and for nothing else. */
type Estimate = {
	readonly seconds: number;
	/** How many VMs have to migrate, and how many at a time. */
	readonly migrations: number;
	readonly atATime: number;
	/** How many VMs have to be shut down; they go at the same time. */
	readonly shutdowns: number;
};

export function estimateOf(circumstances: Circumstances): Estimate {
	const fates = fatesOnNode(circumstances);
	const migrating = fates.filter(({ fate }) => fate.kind === "migrates").map(({ vmi }) => vmi);
	const ending = fates.filter(({ fate }) => fate.kind !== "migrates" && fate.kind !== "blocks").map(({ vmi }) => vmi);
	const atATime = slots(circumstances);
	return {
		seconds: Math.max(makespan(migrating.map(migrationSeconds), atATime), ...ending.map(shutdownSeconds)),
		migrations: migrating.length,
		atATime,
		shutdowns: ending.length,
	};
}

function slots({ look }: Circumstances): number {
	const kubevirt = look.surroundings?.kubevirt;
	const outbound = kubevirt?.parallelOutboundMigrationsPerNode ?? DEFAULT_OUTBOUND;
	return Math.max(1, Math.min(outbound, kubevirt?.parallelMigrationsPerCluster ?? outbound));
}

const migrationSeconds = ({ memoryBytes }: VmiFacts): number => Math.ceil((memoryBytes / GIB) * SECONDS_PER_GIB);

const shutdownSeconds = ({ terminationGracePeriodSeconds }: VmiFacts): number =>
	terminationGracePeriodSeconds + LAUNCHER_GRACE_SECONDS;

/** The longest first, each to the slot that is free first. */
function makespan(durations: readonly number[], count: number): number {
	const busy = new Array<number>(count).fill(0);
	for (const duration of durations.toSorted((a, b) => b - a)) {
		const free = busy.indexOf(Math.min(...busy));
		busy[free] = (busy[free] ?? 0) + duration;
	}
	return Math.max(0, ...busy);
}
