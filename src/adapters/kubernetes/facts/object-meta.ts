import * as z from "zod";
import type { Owner } from "../../../domain/look.ts";
import { instant, maybeInstant } from "./instant.ts";

/** Labels, annotations, selectors; empty where the API leaves them out. */
export const texts = z
	.record(z.string(), z.string())
	.nullish()
	.transform((map): Readonly<Record<string, string>> => map ?? {});

const ownerReference = z.object({
	apiVersion: z.string(),
	kind: z.string(),
	name: z.string(),
	uid: z.string(),
	controller: z.boolean().nullish(),
});

export const objectMeta = z.object({
	name: z.string().min(1),
	namespace: z.string().default(""),
	uid: z.string().min(1),
	creationTimestamp: instant,
	deletionTimestamp: maybeInstant,
	labels: texts,
	annotations: texts,
	ownerReferences: z.array(ownerReference).nullish(),
});

export type ObjectMeta = z.output<typeof objectMeta>;

/** The owner reference with `controller: true`. */
export function controllerOf(meta: ObjectMeta): Owner | undefined {
	const owner = meta.ownerReferences?.find((reference) => reference.controller === true);
	return owner && { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid };
}

/** Status conditions; none where the API leaves them out. */
export const conditions = z
	.array(
		z.object({
			type: z.string(),
			status: z.string(),
			reason: z.string().nullish(),
			message: z.string().nullish(),
			lastTransitionTime: maybeInstant,
			lastProbeTime: maybeInstant,
		}),
	)
	.nullish()
	.transform((list) => list ?? []);

export type Condition = z.output<typeof conditions>[number];

export function conditionOf(list: readonly Condition[], type: string): Condition | undefined {
	return list.find((condition) => condition.type === type);
}
