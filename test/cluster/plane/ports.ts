import { connect, createServer } from "node:net";

/** Where the plane's programs listen on 127.0.0.1. */
export type PlanePorts = {
	readonly apiServer: number;
	readonly etcd: number;
	readonly etcdPeer: number;
	readonly controllerManager: number;
	readonly scheduler: number;
};

/** Below the ephemeral range: nobody's outgoing connection takes the port of a program that is down for a moment. */
const USUAL: PlanePorts = { apiServer: 6443, etcd: 2379, etcdPeer: 2380, controllerManager: 10257, scheduler: 10259 };
const STEP = 100;
const TRIES = 50;

/** The usual ports; outside a network namespace of our own, others may have them already, and then the next ones. */
export async function freePorts(): Promise<PlanePorts> {
	for (let attempt = 0; attempt < TRIES; attempt++) {
		const ports = shifted(attempt * STEP);
		const free = await Promise.all(Object.values(ports).map(isFree));
		if (free.every(Boolean)) return ports;
	}
	throw new Error(
		`cannot find free ports for a control plane on 127.0.0.1: ${USUAL.apiServer} and the next ${TRIES} choices are taken`,
	);
}

/** Whether somebody accepts connections there. */
export function listens(host: string, port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, host);
		socket.once("error", () => resolve(false));
		socket.once("connect", () => {
			socket.destroy();
			resolve(true);
		});
	});
}

function shifted(by: number): PlanePorts {
	return {
		apiServer: USUAL.apiServer + by,
		etcd: USUAL.etcd + by,
		etcdPeer: USUAL.etcdPeer + by,
		controllerManager: USUAL.controllerManager + by,
		scheduler: USUAL.scheduler + by,
	};
}

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(false));
		server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
	});
}
