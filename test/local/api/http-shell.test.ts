import { request } from "node:http";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type HttpShell, serve } from "../../../src/local/cluster/api/http-shell.ts";
import { askThrough, brief, eviction, ground, json, node, pod, watchLines } from "./api-ground.ts";

const open: HttpShell[] = [];

async function served() {
	const made = ground();
	const shell = await serve(made.server.handle);
	open.push(shell);
	return { ...made, shell, ask: askThrough(fetch, shell.url) };
}

afterEach(async () => {
	for (const shell of open.splice(0)) await shell.close();
});

describe("the API server over HTTP", () => {
	it("listens on loopback and answers as the function does", async () => {
		const { shell, store, server, ask } = await served();
		expect(shell.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
		store.create("nodes", node("n1"));
		store.create("pods", pod("p"));
		const direct = askThrough(server.handle);
		for (const path of [
			"/api/v1/nodes/n1",
			"/api/v1/pods?fieldSelector=spec.nodeName%3Dnode2",
			"/version",
			"/api/v1/nodes/none",
		]) {
			const over = await ask("GET", path);
			expect([over.status, over.body, over.headers["content-type"]]).toEqual(
				await direct("GET", path).then(({ status, body, headers }) => [status, body, headers["content-type"]]),
			);
		}
		const evicted = await ask("POST", "/api/v1/namespaces/x/pods/p/eviction", eviction("p"));
		expect([evicted.status, evicted.headers["content-type"]]).toEqual([201, json["content-type"]]);
		expect(store.get("pods", "x", "p")?.metadata.deletionTimestamp).toBe("2026-11-22T09:43:54Z");
	});

	it("sends the headers of a watch at once and then its events, and ends it when the client goes", async () => {
		const { shell, store } = await served();
		const client = new AbortController();
		const response = await fetch(`${shell.url}/api/v1/nodes?watch=1&resourceVersion=${store.resourceVersion}`, {
			signal: client.signal,
		});
		const next = watchLines(response.body);
		store.create("nodes", node("n1"));
		expect(brief(await next())).toMatch(/^ADDED n1@/);
		client.abort();
		await expect(next()).rejects.toThrow();
	});

	it("breaks a connection as a network does", async () => {
		const { shell, server } = await served();
		server.faults.add({ match: () => true, effect: "reset" });
		const code = await new Promise((resolve) => {
			request(`${shell.url}/version`, () => resolve("answered"))
				.on("error", (error: NodeJS.ErrnoException) => resolve(error.code))
				.end();
		});
		expect(code).toBe("ECONNRESET");
	});

	it("refuses a body that no API server takes", async () => {
		const { ask } = await served();
		const answer = await ask("POST", "/api/v1/namespaces/x/pods", {
			metadata: { name: "p", annotations: { a: "x".repeat(3 << 20) } },
		});
		expect([answer.status, answer.body]).toEqual([
			413,
			{
				kind: "Status",
				apiVersion: "v1",
				metadata: {},
				status: "Failure",
				message: "Request entity too large: limit is 3145728",
				reason: "RequestEntityTooLarge",
				code: 413,
			},
		]);
	});

	it("closes with watches and silent requests still open", async () => {
		const { shell, server } = await served();
		server.faults.add({ match: ({ path }) => path === "/version", effect: "hang" });
		const watch = await fetch(`${shell.url}/api/v1/nodes?watch=1`);
		const silent = fetch(`${shell.url}/version`);
		const [closed, lost] = await Promise.allSettled([shell.close(), silent, watch.text()]);
		expect([closed.status, lost.status]).toEqual(["fulfilled", "rejected"]);
		open.length = 0;
	});
});
