import { expect, it, jest } from "@jest/globals";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { drill } from "../drill.ts";
import { fault, ours } from "./faults-in-flight.ts";
import { leaveWhile, order, shortHook } from "./ways-to-leave.ts";

jest.setTimeout(300_000);

const namespace = "shop";
const evictionStrategy = "LiveMigrate" as const;

/** Twelve VMs of every fate but one, and pods beside them. */
function mixed(cluster: SimulatedCluster, on: string, [other = ""]: readonly string[]): void {
	const { add } = cluster;
	for (const number of [1, 2, 3, 4]) add.vm({ namespace, name: `moves-${number}`, on, evictionStrategy, memory: `${number}Gi` });
	add.vm({ namespace, name: "post-copy", on, evictionStrategy, postCopy: true });
	add.vm({ namespace, name: "fails-once", on, evictionStrategy, migrationFailures: 1 });
	add.vm({ namespace, name: "if-possible", on, evictionStrategy: "LiveMigrateIfPossible" });
	for (const name of ["restarts", "deaf"]) add.vm({ namespace, name, on, ignoresAcpi: name === "deaf" });
	add.vm({ namespace, name: "manual", on, runStrategy: "Manual" });
	add.vmirs({ namespace, name: "set-", on: [on, other] });
	add.vmi({ namespace, name: "bare", on });
	add.deployment({ namespace, name: "web", on: [on, on, other] });
	add.pdb({ namespace, name: "web", matchLabels: { app: "web" }, minAvailable: 2 });
}

it("the same scenario gives the same trace fifty times", async () => {
	const run = () =>
		drill({
			seed: mixed,
			hooks: [shortHook],
			prepare: (stage) =>
				void fault(
					{ cutWatch: { how: "reset", afterEvents: 5 } },
					(request) => request.verb === "watch" && ours()(request),
					2,
				)(stage),
			play: leaveWhile(240, (stage) => order(stage, ["shop/bare", "shop/manual"])),
		});
	const first = await run();
	expect({ state: first.record?.state, violations: first.violations }).toEqual({ state: "released", violations: [] });
	expect(first.trace.length).toBeGreaterThan(300);
	for (let time = 2; time <= 50; time++) expect((await run()).trace).toEqual(first.trace);
});
