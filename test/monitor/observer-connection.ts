import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** How to reach the API server: `https` with a client certificate, or `http` with a token. All PEM. */
export type Access = {
	readonly url: string;
	readonly ca?: string;
	readonly cert?: string;
	readonly key?: string;
	readonly token?: string;
};

/** What the API server answered. */
export type Answer = { readonly code: number; readonly body: unknown };

/** A way to the API server that shares nothing with the program that is observed. */
export type Connection = {
	/** One request; rejects when no answer comes within ten seconds. */
	get(path: string): Promise<Answer>;
	/** Calls `onLine` with each line of the answer until it ends or breaks; `onOpen` hears the status code first. */
	follow(path: string, on: { readonly open: (code: number) => void; readonly line: (line: string) => void }): Following;
	close(): void;
};

export type Following = { readonly ended: Promise<void>; stop(): void };

const PATIENCE_MS = 10_000;

export function connect({ url, ca, cert, key, token }: Access): Connection {
	const isTls = url.startsWith("https:");
	const request = isTls ? httpsRequest : httpRequest;
	const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
	const agent = isTls ? new HttpsAgent({ keepAlive: true, ...tls }) : new HttpAgent({ keepAlive: true });
	const headers = { accept: "application/json", ...(token && { authorization: `Bearer ${token}` }) };

	const open = (path: string, signal: AbortSignal): Promise<IncomingMessage> =>
		new Promise((resolve, reject) => {
			request(new URL(path, url), { agent, headers, signal }, resolve).on("error", reject).end();
		});

	return {
		get: async (path) => {
			const response = await open(path, AbortSignal.timeout(PATIENCE_MS));
			const text = await textOf(response);
			return { code: response.statusCode ?? 0, body: parsed(text) };
		},
		follow: (path, on) => {
			const stopped = new AbortController();
			const ended = open(path, stopped.signal).then(async (response) => {
				on.open(response.statusCode ?? 0);
				await eachLine(response, on.line);
			});
			return { ended, stop: () => stopped.abort() };
		},
		close: () => agent.destroy(),
	};
}

async function textOf(response: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks).toString("utf8");
}

/** An answer that is no JSON (404 of an API that is not there yet) is its text. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

async function eachLine(response: IncomingMessage, onLine: (line: string) => void): Promise<void> {
	response.setEncoding("utf8");
	let rest = "";
	for await (const chunk of response as AsyncIterable<string>) {
		const lines = `${rest}${chunk}`.split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) if (line !== "") onLine(line);
	}
}
