import { strictPolicy } from "../../../src/domain/policy.ts";
import { vmKnobsOf, vmOf } from "../../../src/local/cluster/seed-vms.ts";
import { HOOK } from "../../scenarios/drill.ts";
import { isOurs } from "../../scenarios/stage.ts";
import type { ComparedStage, Load } from "../audit/compare-drains.ts";
import { kubectlDrain, writeKubectlConfig } from "../audit/kubectl-drain.ts";
import { ensureNamespace } from "./bring-about.ts";
import { clearAway } from "./clear-away.ts";
import { pathOf } from "./collections.ts";
import type { Lane } from "./lane.ts";
import { patiently } from "./patiently.ts";
import { startRealGround } from "./real-ground.ts";

const POOL = "evacuator.test/pool";
const TARGETS = 2;
const KUBECTL_SECONDS = 900;
const kubevirtPath = "/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt";

type Pool = { readonly name: string; readonly instanceId: string; readonly nodes: readonly string[] };

type ComparedStageOptions = {
	readonly kubectl: string;
	/** Drains of each program at the same time in the short runs. */
	readonly atOnce: number;
	/** Milliseconds from the beginning of one drain to that of the next. */
	readonly apartMs: number;
	readonly say: (line: string) => void;
};

/**
 * Where our drains are measured beside kubectl's: each in a pool of nodes of its own, into which its VMs may move and no
 * others. KubeVirt may move two VMs off a node at a time, as by default, and as many in the cluster as that takes.
 */
export async function comparedStage(lane: Lane, { kubectl, atOnce, apartMs, say }: ComparedStageOptions): Promise<ComparedStage> {
	const { agent, admin, plane, clock, observer } = lane;
	const kubeconfig = await writeKubectlConfig(plane);
	const migrations = { parallelOutboundMigrationsPerNode: 2, parallelMigrationsPerCluster: 4 * atOnce };
	const pools = new Map<string, Pool>();
	const poolOf = (node: string): Pool => {
		const pool = pools.get(node);
		if (pool === undefined) throw new Error(`cannot find the pool of ${node}: it was never loaded`);
		return pool;
	};
	const addNode = async (pool: string, instanceId?: string): Promise<string> => {
		const labels = { [POOL]: pool };
		return (await agent.addNode({ labels, ...(instanceId === undefined ? {} : { instanceId }) })).metadata.name;
	};
	return {
		kubevirt: plane.versions.kubevirt,
		observer,
		auditLog: plane.auditLog,
		isOurs,
		atOnce,
		apartMs,
		say,
		async load(load) {
			await admin.insist("PATCH", kubevirtPath, { spec: { configuration: { migrations } } });
			const number = pools.size + 1;
			const name = `pool-${number}`;
			const instanceId = `i-${(0xc0de0000 + number).toString(16).padStart(17, "0")}`;
			pools.set(name, { name, instanceId, nodes: [] });
			const leaving = await addNode(name, instanceId);
			await fill(lane, name, load);
			const nodes = [leaving];
			for (let target = 0; target < TARGETS; target++) nodes.push(await addNode(name));
			pools.set(leaving, { name, instanceId, nodes });
			return leaving;
		},
		async drainOurs(node) {
			const { instanceId } = poolOf(node);
			const completed = Promise.withResolvers<number>();
			const real = await startRealGround({
				lane,
				policy: strictPolicy,
				hooks: [HOOK],
				instances: [instanceId],
				onAccountEvent: ({ kind }) => kind === "ended" && completed.resolve(clock.now()),
			});
			try {
				const beganAt = clock.now();
				real.ground.aws.terminate(instanceId, "scale in");
				const endedAt = await completed.promise;
				await real.judged();
				const broken = real.monitor.violations.map(({ law, says }) => `law ${law}: ${says}`);
				if (broken.length > 0) throw new Error(`cannot compare: our drain of ${node} broke ${broken.join("; ")}`);
				return { beganAt, endedAt };
			} finally {
				await real.stop();
			}
		},
		drainByKubectl: (node) => kubectlDrain({ kubectl, kubeconfig, node, timeoutSeconds: KUBECTL_SECONDS }),
		async clear(node) {
			const { name, nodes } = poolOf(node);
			await clearAway(admin, agent, { nodes, namespaces: [name] }, (what, holds) => patiently(clock, what, holds, 3));
		},
	};
}

/** All of them run on the only node of the pool that there is. */
async function fill({ admin, agent, clock }: Lane, pool: string, { vms, migrationSeconds }: Load): Promise<void> {
	await ensureNamespace(admin, pool);
	const path = pathOf("virtualmachines", pool);
	for (let number = 1; number <= vms; number++) {
		// Up to 1.8 KubeVirt counts a node's migrations by the bare names of VMs: one of the same name on another node takes a slot.
		// https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-controller/watch/drain/evacuation/evacuation.go#L563
		const spec = { nodeSelector: { [POOL]: pool } };
		const seed = {
			namespace: pool,
			name: `${pool}-vm-${number}`,
			evictionStrategy: "LiveMigrate",
			migrationSeconds,
			spec,
		} as const;
		agent.knobs.turn(pool, seed.name, vmKnobsOf(seed));
		await admin.insist("POST", path, vmOf(seed));
	}
	const ready = async () => {
		const all = await admin.list(path);
		return all.length === vms && all.every(({ status }) => (status as { readonly ready?: boolean } | undefined)?.ready === true);
	};
	await patiently(clock, `all VMs of ${pool} run`, ready, 5);
}
