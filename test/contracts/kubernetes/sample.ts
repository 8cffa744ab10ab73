import { readFileSync } from "node:fs";

/** An object as a real API server with KubeVirt 1.9 sent it, without managed fields. */
export function sample(name: string): Record<string, unknown> {
	return JSON.parse(readFileSync(new URL(`./samples/${name}.json`, import.meta.url), "utf8"));
}

/** The sample with some of its top-level parts replaced, one level deep. */
export function sampleWith(name: string, changes: Record<string, Record<string, unknown>>): Record<string, unknown> {
	const object = sample(name);
	for (const [part, values] of Object.entries(changes)) {
		object[part] = { ...(object[part] as Record<string, unknown>), ...values };
	}
	return object;
}
