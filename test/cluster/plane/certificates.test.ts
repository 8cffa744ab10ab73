import { connect, createServer, type TLSSocket } from "node:tls";
import { describe, expect, it } from "@jest/globals";
import { createAuthority } from "./certificates.ts";
import type { Identity } from "./plane.ts";

/** One handshake with client certificate; what each side says of the other, or why it came to nothing. */
async function handshake(server: Identity, client: Identity, ca: string, servername: string): Promise<unknown> {
	const listener = createServer({ ...server, ca, requestCert: true, rejectUnauthorized: true });
	await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
	const { port } = listener.address() as { port: number };
	const seen = new Promise((resolve) =>
		listener.once("secureConnection", (socket: TLSSocket) => resolve(socket.getPeerCertificate().subject)),
	);
	const socket = connect({ ...client, ca, port, host: "127.0.0.1", servername });
	try {
		return await new Promise((resolve, reject) => {
			socket.once("secureConnect", () => resolve(seen));
			socket.once("error", reject);
		});
	} catch (error) {
		return (error as NodeJS.ErrnoException).code;
	} finally {
		socket.destroy();
		listener.close();
	}
}

describe("the plane's certificates", () => {
	it("let a server and a client of one authority trust each other, and carry user and groups", async () => {
		const authority = await createAuthority("kubernetes-ca");
		const server = await authority.server(["kubernetes.default.svc", "127.0.0.1"]);
		const client = await authority.client("evacuator-evict", ["evacuator:evict", "system:masters"]);

		const subject = await handshake(server, client, authority.cert, "kubernetes.default.svc");

		expect({ ...(subject as object) }).toEqual({ O: ["evacuator:evict", "system:masters"], CN: "evacuator-evict" });
	});

	it("hold for no other name", async () => {
		const authority = await createAuthority("kubernetes-ca");
		const server = await authority.server(["kubernetes.default.svc"]);
		const client = await authority.client("somebody");

		expect(await handshake(server, client, authority.cert, "localhost")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
	});

	it("are worth nothing under another authority of the same name", async () => {
		const [authority, other] = await Promise.all([createAuthority("kubernetes-ca"), createAuthority("kubernetes-ca")]);
		const server = await authority.server(["localhost"]);
		const client = await authority.client("somebody");

		expect(await handshake(server, client, other.cert, "localhost")).toMatch(/CERT|UNABLE_TO_VERIFY/);
	});
});
