import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { migrationFacts } from "../../../src/adapters/kubernetes/facts/migration-facts.ts";
import { nodeFacts } from "../../../src/adapters/kubernetes/facts/node-facts.ts";
import { podFacts } from "../../../src/adapters/kubernetes/facts/pod-facts.ts";
import { vmFacts } from "../../../src/adapters/kubernetes/facts/vm-facts.ts";
import { vmiFacts } from "../../../src/adapters/kubernetes/facts/vmi-facts.ts";
import { type Fields, isFields } from "../../../src/local/cluster/store-object.ts";

const readers: Readonly<Record<string, (object: unknown) => object>> = {
	Node: nodeFacts,
	Pod: podFacts,
	VirtualMachine: vmFacts,
	VirtualMachineInstance: vmiFacts,
	VirtualMachineInstanceMigration: migrationFacts,
};

/** What the program reads of an object, without what each cluster makes up: names, uids, times; labels only by their keys. */
export function factsRead(object: { readonly kind: string }): { readonly kind: string; readonly facts: Fields } {
	const read = readers[object.kind];
	if (read === undefined) throw new TypeError(`cannot read a ${object.kind}: the program reads none`);
	return { kind: object.kind, facts: anonymous(read(object)) as Fields };
}

const madeUp = /^(uid|vmiUid|migrationUid|name|targetPod|providerId)$/;
const maps = /^(labels|annotations|allocatable)$/;

function anonymous(value: unknown, field = ""): unknown {
	if (maps.test(field)) return "a map";
	if (madeUp.test(field)) return value === undefined || value === "" ? "none" : "some";
	// Which of the other workers takes a pod is the scheduler's choice among equals.
	if (typeof value === "string") return value.replace(/^node[234]$/, "elsewhere");
	if (typeof value === "number" && value > 1e12) return "a time";
	if (Array.isArray(value)) return value.map((item) => anonymous(item));
	if (!isFields(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort()
			.map(([name, inner]) => [name, anonymous(inner, name)]),
	);
}

export type StoredObject = {
	readonly kind: string;
	readonly metadata: { readonly name: string; readonly creationTimestamp: string };
};

export type Snapshot = "before" | "during" | "after";

/** The objects that `kubectl drain` found, met half-way and left behind. */
export function recordedObjects(when: Snapshot): readonly StoredObject[] {
	const file = fileURLToPath(new URL("../../fixtures/recordings/drain-objects.ndjson", import.meta.url));
	const lines = readFileSync(file, "utf8").trimEnd().split("\n");
	return lines.map((line) => JSON.parse(line)).flatMap((line) => (line.when === when ? [line.object] : []));
}
