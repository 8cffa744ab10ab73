import { describe, expect, it, jest } from "@jest/globals";
import { clusterRoles } from "../../../infra/cluster-roles.ts";
import { drill, LEAVING, type Stage } from "../drill.ts";
import { rulesWithout } from "../shared/rules-without.ts";
import { crashAfter, type Effects } from "./crashing-world.ts";
import {
	changesBy,
	endOf,
	MARK,
	runOn,
	sendOrder,
	tagsAtUncordoning,
	takenBack,
	tracesOf,
	twoSlowVms,
	untilBothMigrate,
	untilState,
} from "./taking-back.ts";

jest.setTimeout(180_000);

const untilCancelled = async (stage: Stage): Promise<void> => {
	await sendOrder(stage, "drain");
	await untilBothMigrate(stage);
	await sendOrder(stage, "cancel");
};

const inOrder = [
	"patch ip-10-0-1-14.eu-west-1.compute.internal 200",
	"update shop/virtualmachineinstances/one/evacuate/cancel 200",
	"update shop/virtualmachineinstances/two/evacuate/cancel 200",
	"delete shop/virtualmachineinstancemigrations/kubevirt-evacuation 200",
	"delete shop/virtualmachineinstancemigrations/kubevirt-evacuation 200",
];

describe("Restore", () => {
	it("uncordons, takes the marks off and calls the migrations off, in this order, once each", async () => {
		const outcome = await drill({
			seed: twoSlowVms,
			play: async (stage) => {
				await untilCancelled(stage);
				await untilState(stage, "restored");
			},
		});
		expect(changesBy(outcome.stage, "restore")).toEqual(inOrder);
		expect(endOf(outcome)).toEqual(takenBack);
	});

	it("tells on KubeVirt 1.5 that no API takes the marks off, follows what moves, and ends when nothing does", async () => {
		const outcome = await drill({
			seed: twoSlowVms,
			kubevirt: { kubevirtVersion: "1.5.0" },
			play: async (stage) => {
				await untilCancelled(stage);
				await stage.until(() => stage.notices.length > 0, "it is told");
				expect(tracesOf(stage)).toEqual(["one marked", "two marked", "one migrates", "two migrates"]);
				await untilState(stage, "restored");
			},
		});
		expect(endOf(outcome)).toEqual({ ...takenBack, guests: ["one elsewhere", "two elsewhere"] });
		expect(outcome.notices.map(({ subject }) => subject)).toEqual([
			`Evacuator ${LEAVING}-1: mark-stays`,
			`Evacuator ${LEAVING}-1: restored`,
		]);
		expect(changesBy(outcome.stage, "restore").filter((line) => line.startsWith("delete"))).toEqual([]);
	});

	const standsNow = ({ cluster, node }: Stage) => {
		const { metadata, spec } = cluster.store.get("nodes", undefined, node) ?? {};
		const ours = Object.keys(metadata?.annotations ?? {}).filter((name) => name.startsWith("evacuator.io/"));
		return { unschedulable: spec?.unschedulable ?? false, ours };
	};
	const untouched = { unschedulable: false, ours: [] };

	it.each([20_000, 50_000])("leaves no cordon behind that the API server obeys %d ms late", async (delayMs) => {
		const outcome = await drill({
			seed: () => {},
			prepare: ({ cluster }) =>
				void cluster.faults.api.add({
					match: ({ verb, resource, user }) => user === "evacuator-cordon" && verb === "patch" && resource === "nodes",
					times: 1,
					effect: { delayMs },
				}),
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await stage.until(() => stage.hasEntered("Cordon"));
				await sendOrder(stage, "cancel");
				await untilState(stage, "restored");
				await stage.clock.sleep(120_000);
			},
		});
		expect(standsNow(outcome.stage)).toEqual(untouched);
	});

	it("is followed by a Cordon that stood still for minutes, which takes back what it has done", async () => {
		let isInCordon = false;
		let stoodStill = false;
		const outcome = await drill({
			seed: () => {},
			boundary: (clock) => async (request, send) => {
				const answer = await send();
				if (!stoodStill && request.operation === "BatchGetItem" && isInCordon) {
					stoodStill = true;
					await clock.sleep(400_000);
				}
				return answer;
			},
			aroundInvoke: async ({ name }, run) => {
				isInCordon = name === "cordon";
				return run();
			},
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await stage.until(() => stoodStill);
				await sendOrder(stage, "cancel");
				await untilState(stage, "restored");
				await stage.clock.sleep(600_000);
			},
		});
		expect(standsNow(outcome.stage)).toEqual(untouched);
	});

	it("takes the mark of an earlier generation off first", async () => {
		let atUncordoning: (readonly string[])[] = [];
		const outcome = await drill({
			seed: () => {},
			aroundInvoke: cancelBeforeCordonOf(2),
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilState(stage, "released");
				await sendOrder(stage, "drain");
				await untilState(stage, "restored", 2);
			},
			prepare: (stage) => {
				staged = stage;
				atUncordoning = tagsAtUncordoning(stage);
			},
		});
		expect(endOf(outcome)).toEqual({ ...takenBack, generation: 2, guests: [] });
		expect(atUncordoning).toEqual([[]]);
	});

	it("touches nothing when the Node was deleted and registered again, and says so", async () => {
		let stands: unknown;
		const outcome = await drill({
			seed: twoSlowVms,
			play: async (stage) => {
				const { cluster, node } = stage;
				await sendOrder(stage, "drain");
				await untilBothMigrate(stage);
				const old = cluster.store.get("nodes", undefined, node);
				if (!old) throw new Error("there is no node");
				cluster.store.remove("nodes", undefined, node);
				const { uid, resourceVersion, creationTimestamp, ...metadata } = old.metadata;
				cluster.store.create("nodes", { ...old, metadata });
				stands = cluster.store.get("nodes", undefined, node)?.spec;
				await sendOrder(stage, "cancel");
				await untilState(stage, "restored");
			},
		});
		expect(changesBy(outcome.stage, "restore")).toEqual([]);
		expect(outcome.stage.cluster.store.get("nodes", undefined, outcome.stage.node)?.spec).toEqual(stands);
		expect(outcome.notices.at(-1)?.message).toContain("is not there any more: nothing was touched.");
	});

	it("gives way to a hook that comes meanwhile: nothing more is taken back, and the drain goes on", async () => {
		const outcome = await drill({
			seed: twoSlowVms,
			prepare: ({ cluster, ground }) => {
				cluster.faults.api.add({
					match: ({ user, verb }) => user === "evacuator-restore" && verb === "update",
					times: 1,
					effect: { after: () => void ground.aws.terminate(LEAVING, "scale in") },
				});
			},
			play: async (stage) => {
				await untilCancelled(stage);
				await stage.until(() => stage.ground.aws.instance(LEAVING).ec2 === "terminated", "AWS has taken it");
			},
		});
		expect([outcome.record?.state, outcome.violations]).toEqual(["released", []]);
	});
});

