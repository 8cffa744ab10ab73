import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const ASK_EVERY_MS = 1_000;

/**
 * Does the work while no other process of this machine does work of this name in this folder; `waits` is called once when
 * another one does. The turn is an abstract socket: the kernel takes it back when its process dies, however that happens.
 */
export async function inTurn<T>(name: string, folder: string, waits: () => void, work: () => Promise<T>): Promise<T> {
	const path = `\0evacuator-${name}-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`;
	let turn = await take(path);
	if (turn === undefined) waits();
	while (turn === undefined) {
		await sleep(ASK_EVERY_MS);
		turn = await take(path);
	}
	const taken = turn;
	try {
		return await work();
	} finally {
		await new Promise((resolve) => taken.close(resolve));
	}
}

/** Undefined while somebody else has it. */
function take(path: string): Promise<Server | undefined> {
	return new Promise((resolve, reject) => {
		const server = createServer((socket) => socket.destroy());
		server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
		server.listen(path, () => resolve(server.unref()));
	});
}
