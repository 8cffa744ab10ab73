import { describe, expect, it } from "@jest/globals";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { factsRead, recordedObjects, type Snapshot, type StoredObject } from "./object-facts.ts";
import { recordingsOf } from "./recording.ts";
import { type Onlooker, replay } from "./replay.ts";

const kinds = ["nodes", "pods", "virtualmachines", "virtualmachineinstances", "virtualmachineinstancemigrations"] as const;
type Kind = (typeof kinds)[number];

/**
 * Seconds of the recording at which `kubectl get` was run: before the cordon, while the migration ran and at the end. While it
 * ran the kinds were read one after the other, each between the resource versions that its objects have.
 */
const moments: Readonly<Record<Snapshot, (kind: Kind) => number>> = {
	before: () => 0.1,
	during: (kind) =>
		({
			nodes: 3.5,
			pods: 3.75,
			virtualmachines: 3.9,
			virtualmachineinstances: 4.05,
			virtualmachineinstancemigrations: 4.1,
		})[kind],
	after: () => 24,
};

/** While the drain ran, how far the replacements of VMIs had come is a matter of some 100 ms. */
const isStarting = (when: Snapshot, { kind, metadata }: StoredObject, drainBegan: number): boolean =>
	when === "during" && kind === "VirtualMachineInstance" && Date.parse(metadata.creationTimestamp) >= drainBegan;

/** The workers, and everything but KubeVirt's and EKS's own. */
function objectsOf({ store }: SimulatedCluster, kind: Kind): readonly StoredObject[] {
	const there = store.list(kind).filter(({ metadata }) => metadata.name !== "cp1");
	return there.filter(({ metadata }) => ["apps", "vms", undefined].includes(metadata.namespace));
}

const sorted = (objects: readonly StoredObject[]): readonly string[] =>
	objects.map((one) => JSON.stringify(factsRead(one))).sort();

describe("the program reads the same of simulated objects as of recorded ones", () => {
	it.each(Object.keys(moments) as Snapshot[])("%s the drain", async (when) => {
		const [recording] = recordingsOf("1.9.0").filter(({ experiment }) => experiment === "drain");
		if (recording === undefined) throw new Error("cannot replay the drain: it is not among the recordings");
		const drainBegan = Date.parse(recording.at) + 2_000;
		const here: StoredObject[] = [];
		const onlookers = kinds.map((kind): Onlooker => {
			return { at: moments[when](kind), look: (cluster) => here.push(...objectsOf(cluster, kind)) };
		});
		await replay(recording, "1.9.0", onlookers);
		const comparable = (objects: readonly StoredObject[]) => sorted(objects.filter((one) => !isStarting(when, one, drainBegan)));
		expect(comparable(here)).toEqual(comparable(recordedObjects(when)));
	});
});