let staged: Stage | undefined;
/** The cancel is in the record before Cordon runs for the so-manieth time. */
function cancelBeforeCordonOf(generation: number) {
	let cordons = 0;
	return async ({ name }: { readonly name: string }, run: () => Promise<unknown>) => {
		cordons += name === "cordon" ? 1 : 0;
		if (name === "cordon" && cordons === generation && staged) {
			const stage = staged;
			expect(stage.ground.aws.instance(LEAVING).tags[MARK]).toBeDefined();
			await sendOrder(stage, "cancel");
			await stage.until(async () => (await stage.record())?.cancel !== undefined);
		}
		return run();
	};
}

const denials = [
	["patch", "nodes"],
	["update", "virtualmachineinstances/evacuate"],
	["delete", "virtualmachineinstancemigrations"],
	["list", "virtualmachineinstancemigrations"],
	["get", "nodes"],
] as const;

describe("Restore that may not", () => {
	it.each(denials)("%s %s holds, says what it lacks, and ends when it may", async (verb, resource) => {
		const outcome = await drill({
			seed: ({ add }, on) => {
				for (const name of ["one", "two"])
					add.vm({ namespace: "shop", name, on, evictionStrategy: "LiveMigrate", migrationSeconds: 7_000 });
			},
			prepare: ({ cluster, tokens }) => {
				const rules = rulesWithout(clusterRoles.restore, verb, resource);
				cluster.users.add({ name: "evacuator-restore", rules, token: tokens.restore });
			},
			play: async (stage) => {
				await untilCancelled(stage);
				await stage.until(() => stage.notices.length > 0, "it is told");
				await stage.clock.sleep(600_000);
				expect((await stage.record())?.state).toBe("open");
				stage.cluster.users.add({ name: "evacuator-restore", rules: clusterRoles.restore, token: stage.tokens.restore });
				await untilState(stage, "restored");
			},
		});
		expect(endOf(outcome)).toEqual(takenBack);
		expect(outcome.notices[0]?.subject).toBe(`Evacuator holds ${LEAVING} after a fault`);
		expect(outcome.notices[0]?.message).toContain("ClusterForbidden");
	});
});

describe("Restore that is ended after one of its effects and repeated", () => {
	const effects = ["the patch", "a mark", "the other mark", "a migration", "the other migration", "the end of the record"];

	/** Ended after so many effects; a Hold of five minutes lies between that and the next try, unless all was done. */
	async function endedAfter(count: number): Promise<{ readonly end: unknown; readonly seen: Effects }> {
		const seen: Effects = { count: 0, crashed: false };
		const outcome = await drill({
			seed: twoSlowVms,
			aroundInvoke: (invocation, run) =>
				invocation.name === "restore" ? runOn(invocation, crashAfter(count, seen, invocation.world)) : run(),
			play: async (stage) => {
				await untilCancelled(stage);
				await stage.clock.sleep(1_000_000);
			},
		});
		return { end: { ...endOf(outcome), told: outcome.notices.at(-1)?.subject }, seen };
	}

	it("has no effects but these, and tells of the end", async () => {
		expect(await endedAfter(Number.POSITIVE_INFINITY)).toEqual({
			end: { ...takenBack, told: `Evacuator ${LEAVING}-1: restored` },
			seen: { count: effects.length, crashed: false },
		});
	});

	it.each(effects.map((effect, index) => [effect, index + 1] as const))("comes to the same end: %s", async (_, count) => {
		const { end, seen } = await endedAfter(count);
		expect([seen.crashed, end]).toEqual([true, { ...takenBack, told: `Evacuator ${LEAVING}-1: restored` }]);
	});

	it("is told of when only the answer to the last try was lost", async () => {
		let lost = false;
		const outcome = await drill({
			seed: twoSlowVms,
			aroundInvoke: async ({ name }, run) => {
				const answer = (await run()) as { readonly next?: string };
				if (name !== "restore" || answer.next !== "done" || lost) return answer;
				lost = true;
				throw Object.assign(new Error("the connection to the function broke"), { name: "Lambda.ServiceException" });
			},
			play: async (stage) => {
				await untilCancelled(stage);
				await untilState(stage, "restored");
				await stage.clock.sleep(10_000);
			},
		});
		expect([lost, outcome.notices.map(({ subject }) => subject)]).toEqual([true, [`Evacuator ${LEAVING}-1: restored`]]);
	});
});
