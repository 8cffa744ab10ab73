import * as z from "zod";
import { ClusterRefused } from "../../../faults.ts";

const named = z.object({ metadata: z.object({ namespace: z.string().optional(), name: z.string() }) });

/** Reads what the API server sent as `kind`; throws ClusterRefused that names the object and the field it cannot read. */
export function readObject<Schema extends z.ZodType>(kind: string, schema: Schema, object: unknown): z.output<Schema> {
	const read = schema.safeParse(object);
	if (read.success) return read.data;
	throw new ClusterRefused(`cannot read ${kind} ${nameOf(object)}: ${z.prettifyError(read.error)}`, { cause: read.error });
}

function nameOf(object: unknown): string {
	const read = named.safeParse(object);
	if (!read.success) return "without a name";
	const { namespace, name } = read.data.metadata;
	return namespace ? `${namespace}/${name}` : name;
}
