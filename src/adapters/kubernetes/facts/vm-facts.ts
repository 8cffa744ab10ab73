import * as z from "zod";
import type { RunStrategy, VmFacts } from "../../../domain/look.ts";
import { nameOf } from "../../../domain/namespaced-name.ts";
import { ClusterRefused } from "../../../faults.ts";
import { objectMeta } from "./object-meta.ts";
import { readObject } from "./read-object.ts";

const vmSchema = z.object({
	metadata: objectMeta,
	spec: z.object({ runStrategy: z.string().nullish(), running: z.boolean().nullish() }),
});

const STRATEGIES: ReadonlySet<string> = new Set([
	"Always",
	"RerunOnFailure",
	"Manual",
	"Once",
	"Halted",
	"WaitAsReceiver",
] satisfies RunStrategy[]);

/**
 * The facts of a VirtualMachine; `running: true` is the old way to write Always. A run strategy that we do not know
 * throws ClusterRefused: it decides whether the VM comes back.
 */
export function vmFacts(object: unknown): VmFacts {
	const { metadata, spec } = readObject("VirtualMachine", vmSchema, object);
	const written = spec.runStrategy || (spec.running ? "Always" : "Halted");
	if (!STRATEGIES.has(written)) {
		const id = nameOf(metadata);
		throw new ClusterRefused(`cannot tell whether VirtualMachine ${id} comes back: runStrategy ${JSON.stringify(written)}`);
	}
	return { namespace: metadata.namespace, name: metadata.name, uid: metadata.uid, runStrategy: written as RunStrategy };
}
