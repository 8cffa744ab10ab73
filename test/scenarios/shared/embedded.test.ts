import { describe, expect, it, jest } from "@jest/globals";
import { LEAVING } from "../drill.ts";
import { playEmbedded } from "./embedded.ts";
import { moved } from "./expectations.ts";
import { namespace, paths } from "./objects.ts";
import { tellToGo } from "./plays.ts";
import { scenarios } from "./scenarios.ts";
import type { SharedScenario } from "./shared-scenario.ts";

jest.setTimeout(60_000);

const oneMoves: SharedScenario = {
	name: "one VM moves",
	given: (given, on) => given.vm({ namespace, name: "db", on, evictionStrategy: "LiveMigrate", migrationSeconds: 3 }),
	expected: moved("db"),
};

/** Somebody answers the hook in our name while the VM still is on the instance. */
const letGoTooEarly: SharedScenario = {
	...oneMoves,
	given: (given, on) => given.vm({ namespace, name: "db", on, evictionStrategy: "LiveMigrate", migrationSeconds: 60 }),
	play: async (stage) => {
		tellToGo(stage);
		await stage.until("the hook is known", async () => (await stage.record())?.hooks.length === 1);
		const [hook] = (await stage.record())?.hooks ?? [];
		if (hook) await stage.ground.worldOf("release").instances.complete(LEAVING, hook);
		await stage.sleep(60_000);
	},
};

describe("a scenario on the simulated cluster", () => {
	it("comes to what is expected of it, and to nothing else", async () => {
		const outcome = await playEmbedded(oneMoves, "1.9");
		expect(outcome).toEqual(oneMoves.expected);
		expect(outcome).not.toEqual(moved("db", "another"));
		expect(outcome).not.toEqual({ ...moved("db"), state: "open" });
		expect(outcome).not.toEqual({ ...moved("db"), truth: { db: "moved, moved" } });
	});

	it("is judged by the laws: an instance that goes with a VM alive is told", async () => {
		const { violations, truth } = await playEmbedded(letGoTooEarly, "1.9");
		expect(truth).toEqual({ db: "ended by instance taken" });
		expect(violations).toEqual([
			{ law: "1", says: `${LEAVING} was let go (completed) while ${namespace}/db was alive on it` },
			{ law: "1", says: `${namespace}/db died with ${LEAVING}, which was taken` },
		]);
	});

	it("says for what it has waited in vain", async () => {
		const waits: SharedScenario = { ...oneMoves, play: ({ until }) => until("the VM has wings", () => false, 2) };
		const broken = playEmbedded(waits, "1.9").catch((fault: Error) => String(fault.cause));
		expect(await broken).toBe("Error: waited 2 minutes in vain until the VM has wings");
	});

	it("loses sight of the cluster while the API server is down", async () => {
		const codes: (number | string)[] = [];
		const get = async ({ kubectl }: Parameters<NonNullable<SharedScenario["play"]>>[0]) =>
			codes.push(await kubectl("GET", paths.vmis).then(({ code }) => code, String));
		const blinded: SharedScenario = {
			...oneMoves,
			play: async (stage) => {
				await get(stage);
				await stage.faults.apiServer("down");
				await get(stage);
				await stage.faults.apiServer("up");
				await get(stage);
			},
		};
		await playEmbedded(blinded, "1.9");
		expect(codes).toEqual([200, "ConnectionReset: read ECONNRESET", 200]);
	});
});

describe("the shared scenarios", () => {
	it("are forty at least, each of its own name", () => {
		expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
		expect(scenarios.length).toBeGreaterThanOrEqual(40);
	});
});
