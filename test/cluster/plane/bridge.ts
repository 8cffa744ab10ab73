import { connect, createServer, type Server, type Socket } from "node:net";

/** One end of a way into a namespace; `port` on 127.0.0.1 of the outer end. */
type BridgeEnd = { readonly port: number; close(): void };

/** A socket's path holds 107 bytes: https://man7.org/linux/man-pages/man7/unix.7.html */
const LONGEST_PATH = 107;

/** Inside: listens on a socket in the file system, which has no network namespace, and leads on to `url`. */
export async function openInnerEnd(path: string, url: string): Promise<BridgeEnd> {
	if (Buffer.byteLength(path) > LONGEST_PATH) {
		throw new Error(`cannot listen on ${path}: it is longer than ${LONGEST_PATH} bytes; set XDG_CACHE_HOME to a shorter folder`);
	}
	const { port } = new URL(url);
	return listening(
		pipingTo(() => connect(Number(port), "127.0.0.1")),
		{ path },
	);
}

/** Outside: listens on a free port of 127.0.0.1 and leads to the socket. */
export async function openOuterEnd(path: string): Promise<BridgeEnd> {
	return listening(
		pipingTo(() => connect(path)),
		{ host: "127.0.0.1", port: 0 },
	);
}

function pipingTo(open: () => Socket): { readonly server: Server; readonly sockets: Set<Socket> } {
	const sockets = new Set<Socket>();
	const server = createServer((from) => {
		const to = open();
		for (const [socket, other] of [
			[from, to],
			[to, from],
		] as const) {
			sockets.add(socket);
			socket.setNoDelay(true);
			socket.pipe(other);
			socket.on("error", () => other.destroy());
			socket.on("close", () => {
				sockets.delete(socket);
				other.destroy();
			});
		}
	});
	return { server, sockets };
}

function listening(
	{ server, sockets }: ReturnType<typeof pipingTo>,
	where: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<BridgeEnd> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(where, () => {
			const address = server.address();
			resolve({
				port: typeof address === "object" && address !== null ? address.port : 0,
				close() {
					server.close();
					for (const socket of sockets) socket.destroy();
				},
			});
		});
	});
}
