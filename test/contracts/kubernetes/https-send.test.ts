import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { piecesOf, readWhole } from "../../../src/adapters/kubernetes/body.ts";
import { createHttpsSend, type HttpsSendOptions } from "../../../src/adapters/kubernetes/https-send.ts";
import { ClusterUnreachable } from "../../../src/faults.ts";

let server: Server | undefined;
afterEach(async () => {
	server?.closeAllConnections();
	await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
	server = undefined;
});

/** A server on loopback and a transport to it. */
async function ground(answer: (request: IncomingMessage, response: ServerResponse) => void, options: HttpsSendOptions = {}) {
	let connections = 0;
	const listening = createServer(answer).on("connection", () => connections++);
	server = listening;
	await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
	const base = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
	const transport = createHttpsSend(options);
	return {
		send: (path: string, init?: RequestInit) => transport(new Request(`${base}${path}`, init)),
		connections: () => connections,
	};
}

async function piecesBeforeItBreaks(response: Response, signal?: AbortSignal): Promise<unknown[]> {
	const seen: unknown[] = [];
	try {
		for await (const piece of piecesOf(response, signal)) seen.push(piece);
	} catch (fault) {
		seen.push(fault);
	}
	return seen;
}

describe("the transport over sockets", () => {
	it("sends method, headers and body, and gives status, headers and body back", async () => {
		const { send } = await ground((request, response) => {
			let body = "";
			request.on("data", (piece) => {
				body += piece;
			});
			request.on("end", () => {
				response.writeHead(201, { "x-said": `${request.method} ${request.headers["content-type"]}` });
				response.end(`${request.url} ${body}`);
			});
		});
		const headers = { "content-type": "application/json" };
		const response = await send("/a/b?c=d%2Fe", { method: "POST", headers, body: '{"é":1}' });
		expect([response.status, response.headers.get("x-said"), await readWhole(response)]).toEqual([
			201,
			"POST application/json",
			'/a/b?c=d%2Fe {"é":1}',
		]);
	});

	it.each(["DELETE", "PUT", "PATCH"])(
		"sends the body of a %s whole, and keeps the connection for the next request",
		async (method) => {
			const { send, connections } = await ground((request, response) => {
				let body = "";
				request.on("data", (piece) => {
					body += piece;
				});
				request.on("end", () => response.end(`${request.method} ${body}`));
			});
			const answers: string[] = [];
			for (const body of ['{"preconditions":{"uid":"é-1"}}', '{"preconditions":{"uid":"é-2"}}'])
				answers.push(await readWhole(await send("/", { method, body })));
			expect([answers, connections()]).toEqual([
				[`${method} {"preconditions":{"uid":"é-1"}}`, `${method} {"preconditions":{"uid":"é-2"}}`],
				1,
			]);
		},
	);

	it("asks fifty times over one connection", async () => {
		const { send, connections } = await ground((_, response) => response.end("{}"));
		for (let times = 0; times < 50; times++) await readWhole(await send("/"));
		expect(connections()).toBe(1);
	});

	it("opens twenty connections at most", async () => {
		const { send, connections } = await ground((_, response) => response.end("{}"));
		await Promise.all(Array.from({ length: 100 }, async () => readWhole(await send("/"))));
		expect(connections()).toBeLessThanOrEqual(20);
	});

	it("gives up on a server that does not answer", async () => {
		const { send } = await ground(() => undefined, { requestTimeoutMs: 50 });
		await expect(send("/")).rejects.toThrow(/^cannot reach 127\.0\.0\.1:\d+: no whole answer within 50 ms$/);
	});

	it("gives up on an answer that does not end", async () => {
		const { send } = await ground((_, response) => response.write("{"), { requestTimeoutMs: 50 });
		const fault = new ClusterUnreachable("cannot read the API server's answer to its end: no whole answer within 50 ms");
		await expect(send("/").then((response) => readWhole(response))).rejects.toEqual(fault);
	});

	it("calls a closed port unreachable, with the cause", async () => {
		const { send } = await ground((_, response) => response.end());
		server?.closeAllConnections();
		await new Promise((resolve) => server?.close(resolve));
		server = undefined;
		const fault: Error = await send("/").then(
			() => new Error("answered"),
			(cause) => cause,
		);
		expect([fault.name, (fault.cause as { code: string }).code]).toEqual(["ClusterUnreachable", "ECONNREFUSED"]);
	});

	it("calls an answer that is cut unreachable", async () => {
		const { send } = await ground((_, response) => {
			response.writeHead(200, { "content-length": "100" });
			response.write("{", () => response.socket?.destroy());
		});
		await expect(send("/").then((response) => readWhole(response))).rejects.toThrow(ClusterUnreachable);
	});

	it("refuses an answer beyond all measure", async () => {
		const { send } = await ground((_, response) => response.end("x".repeat(2_000)));
		await expect(send("/").then((response) => readWhole(response, 1_000))).rejects.toThrow(
			"cannot read an answer of more than 1000 characters",
		);
	});
});

describe("a watch over sockets", () => {
	it("outlives the time-out of a request for as long as something comes", async () => {
		const { send } = await ground(
			(_, response) => {
				let left = 4;
				const tick = setInterval(() => {
					left--;
					if (left > 0) return response.write("tick\n");
					clearInterval(tick);
					return response.end();
				}, 40);
				response.flushHeaders();
			},
			{ requestTimeoutMs: 60, quietWatchMs: 1_000 },
		);
		expect((await piecesBeforeItBreaks(await send("/?watch=true"))).join("")).toBe("tick\ntick\ntick\n");
	});

	it("breaks off when nothing comes for too long", async () => {
		const { send } = await ground((_, response) => response.write("tick\n"), { quietWatchMs: 60 });
		expect(await piecesBeforeItBreaks(await send("/?watch=true"))).toEqual([
			"tick\n",
			new ClusterUnreachable("cannot read the API server's answer to its end: silent for 60 ms"),
		]);
	});

	it("ends without a fault when it is closed, and takes its connection with it", async () => {
		const gone = Promise.withResolvers<void>();
		const { send } = await ground((_, response) => {
			response.on("close", () => gone.resolve());
			response.write("tick\n");
		});
		const closing = new AbortController();
		const pieces = piecesBeforeItBreaks(await send("/?watch=true"), closing.signal);
		setTimeout(() => closing.abort(), 20);
		expect(await pieces).toEqual(["tick\n"]);
		await gone.promise;
	});
});
