import { mkdtempSync, rmSync } from "node:fs";
import { createServer, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { openInnerEnd, openOuterEnd } from "./bridge.ts";

describe("the bridge into a namespace", () => {
	it("carries a request over a socket in the file system", async () => {
		const folder = mkdtempSync(join(tmpdir(), "evacuator-"));
		const server = createServer((request, response) => response.end(`you asked for ${request.url}`));
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as { port: number };
		const inner = await openInnerEnd(join(folder, "api"), `http://127.0.0.1:${port}`);
		const outer = await openOuterEnd(join(folder, "api"));

		const answer = await new Promise<string>((resolve) => {
			get(`http://127.0.0.1:${outer.port}/readyz`, async (response) => {
				const chunks: Buffer[] = [];
				for await (const chunk of response) chunks.push(chunk);
				resolve(Buffer.concat(chunks).toString());
			});
		});

		for (const end of [outer, inner]) end.close();
		server.close();
		rmSync(folder, { recursive: true });
		expect(answer).toBe("you asked for /readyz");
	});

	it("says what to do when the path is too long for a socket", async () => {
		await expect(openInnerEnd(`/${"x".repeat(107)}`, "https://127.0.0.1:6443")).rejects.toThrow(
			"it is longer than 107 bytes; set XDG_CACHE_HOME to a shorter folder",
		);
	});
});
