import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "@jest/globals";
import { machineUnderTest, task } from "./machine-under-test.ts";

const definition = {
	StartAt: "Look",
	States: {
		Look: task("look", { ResultPath: "$.look", Next: "Heartbeats", Retry: [{ ErrorEquals: ["Busy"], IntervalSeconds: 7 }] }),
		Heartbeats: {
			Type: "Map",
			ItemsPath: "$.hooks",
			ItemProcessor: { StartAt: "Heartbeat", States: { Heartbeat: task("heartbeat") } },
			ResultPath: null,
			Next: "Done?",
		},
		"Done?": { Type: "Choice", Choices: [{ Variable: "$.look.left", NumericEquals: 0, Next: "Done" }], Default: "Pause" },
		Pause: { Type: "Wait", Seconds: 20, Next: "Look" },
		Done: { Type: "Succeed" },
	},
};

/** Four executions whose functions ask a server on a socket, now and then refused. */
async function traceOnce(url: string): Promise<string> {
	let answers = 0;
	const left = new Map<unknown, number>();
	const { clock, machine, events } = machineUnderTest(definition, {
		functions: {
			look: async (input) => {
				const { id } = input as { id: number };
				await (await fetch(url)).text();
				await clock.sleep(1000 + 100 * id);
				if (++answers % 5 === 0) throw Object.assign(new Error("busy"), { name: "Busy", stack: "" });
				const now = (left.get(id) ?? 4) - 1;
				left.set(id, now);
				return { left: now };
			},
			heartbeat: async (hook) => {
				await (await fetch(url)).text();
				return hook;
			},
		},
	});
	await clock.run(async () => {
		for (let id = 0; id < 4; id++) machine.start(`i-${id}-1`, { id, hooks: ["a", "b"] });
		for (const { name } of machine.list()) expect((await clock.rest(machine.ended(name))).status).toBe("SUCCEEDED");
	});
	return events.map((event) => JSON.stringify(event)).join("\n");
}

it("the same executions over real sockets give the same trace fifty times", async () => {
	const server = createServer((_, response) => response.end("ok"));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const traces = new Set<string>();
	try {
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
		for (let i = 0; i < 50; i++) traces.add(await traceOnce(url));
	} finally {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
	expect(traces.size).toBe(1);
	expect([...traces][0]?.split("\n").length).toBeGreaterThan(150);
}, 60_000);
