import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { countRequests, printColumns } from "./count-requests.ts";

const folder = mkdtempSync(join(tmpdir(), "audit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Entry = {
	readonly id: string;
	readonly user?: string;
	readonly verb: string;
	readonly uri: string;
	readonly ref?: Readonly<Record<string, string>>;
	readonly code?: number;
	readonly stage?: string;
	readonly second?: number;
};

const lineOf = ({ id, user = "ours", verb, uri, ref, code = 200, stage = "ResponseComplete", second = 0 }: Entry): string =>
	JSON.stringify({
		kind: "Event",
		apiVersion: "audit.k8s.io/v1",
		level: "Metadata",
		auditID: id,
		stage,
		requestURI: uri,
		verb,
		user: { username: user, groups: ["system:authenticated"] },
		...(ref && { objectRef: ref }),
		responseStatus: { metadata: {}, code },
		requestReceivedTimestamp: new Date(second * 1000).toISOString().replace("Z", "123Z"),
		stageTimestamp: new Date(second * 1000 + 5).toISOString().replace("Z", "456Z"),
	});

function logOf(...lines: readonly string[]): string {
	const path = join(folder, "audit.log");
	writeFileSync(path, `${lines.join("\n")}\n`);
	return path;
}

const eviction = (id: string, user: string, code: number, second = 0): string =>
	lineOf({
		id,
		user,
		verb: "create",
		uri: "/api/v1/namespaces/x/pods/p/eviction",
		ref: { resource: "pods", subresource: "eviction", namespace: "x", name: "p" },
		code,
		second,
	});
const pods = { resource: "pods" };
const watch = (stage: string): string => lineOf({ id: "w", verb: "watch", uri: "/api/v1/pods?watch=1", ref: pods, stage });

describe("the requests of an audit log", () => {
	it("are counted by verb, resource and code, a watch once, those of others not at all", async () => {
		const log = logOf(
			eviction("1", "ours", 429),
			eviction("2", "ours", 429),
			eviction("3", "ours", 201),
			eviction("4", "others", 201),
			watch("ResponseStarted"),
			watch("ResponseComplete"),
			lineOf({ id: "5", verb: "get", uri: "/version?timeout=32s" }),
		);
		expect(await countRequests(log, (user) => user === "ours")).toEqual({
			rows: [
				{ verb: "create", resource: "pods/eviction", code: 429, count: 2 },
				{ verb: "create", resource: "pods/eviction", code: 201, count: 1 },
				{ verb: "get", resource: "/version", code: 200, count: 1 },
				{ verb: "watch", resource: "pods", code: 200, count: 1 },
			],
			requests: 5,
			evictions: 3,
			refusedEvictions: 2,
		});
	});

	it("are counted in a span of time, a watch that still goes on as well, and past a line that was cut off", async () => {
		const cut = `${eviction("1", "ours", 429).slice(0, 90)}${eviction("2", "ours", 429, 20)}`;
		const log = logOf(
			cut,
			eviction("3", "ours", 429, 40),
			eviction("4", "ours", 201, 60),
			watch("ResponseStarted"),
			'{"kind":"Ev',
		);
		const counts = await countRequests(log, (user) => user === "ours", { from: 10_000, until: 50_000 });
		expect([counts.requests, counts.refusedEvictions]).toEqual([2, 2]);
		expect((await countRequests(log, (user) => user === "ours")).requests).toBe(4);
	});

	it("stand beside those of kubectl", async () => {
		const log = logOf(eviction("1", "ours", 429), eviction("2", "kubectl", 429), eviction("3", "kubectl", 201));
		const [ours, kubectl] = [
			await countRequests(log, (user) => user === "ours"),
			await countRequests(log, (user) => user === "kubectl"),
		];
		expect(printColumns(ours, kubectl).split("\n")).toEqual([
			"  verb                       resource        code   Evacuator   kubectl drain",
			"  create                     pods/eviction   429            1               1",
			"  create                     pods/eviction   201            0               1",
			"  all requests                                              1               2",
			"  eviction POSTs                                            1               2",
			"    of these refused (429)                                  1               1",
			"",
		]);
	});
});
