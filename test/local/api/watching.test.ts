import { describe, expect, it } from "@jest/globals";
import type { WatchCut } from "../../../src/local/cluster/api/provoked-faults.ts";
import { fieldsAt } from "../../../src/local/cluster/store-object.ts";
import { brief, ground, node, pod, vmi, watchLines } from "./api-ground.ts";

type Ground = ReturnType<typeof ground>;

async function watch({ server, clock }: Ground, path: string, signal?: AbortSignal) {
	const init = signal === undefined ? {} : { signal };
	const response = await clock.rest(server.handle(new Request(`http://cluster${path}`, init)));
	const next = watchLines(response.body);
	return { response, next: () => clock.rest(next()) };
}

async function all(next: () => Promise<unknown>): Promise<unknown[]> {
	const events: unknown[] = [];
	for (let event = await next(); event !== undefined; event = await next()) events.push(event);
	return events;
}

const nodes = "/api/v1/nodes?watch=1";

describe("a watch", () => {
	it("answers its headers at once and then each change after its version", async () => {
		const made = ground();
		const { store, clock } = made;
		store.create("nodes", node("n1"));
		const from = store.resourceVersion;
		store.create("nodes", node("n2"));
		await clock.run(async () => {
			const { response, next } = await watch(made, `${nodes}&resourceVersion=${from}`);
			expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
			store.update("nodes", undefined, "n1", (draft) => {
				draft.spec = { ...draft.spec, unschedulable: true };
			});
			store.create("pods", pod("p"));
			store.remove("nodes", undefined, "n2");
			expect([brief(await next()), brief(await next()), brief(await next())]).toEqual([
				`ADDED n2@${from + 1}`,
				`MODIFIED n1@${from + 2}`,
				`DELETED n2@${from + 4}`,
			]);
		});
	});

	it("without a version begins with what is there", async () => {
		const made = ground();
		made.store.create("nodes", node("n1"));
		await made.clock.run(async () => {
			const { next } = await watch(made, `${nodes}&timeoutSeconds=5`);
			expect((await all(next)).map(brief)).toEqual([`ADDED n1@${made.store.resourceVersion}`]);
		});
	});

	it("streams the list when it is asked to, and marks its end", async () => {
		const made = ground();
		made.store.create("nodes", node("n1"));
		const rv = String(made.store.resourceVersion);
		await made.clock.run(async () => {
			const path = `${nodes}&timeoutSeconds=5&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;
			const { next } = await watch(made, path);
			const [first, mark, ...rest] = await all(next);
			expect(brief(first)).toBe(`ADDED n1@${rv}`);
			const metadata = { resourceVersion: rv, annotations: { "k8s.io/initial-events-end": "true" } };
			expect(mark).toEqual({ type: "BOOKMARK", object: { kind: "Node", apiVersion: "v1", metadata } });
			expect(rest).toEqual([]);
		});
		const refused = await made.ask("GET", `${nodes}&sendInitialEvents=true`);
		expect(fieldsAt(refused.body).message).toMatch(
			/Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan$/,
		);
	});

	it("is silent about a resource at rest until timeoutSeconds are over, whatever else changes", async () => {
		const made = ground();
		const { store, clock } = made;
		store.create("nodes", node("n1"));
		const began = clock.now();
		clock.at(30_000, () => store.create("pods", pod("p")));
		await clock.run(async () => {
			const path = `${nodes}&resourceVersion=${store.resourceVersion}&timeoutSeconds=150&allowWatchBookmarks=true`;
			const { next } = await watch(made, path);
			expect([await all(next), (clock.now() - began) / 1000]).toEqual([[], 150]);
		});
	});

	it("sends a bookmark every minute and just before its end once the resource has changed, seen or not", async () => {
		const made = ground();
		const { store, clock } = made;
		const [from, began] = [store.resourceVersion, clock.now()];
		clock.at(70_000, () => store.create("nodes", node("n1")));
		await clock.run(async () => {
			const path = `${nodes}&resourceVersion=${from}&timeoutSeconds=250&allowWatchBookmarks=true&labelSelector=no%3Dnode`;
			const { next } = await watch(made, path);
			const seen: unknown[] = [];
			for (let event = await next(); event !== undefined; event = await next()) seen.push([(clock.now() - began) / 1000, event]);
			const mark = {
				type: "BOOKMARK",
				object: { kind: "Node", apiVersion: "v1", metadata: { resourceVersion: String(from + 1) } },
			};
			expect(seen).toEqual([120, 180, 240, 248].map((second) => [second, mark]));
		});
	});

	it("with a label selector sees an object leave and enter", async () => {
		const made = ground();
		const { store, clock } = made;
		const at = (name: string) => ({ "kubevirt.io/nodeName": name });
		store.create("virtualmachineinstances", vmi("vm1", at("n1")));
		const from = store.resourceVersion;
		await clock.run(async () => {
			const path = `/apis/kubevirt.io/v1/virtualmachineinstances?watch=true&labelSelector=kubevirt.io%2FnodeName%3Dn1&resourceVersion=${from}&timeoutSeconds=1`;
			const { next } = await watch(made, path);
			for (const name of ["n2", "n3", "n1"]) {
				store.update("virtualmachineinstances", "x", "vm1", (draft) => {
					draft.metadata.labels = at(name);
				});
			}
			const events = await all(next);
			expect(events.map(brief)).toEqual([`DELETED vm1@${from + 1}`, `ADDED vm1@${from + 3}`]);
			expect(fieldsAt(events[0], "object", "metadata").labels).toEqual(at("n1"));
		});
	});

	it("of a forgotten version gets an ERROR event and ends", async () => {
		const made = ground();
		made.store.create("nodes", node("n1"));
		made.store.compact();
		const { resourceVersion } = made.store;
		await made.clock.run(async () => {
			const { response, next } = await watch(made, `${nodes}&resourceVersion=1`);
			const object = {
				kind: "Status",
				apiVersion: "v1",
				metadata: {},
				status: "Failure",
				message: `too old resource version: 1 (${resourceVersion})`,
				reason: "Expired",
				code: 410,
			};
			expect([response.status, await all(next)]).toEqual([200, [{ type: "ERROR", object }]]);
		});
	});

	it.each<[WatchCut["how"], (last: unknown) => void]>([
		["end", (last) => expect(last).toBeUndefined()],
		[
			"mid-line",
			(last) => expect(last).toEqual({ cutOff: expect.stringMatching(/^\{"type":"MODIFIED","object":\{"kind":"Node"/) }),
		],
		["gone", (last) => expect(fieldsAt(last, "object").code).toBe(410)],
	])("can be cut: %s", async (how, check) => {
		const made = ground();
		const { store, clock, server } = made;
		server.faults.add({ match: ({ verb }) => verb === "watch", times: 1, effect: { cutWatch: { how, afterEvents: 1 } } });
		await clock.run(async () => {
			const { next } = await watch(made, `${nodes}&resourceVersion=${store.resourceVersion}`);
			store.create("nodes", node("n1"));
			store.update("nodes", undefined, "n1", (draft) => {
				draft.spec = { unschedulable: true };
			});
			expect(brief(await next())).toMatch(/^ADDED n1/);
			check(await next());
		});
	});

	it("can be reset after a time", async () => {
		const made = ground();
		const { clock, server } = made;
		server.faults.add({ match: ({ verb }) => verb === "watch", effect: { cutWatch: { how: "reset", afterMs: 5000 } } });
		const began = clock.now();
		await clock.run(async () => {
			const { next } = await watch(made, nodes);
			await expect(next()).rejects.toMatchObject({ code: "ECONNRESET" });
			expect(clock.now() - began).toBe(5000);
		});
	});

	it("leaves nothing behind when its client goes", async () => {
		const made = ground();
		const client = new AbortController();
		await made.clock.run(async () => {
			const { next } = await watch(made, nodes, client.signal);
			client.abort(new Error("enough"));
			await expect(next()).rejects.toThrow("enough");
		});
		made.store.create("nodes", node("n1"));
	});
});
