import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { afterRealTime } from "../../../src/adapters/real-clock.ts";
import { endRequestOf, followAuditLog } from "./audit-tail.ts";
import { eventually } from "./mirror-ground.ts";

const event = (verb: string, objectRef: object, more: object = {}) => ({
	stage: "ResponseComplete",
	verb,
	user: { username: "evacuator-evict" },
	objectRef: { namespace: "vms", name: "one", ...objectRef },
	responseStatus: { code: 201 },
	...more,
});
const asked = (how: string, resource: string) => ({ how, resource, namespace: "vms", name: "one", user: "evacuator-evict" });
const read = (audited: unknown) => endRequestOf(audited, "stand-in");

describe("an audit event", () => {
	it("tells who has something evicted, deleted or stopped", () => {
		expect(read(event("create", { resource: "pods", subresource: "eviction" }))).toEqual(asked("eviction", "pods"));
		expect(read(event("delete", { resource: "pods" }))).toEqual(asked("end", "pods"));
		expect(read(event("delete", { resource: "virtualmachineinstances" }))).toEqual(asked("end", "virtualmachineinstances"));
		expect(read(event("patch", { resource: "virtualmachines" }))).toEqual(asked("end", "virtualmachines"));
		expect(read(event("update", { resource: "virtualmachines", subresource: "stop" }))).toEqual(asked("end", "virtualmachines"));
	});

	it("tells of nothing when it was refused, ended nothing, or is one of the cluster's own programs'", () => {
		const eviction = { resource: "pods", subresource: "eviction" };
		expect(read(event("create", eviction, { responseStatus: { code: 429 } }))).toBeUndefined();
		expect(read(event("create", eviction, { stage: "ResponseStarted" }))).toBeUndefined();
		expect(read(event("get", { resource: "pods" }))).toBeUndefined();
		expect(read(event("patch", { resource: "virtualmachines", subresource: "status" }))).toBeUndefined();
		expect(read(event("delete", { resource: "configmaps" }))).toBeUndefined();
		for (const username of ["stand-in", "system:serviceaccount:kubevirt:kubevirt-controller", "system:apiserver"]) {
			expect(read(event("delete", { resource: "pods" }, { user: { username } }))).toBeUndefined();
		}
	});
});

it("an audit log is followed from its end, by whole lines, also those that are written in two pieces", async () => {
	const folder = await mkdtemp(join(tmpdir(), "audit-"));
	const stopping = new AbortController();
	const told: unknown[] = [];
	try {
		const path = join(folder, "audit.log");
		await writeFile(path, '{"n":0}\n');
		const pause = () => new Promise<void>((resolve) => afterRealTime(1, resolve));
		let looked = 0;
		const counted = () => {
			looked += 1;
			return pause();
		};
		const following = followAuditLog(path, (line) => told.push(line), { pause: counted, signal: stopping.signal });
		await eventually(() => looked > 0);
		await appendFile(path, '{"n":1}\n{"n"');
		await appendFile(path, ':2}\nnot JSON\n{"n":3}\n');
		await eventually(() => told.length === 3);
		stopping.abort();
		await following;
	} finally {
		await rm(folder, { recursive: true });
	}
	expect(told).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
});
