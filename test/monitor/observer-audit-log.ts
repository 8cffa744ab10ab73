import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";

/** One line of an API server's audit log (audit.k8s.io/v1 Event, level Metadata or more). */
export type AuditEvent = {
	readonly auditID: string;
	readonly stage: "RequestReceived" | "ResponseStarted" | "ResponseComplete" | "Panic";
	/** Path and query. */
	readonly requestURI: string;
	readonly verb: string;
	readonly user: { readonly username: string };
	readonly impersonatedUser?: { readonly username: string };
	readonly userAgent?: string;
	readonly objectRef?: {
		readonly resource?: string;
		readonly subresource?: string;
		readonly namespace?: string;
		readonly name?: string;
	};
	readonly responseStatus?: { readonly code?: number };
	readonly requestReceivedTimestamp: string;
	readonly stageTimestamp: string;
};

export const userOf = ({ user, impersonatedUser }: AuditEvent): string => impersonatedUser?.username ?? user.username;

/** The event of a line; when an API server was cut off in the line before, the one behind the cut. Undefined for half of one. */
export function auditEventOf(line: string): AuditEvent | undefined {
	const behindCut = line.lastIndexOf('{"kind":"Event","apiVersion":"audit.k8s.io');
	return parsed(line) ?? (behindCut > 0 ? parsed(line.slice(behindCut)) : undefined);
}

function parsed(line: string): AuditEvent | undefined {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}

/** Reads an audit log from its beginning, as it grows. */
export class ObserverAuditLog {
	readonly #path: string;
	readonly #listeners = new Set<(event: AuditEvent) => void>();
	/** Granted writes, by what they were on. */
	readonly #writes = new Map<string, AuditEvent[]>();
	#offset = 0;
	#rest: Buffer = Buffer.alloc(0);

	constructor(path: string) {
		this.#path = path;
	}

	/** Called once for each request that is over, from now on. */
	subscribe(listener: (event: AuditEvent) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	/** Reads what has been written since. */
	read(): void {
		if (!existsSync(this.#path)) return;
		const file = openSync(this.#path, "r");
		try {
			const added = Buffer.alloc(Math.max(0, fstatSync(file).size - this.#offset));
			const size = readSync(file, added, 0, added.length, this.#offset);
			this.#offset += size;
			this.#take(Buffer.concat([this.#rest, added.subarray(0, size)]));
		} finally {
			closeSync(file);
		}
	}

	/** Granted writes on this object, oldest first; those without a name are for the whole namespace. */
	writesOn(resource: string, namespace: string, name: string): readonly AuditEvent[] {
		const ofAll = this.#writes.get(`${resource}/${namespace}/`) ?? [];
		const ofOne = this.#writes.get(`${resource}/${namespace}/${name}`) ?? [];
		return [...ofAll, ...ofOne];
	}

	#take(bytes: Buffer): void {
		const end = bytes.lastIndexOf(10) + 1;
		this.#rest = bytes.subarray(end);
		for (const line of bytes.subarray(0, end).toString("utf8").split("\n")) {
			const event = auditEventOf(line);
			if (event !== undefined) this.#note(event);
		}
	}

	#note(event: AuditEvent): void {
		if (event.stage !== "ResponseComplete" && event.stage !== "Panic") return;
		if (isGrantedWrite(event)) {
			const { resource, namespace = "", name = "" } = event.objectRef ?? {};
			const key = `${resource}/${namespace}/${name}`;
			this.#writes.set(key, [...(this.#writes.get(key) ?? []), event]);
		}
		for (const listener of [...this.#listeners]) listener(event);
	}
}

const reads = ["get", "list", "watch"];
const mayEndGuests = ["pods", "virtualmachineinstances", "virtualmachines", "virtualmachineinstancereplicasets"];

const isGrantedWrite = ({ verb, objectRef, responseStatus }: AuditEvent): boolean =>
	!reads.includes(verb) && mayEndGuests.includes(objectRef?.resource ?? "") && (responseStatus?.code ?? 0) < 300;
