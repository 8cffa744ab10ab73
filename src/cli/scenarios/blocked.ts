import { addFourNodes } from "./four-nodes.ts";
import type { Scenario } from "./scenario.ts";

const claim = "ledger-data";

/** One VM that has to migrate and cannot: nothing may shut it down, so the instance is held. */
export const blocked: Scenario = {
	name: "blocked",
	says: "a LiveMigrate VM whose disk cannot migrate: the instance is held, exit 1",
	policy: { mayEnd: [] },
	seed: (cluster) => {
		const { add } = cluster;
		const { node, instanceId, others } = addFourNodes(cluster);
		for (const name of ["web-1", "web-2", "search"]) {
			add.vm({ namespace: "shop", name, on: node, evictionStrategy: "LiveMigrate", memory: "2Gi", migrationSeconds: 40 });
		}
		add.vm({
			namespace: "shop",
			name: "ledger",
			on: node,
			evictionStrategy: "LiveMigrate",
			spec: { volumes: [{ name: "root", persistentVolumeClaim: { claimName: claim } }] },
			notMigratable: {
				reason: "DisksNotLiveMigratable",
				message: `cannot migrate VMI: PVC ${claim} is not shared, live migration requires that all PVCs must be shared (using ReadWriteMany access mode)`,
			},
		});
		add.vm({ namespace: "build", name: "nightly", on: node, evictionStrategy: "None", startSeconds: 12 });
		add.deployment({ namespace: "shop", name: "api", on: [node, others[0]], cpu: "500m", startSeconds: 8 });
		return { instanceId, node };
	},
};
