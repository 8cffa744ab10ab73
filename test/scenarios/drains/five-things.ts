import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import type { Outcome } from "../drill.ts";
import { storiesOf, truthOf } from "./what-became.ts";

/** Three VMs that migrate, two at a time, one that is started again elsewhere, and a pod of a Deployment. */
export function fiveThings(cluster: SimulatedCluster, on: string): void {
	const namespace = "shop";
	for (const name of ["one", "two", "three"]) cluster.add.vm({ namespace, name, on, evictionStrategy: "LiveMigrate" });
	cluster.add.vm({ namespace, name: "restarts", on });
	cluster.add.deployment({ namespace, name: "web", on: [on] });
}

/** What became of them, and what the record says. */
export function becameOf({ stage, record, violations }: Outcome) {
	const webs = stage.cluster.store.inNamespace("pods", "shop").filter(({ metadata }) => metadata.name.startsWith("web-"));
	return {
		state: record?.state,
		trouble: record?.trouble,
		violations,
		truth: truthOf(stage.cluster),
		stories: storiesOf(record),
		websElsewhere: webs.map(({ spec }) => spec?.nodeName !== stage.node),
	};
}

const moved = { one: "moved", two: "moved", three: "moved" };
const migrated = { one: "migrates: migrated", two: "migrates: migrated", three: "migrates: migrated" };

/** The same when everything went as it should. */
export const allIsWell: ReturnType<typeof becameOf> = {
	state: "released",
	trouble: [],
	violations: [],
	truth: { ...moved, restarts: "ended by evacuator-evict, started elsewhere" },
	stories: { ...migrated, restarts: "restarts elsewhere: restarted" },
	websElsewhere: [true],
};
