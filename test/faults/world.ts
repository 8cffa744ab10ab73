import type { HookSettings } from "../../src/local/aws/account.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import { here, tolerant } from "../rules/tricks.ts";
import type { Random } from "./random.ts";

const vmFates = [
	"migrates",
	"migrates in trouble",
	"shuts down",
	"is replaced",
	"would stop",
	"would be lost",
	"blocks",
] as const;

/** One VM of the leaving node, by what would become of it. */
export type VmOfWorld = {
	readonly name: string;
	readonly fate: (typeof vmFates)[number];
	readonly seconds: number;
	readonly may: boolean;
};

/** A small cluster, one of its nodes, and how it is told to leave. */
export type WorldPlan = {
	readonly kubevirtVersion: string;
	/** Other nodes. */
	readonly others: number;
	readonly vms: readonly VmOfWorld[];
	/** Pods of one deployment on the leaving node. */
	readonly pods: number;
	/** Whether a PodDisruptionBudget lets only one of them go at a time. */
	readonly budget: boolean;
	/** A VM elsewhere that could be migrated to the leaving node. */
	readonly neighbour: boolean;
	readonly hookSeconds: number;
	readonly defaultResult: HookSettings["defaultResult"];
	/** Whether the group has a second hook of ours; `late`: its event comes only as a fault. */
	readonly secondHook: "none" | "told" | "late";
	readonly retain: boolean;
	readonly begins: "hook" | "order" | "order, then hook";
};

/** A world of one to four VMs, none to three pods, one or two hooks and two to three nodes. */
export function planWorld(random: Random): WorldPlan {
	const vms = Array.from({ length: random.weighed({ 1: 5, 2: 3, 3: 1, 4: 1 }) as unknown as number }, (_, index) => ({
		name: `vm-${index}`,
		fate: random.weighed({
			migrates: 12,
			"migrates in trouble": 4,
			"shuts down": 3,
			"is replaced": 1,
			"would stop": 1,
			"would be lost": 1,
			blocks: 1,
		}),
		seconds: random.whole(3, 25),
		may: random.chance(0.7),
	}));
	return {
		kubevirtVersion: random.weighed({ "1.9.0": 6, "1.7.0": 2, "1.5.1": 1 }),
		others: random.weighed({ 1: 2, 2: 3 }) === "1" ? 1 : 2,
		vms,
		pods: Number(random.weighed({ 0: 5, 1: 2, 2: 2, 3: 1 })),
		budget: random.chance(0.7),
		neighbour: random.chance(0.25),
		hookSeconds: Number(random.weighed({ 300: 2, 600: 1, 3600: 4 })),
		defaultResult: random.chance(0.8) ? "ABANDON" : "CONTINUE",
		secondHook: random.weighed({ none: 7, told: 1, late: 2 }),
		retain: random.chance(0.3),
		begins: random.weighed({ hook: 8, order: 1, "order, then hook": 1 }),
	};
}

export const namespace = "shop";
const never = { reason: "HostDeviceNotLiveMigratable", message: "it has a GPU" };

/** Puts the world's VMs and pods on the node. */
export function seedWorld(plan: WorldPlan, cluster: SimulatedCluster, node: string, others: readonly string[]): void {
	for (const vm of plan.vms) seedVmOf(vm, cluster, node);
	if (plan.neighbour) {
		const [on = ""] = others;
		const spec = { ...here(node, on), ...tolerant };
		cluster.add.vm({ namespace, name: "neighbour", evictionStrategy: "LiveMigrate", on, migrationSeconds: 60, spec });
	}
	if (plan.pods === 0) return;
	const on = Array.from({ length: plan.pods }, () => node);
	cluster.add.deployment({ namespace, name: "web", on, labels: { app: "web" } });
	if (plan.budget) cluster.add.pdb({ namespace, name: "web", matchLabels: { app: "web" }, maxUnavailable: 1 });
}

function seedVmOf({ name, fate, seconds }: VmOfWorld, { add }: SimulatedCluster, on: string): void {
	const vm = { namespace, name, on, migrationSeconds: seconds } as const;
	const migrates = { ...vm, evictionStrategy: "LiveMigrate" } as const;
	switch (fate) {
		case "migrates":
			return void add.vm(migrates);
		case "migrates in trouble":
			return void add.vm({ ...migrates, ...troubleOf(seconds) });
		case "shuts down":
			return void add.vm({ ...vm, evictionStrategy: "None" });
		case "is replaced":
			return void add.vmirs({ ...vm, evictionStrategy: "None", on: [on] });
		case "would stop":
			return void add.vm({ ...vm, evictionStrategy: "None", runStrategy: "RerunOnFailure" });
		case "would be lost":
			return void add.vmi({ ...vm, evictionStrategy: "None" });
		case "blocks":
			return void add.vm({ ...migrates, notMigratable: never });
	}
}

/** What is not as it should be about a migration; which, the seconds decide. */
function troubleOf(seconds: number) {
	const troubles = [
		{ migrationFailures: 1 },
		{ postCopy: true },
		{ sourceLingersSeconds: 40 },
		{ migrationObjectLagSeconds: 90 },
	];
	return troubles[seconds % troubles.length];
}
