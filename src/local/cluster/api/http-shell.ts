import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConnectionReset } from "./provoked-faults.ts";

export type HttpShell = {
	/** `http://127.0.0.1:PORT`, without a slash at the end. */
	readonly url: string;
	/** Ends every connection, watches included, and resolves when the port is free. */
	close(): Promise<void>;
};

/** What the API server takes at most (`--max-request-body-bytes`). */
const mostBytes = 3 * 1024 * 1024;

/** Puts HTTP around a request handler, on loopback only. Port 0, the default, takes a free one. */
export async function serve(
	handle: (request: Request) => Promise<Response>,
	options: { readonly port?: number } = {},
): Promise<HttpShell> {
	const server = createServer((incoming, outgoing) => {
		void answer(handle, incoming, outgoing);
	});
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	server.once("error", reject);
	server.listen(options.port ?? 0, "127.0.0.1", resolve);
	await promise;
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		close: () =>
			new Promise((done) => {
				server.close(() => done());
				server.closeAllConnections();
			}),
	};
}

async function answer(
	handle: (request: Request) => Promise<Response>,
	incoming: IncomingMessage,
	outgoing: ServerResponse,
): Promise<void> {
	const gone = new AbortController();
	outgoing.once("close", () => gone.abort());
	try {
		const request = await readRequest(incoming, gone.signal);
		const response = request === undefined ? tooLarge() : await handle(request);
		outgoing.writeHead(response.status, Object.fromEntries(response.headers));
		if (response.body === null || incoming.method === "HEAD") outgoing.end();
		else await stream(response.body, outgoing);
	} catch (error) {
		if (error instanceof ConnectionReset) incoming.socket.resetAndDestroy();
		else fail(outgoing, error);
	}
}

/** Undefined when the body is larger than the API server takes. */
async function readRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<Request | undefined> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of incoming as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size <= mostBytes) chunks.push(chunk);
	}
	if (size > mostBytes) return undefined;
	const { method = "GET", url = "/", headers } = incoming;
	const listed = Object.entries(headers).flatMap(([name, value]) =>
		typeof value === "string" ? [[name, value] as [string, string]] : [],
	);
	const body = size === 0 ? null : Buffer.concat(chunks);
	return new Request(new URL(url, "http://127.0.0.1"), { method, headers: listed, body, signal });
}

function tooLarge(): Response {
	const message = `Request entity too large: limit is ${mostBytes}`;
	const status = {
		kind: "Status",
		apiVersion: "v1",
		metadata: {},
		status: "Failure",
		message,
		reason: "RequestEntityTooLarge",
		code: 413,
	};
	return Response.json(status, { status: 413, headers: { "content-type": "application/json" } });
}

async function stream(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
	outgoing.flushHeaders();
	const reader = body.getReader();
	outgoing.once("close", () => {
		reader.cancel().catch(() => {});
	});
	for (let read = await reader.read(); !read.done; read = await reader.read()) {
		if (outgoing.destroyed) return;
		outgoing.write(read.value);
	}
	outgoing.end();
}

/** A defect of the handler must be seen, not look like an answer of the cluster. */
function fail(outgoing: ServerResponse, error: unknown): void {
	if (outgoing.destroyed) return;
	if (outgoing.headersSent) {
		outgoing.destroy();
		return;
	}
	const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
	outgoing.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end(`the simulated API server failed: ${why}\n`);
}
