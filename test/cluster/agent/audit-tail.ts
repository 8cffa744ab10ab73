import { type FileHandle, open } from "node:fs/promises";
import { isFields, textAt } from "../../../src/local/cluster/store-object.ts";

const chunkBytes = 256 * 1024;
const everyMs = 150;

/**
 * Reads what is appended to an API server's audit log, from its end, until `signal` aborts. `tell` gets each event
 * once; lines that are no JSON (a log that was cut off by a crash) are passed over.
 */
export async function followAuditLog(
	path: string,
	tell: (event: unknown) => void,
	{ pause, signal }: { readonly pause: (ms: number) => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
	const file = await openWhenThere(path, { pause, signal });
	if (file === undefined) return;
	try {
		let { size: at } = await file.stat();
		let rest = Buffer.alloc(0);
		while (!signal.aborted) {
			const { size } = await file.stat();
			if (size < at) at = 0;
			if (size === at) {
				await pause(everyMs);
				continue;
			}
			const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(chunkBytes, size - at)), 0, null, at);
			at += bytesRead;
			const lines = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
			const end = lines.lastIndexOf(10) + 1;
			rest = Buffer.from(lines.subarray(end));
			for (const line of lines.subarray(0, end).toString().split("\n")) tellLine(line, tell);
		}
	} finally {
		await file.close();
	}
}

async function openWhenThere(
	path: string,
	{ pause, signal }: { readonly pause: (ms: number) => Promise<void>; readonly signal: AbortSignal },
): Promise<FileHandle | undefined> {
	while (!signal.aborted) {
		try {
			return await open(path, "r");
		} catch (fault) {
			if ((fault as NodeJS.ErrnoException).code !== "ENOENT") throw fault;
			await pause(everyMs);
		}
	}
	return undefined;
}

function tellLine(line: string, tell: (event: unknown) => void): void {
	if (line === "") return;
	let event: unknown;
	try {
		event = JSON.parse(line);
	} catch {
		return;
	}
	tell(event);
}

/** A granted request that ends something, as the audit log has it. */
type EndRequest = {
	readonly how: "eviction" | "end";
	readonly resource: "pods" | "virtualmachineinstances" | "virtualmachines" | "virtualmachineinstancereplicasets";
	readonly namespace: string;
	readonly name: string;
	readonly user: string;
};

const owners = ["virtualmachines", "virtualmachineinstancereplicasets"];
const ending = [...owners, "pods", "virtualmachineinstances"];
/** What the cluster's own programs do is nobody's request. */
const programs = /^system:(serviceaccount:(kubevirt|kube-system):|kube-|apiserver|node:)/;

/** The request to end something that this audit event tells of, if it is one; `own` is this agent's user. */
export function endRequestOf(event: unknown, own: string): EndRequest | undefined {
	const code = isFields(event) && isFields(event.responseStatus) ? Number(event.responseStatus.code) : 0;
	const text = (...path: readonly string[]): string => textAt(event, ...path) ?? "";
	if (text("stage") !== "ResponseComplete" || code < 200 || code >= 300) return undefined;
	const user = text("user", "username");
	const verb = text("verb");
	const resource = ending.find((known) => known === text("objectRef", "resource")) as EndRequest["resource"] | undefined;
	if (resource === undefined || user === own || programs.test(user)) return undefined;
	const subresource = text("objectRef", "subresource");
	const request = { resource, namespace: text("objectRef", "namespace"), name: text("objectRef", "name"), user };
	if (resource === "pods" && subresource === "eviction") return { how: "eviction", ...request };
	const changes = owners.includes(resource) && (verb === "patch" || verb === "update") && subresource !== "status";
	return changes || (verb === "delete" && subresource === "") ? { how: "end", ...request } : undefined;
}
