import { describe, expect, it, jest } from "@jest/globals";
import type { HookSettings } from "../../../src/local/aws/account.ts";
import type { Invocation } from "../../../src/local/embedded-ground.ts";
import { definitionOf, type Frozen, frozen, functionsOf } from "../../deployments/deployed-before.ts";
import { answered, deeds, gist, onceOnly, order, post, slowVm, wellEnded } from "../bad-input/messages.ts";
import { drill, HOOK, LEAVING, type Stage } from "../drill.ts";
import { synthesised } from "../stage.ts";

jest.setTimeout(60_000);

const SHORT: HookSettings = { ...HOOK, name: "short", heartbeatTimeoutSeconds: 300, defaultResult: "CONTINUE" };
const hooks = [SHORT, HOOK];

/** Which code runs an invocation: that of then, or today's. */
type Age = "before" | "today";
const generationOf = ({ event }: Invocation): number => Number((event as { generation?: string }).generation);

type Deployment = {
	/** The definition at the beginning, and the one that is deployed. */
	readonly definitions: readonly [Age, Age];
	readonly age: (invocation: Invocation, isDeployed: boolean) => Age;
	/** What happens once the VM is on its way; `deployAll` changes intake and definition. */
	readonly play: (stage: Stage, deployAll: () => void) => Promise<unknown>;
};

/** One drain of a slow VM with two hooks, in which something is deployed. */
async function drainAcross(version: Frozen, { definitions: [first, second], age, play }: Deployment) {
	const definitions = { before: () => definitionOf(version), today: () => synthesised().definition };
	let isDeployed = false;
	let before: Awaited<ReturnType<typeof functionsOf>> | undefined;
	let staged: Stage | undefined;
	const ran: string[] = [];
	const outcome = await drill({
		seed: slowVm,
		hooks,
		changeDefinition: definitions[first],
		prepare: (stage) => {
			staged = stage;
		},
		aroundInvoke: async (invocation, run) => {
			before ??= await functionsOf(
				version,
				staged as Stage,
				hooks.map(({ name }) => name),
			);
			const which = age(invocation, isDeployed);
			if (ran.at(-1) !== `${which} ${invocation.name}`) ran.push(`${which} ${invocation.name}`);
			return which === "before" ? before(invocation) : run();
		},
		play: async (stage) => {
			const { ground, cluster, until } = stage;
			ground.aws.terminate(LEAVING, "scale in");
			await until(() => cluster.truth.migrations().length > 0);
			await play(stage, () => {
				isDeployed = true;
				ground.machine.update(definitions[second]());
			});
			await until(() => ground.aws.instance(LEAVING).ec2 === "terminated");
			await answered(stage);
		},
	});
	return { outcome, ran };
}

const bothHooks = hooks.map(({ name }) => `${name} completed CONTINUE`);

/** As Step Functions does it: an execution keeps the versions that it began with; intake and sweep are always the newest. */
const pinned =
	(first: Age, second: Age): Deployment["age"] =>
	(invocation, isDeployed) => {
		if (invocation.name === "intake" || invocation.name === "sweep") return isDeployed ? second : first;
		return generationOf(invocation) === 1 ? first : second;
	};

describe.each(frozen)("a deployment in the middle of a drain, from or to the code of %s", (version) => {
	describe.each([
		["forward", "before", "today"],
		["back", "today", "before"],
	] as const)("%s", (_, first, second) => {
		it("leaves the execution that runs with its own code, which bears what the new intake writes", async () => {
			const { outcome, ran } = await drainAcross(version, {
				definitions: [first, second],
				age: pinned(first, second),
				play: async (stage, deployAll) => {
					deployAll();
					await post(stage, "orders", order({ mayEnd: ["shop/other"] }));
				},
			});

			expect(outcome.violations).toEqual([]);
			expect(gist(outcome)).toEqual(wellEnded);
			expect(deeds(outcome.stage)).toEqual({ ...onceOnly, completed: bothHooks });
			expect(outcome.record?.mayEnd).toEqual(["shop/other"]);
			expect(ran).toContain(`${second} intake`);
			expect(ran).toContain(`${first} release`);
			expect(ran).not.toContain(`${second} release`);
		});

		it("lets the next generation go on from the record as it is", async () => {
			const { outcome, ran } = await drainAcross(version, {
				definitions: [first, second],
				age: pinned(first, second),
				play: async ({ ground }, deployAll) => {
					deployAll();
					await ground.machine.stop(`${LEAVING}-1`);
				},
			});

			expect(outcome.violations).toEqual([]);
			expect(gist(outcome)).toEqual({ ...wellEnded, generation: 2 });
			expect(deeds(outcome.stage)).toEqual({
				...onceOnly,
				executions: [`${LEAVING}-1 ABORTED`, `${LEAVING}-2 SUCCEEDED`],
				completed: bothHooks,
			});
			expect(ran).toContain(`${first} evict`);
			expect(ran).toContain(`${second} release`);
		});
	});
});
