import { describe, expect, it } from "@jest/globals";
import type { FaultSubject } from "../../../src/local/cluster/api/provoked-faults.ts";
import { fieldsAt } from "../../../src/local/cluster/store-object.ts";
import { eviction, ground, node, pod } from "./api-ground.ts";

const patches = ({ verb }: FaultSubject): boolean => verb === "patch";
const cordon = { spec: { unschedulable: true } };
const merge = { "content-type": "application/merge-patch+json" };

function cordonable() {
	const made = ground();
	made.store.create("nodes", node("n1"));
	const patch = () => made.clock.rest(made.ask("PATCH", "/api/v1/nodes/n1", cordon, merge));
	const isCordoned = () => made.store.get("nodes", undefined, "n1")?.spec?.unschedulable === true;
	return { ...made, patch, isCordoned };
}

describe("a fault", () => {
	it("answers in place of the work, as often as it is told to", async () => {
		const { clock, server, patch, isCordoned } = cordonable();
		const html = { "content-type": "text/html" };
		server.faults.add({ match: patches, times: 1, effect: { status: 503, body: "<html>503</html>", headers: html } });
		await clock.run(async () => {
			expect(await patch()).toEqual({ status: 503, headers: html, body: "<html>503</html>" });
			expect(isCordoned()).toBe(false);
			expect((await patch()).status).toBe(200);
		});
	});

	it("lasts until it is taken away when no number is given", async () => {
		const { clock, server, patch } = cordonable();
		const remove = server.faults.add({ match: patches, effect: { status: 500, body: { kind: "Status" } } });
		await clock.run(async () => {
			const before = [(await patch()).status, (await patch()).status];
			remove();
			expect([...before, (await patch()).status]).toEqual([500, 500, 200]);
		});
	});

	it("makes the server slow on the clock", async () => {
		const { clock, server, patch, isCordoned } = cordonable();
		server.faults.add({ match: patches, effect: { delayMs: 7000 } });
		const began = clock.now();
		await clock.run(async () => {
			const answer = patch();
			expect(isCordoned()).toBe(false);
			expect((await answer).status).toBe(200);
			expect(clock.now() - began).toBe(7000);
		});
	});

	it("breaks the connection before the work, or after it", async () => {
		const { clock, server, patch, isCordoned } = cordonable();
		server.faults.add({ match: patches, times: 1, effect: "reset" });
		await clock.run(async () => {
			await expect(patch()).rejects.toMatchObject({ code: "ECONNRESET" });
			expect(isCordoned()).toBe(false);
			server.faults.add({ match: patches, times: 1, effect: { lost: "reset" } });
			await expect(patch()).rejects.toMatchObject({ code: "ECONNRESET" });
			expect(isCordoned()).toBe(true);
		});
		expect(server.audit.map(({ code }) => code)).toEqual([0, 0]);
	});

	it("leaves the client without an answer until it gives up", async () => {
		const { clock, server, isCordoned } = cordonable();
		for (const effect of ["hang", { lost: "hang" }] as const) server.faults.add({ match: patches, times: 1, effect });
		await clock.run(async () => {
			const client = new AbortController();
			const init = { method: "PATCH", headers: merge, body: JSON.stringify(cordon), signal: client.signal };
			const asked = server.handle(new Request("http://cluster/api/v1/nodes/n1", init));
			expect(await clock.within(asked, 10_000)).toBeUndefined();
			client.abort();
			await expect(clock.rest(asked)).rejects.toMatchObject({ code: "ECONNRESET" });
			expect(isCordoned()).toBe(false);
		});
	});

	it("lets something happen just before the work or between the work and its answer", async () => {
		const { clock, store, server, ask } = cordonable();
		const seen: unknown[] = [];
		const phase = () => seen.push(store.get("pods", "x", "p")?.metadata.deletionTimestamp);
		store.create("pods", pod("p"));
		server.faults.add({ match: ({ subresource }) => subresource === "eviction", effect: { before: phase } });
		server.faults.add({ match: ({ subresource }) => subresource === "eviction", effect: { after: phase } });
		await clock.run(() => clock.rest(ask("POST", "/api/v1/namespaces/x/pods/p/eviction", eviction("p"))));
		expect(seen).toEqual([undefined, "2026-11-22T09:43:54Z"]);
	});

	it("is chosen by what the request is about", async () => {
		const { clock, server, ask } = cordonable();
		const subjects: unknown[] = [];
		server.faults.add({
			match: ({ verb, group, resource, subresource, namespace, name, user }) => {
				subjects.push({ verb, group, resource, subresource, namespace, name, user });
				return false;
			},
			effect: "hang",
		});
		const path = "/apis/kubevirt.io/v1/namespaces/x/virtualmachineinstances/vm1";
		await clock.run(async () => fieldsAt(await clock.rest(ask("GET", path))));
		const about = { group: "kubevirt.io", resource: "virtualmachineinstances", subresource: "", namespace: "x", name: "vm1" };
		expect(subjects).toEqual([{ verb: "get", ...about, user: "kubernetes-admin" }]);
	});
});
