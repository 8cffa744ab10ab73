import type { TroubleKind } from "../../../src/domain/trouble.ts";
import { LEAVING } from "../drill.ts";
import { each, held, moved, released } from "./expectations.ts";
import { insist, listed, migrate, namespace, paths, read, setSchedulable } from "./objects.ts";
import { send, tellToGo, untilTaken, untilTrouble, WATCHED_MS } from "./plays.ts";
import type { Given, SharedOutcome, SharedScenario, SharedStage } from "./shared-scenario.ts";
import { untilAllMigrate } from "./waits.ts";

const ISSUED_LONG_AGO = "2020-01-01T00:00:00Z";
const names = ["one", "two"];
const drain = { kind: "drain", reason: "kernel" } as const;
const cancel = { kind: "cancel", reason: "wrong host", requestedBy: "alice" } as const;

const twoThatMigrate = (given: Given, on: string): void => {
	for (const name of names) given.vm({ namespace, name, on, evictionStrategy: "LiveMigrate", migrationSeconds: 15 });
};

/** A VM that would be restarted, and for as long as this budget stands is not evicted. */
const oneThatIsKept = (given: Given, on: string): void => {
	given.vm({ namespace, name: "db", on });
	given.pdb({ namespace, name: "db", matchLabels: { app: "db" }, minAvailable: 1 });
};
const letGo = (stage: SharedStage): Promise<unknown> => insist(stage, "DELETE", `${paths.budgets}/db`);

const untilItIs = (stage: SharedStage, state: string, generation = 1): Promise<void> =>
	stage.until(`the record of generation ${generation} is ${state}`, async () => {
		const record = await stage.record();
		return record?.state === state && record.generation === generation;
	});

/** What a look of an operator's shows of a drain: nothing, when it was taken back. */
async function tracesOf(stage: SharedStage): Promise<readonly string[]> {
	const node = await read(stage, `${paths.nodes}/${stage.node}`);
	const annotations = Object.keys((node.metadata as { readonly annotations?: object }).annotations ?? {});
	const marked = (await listed(stage, paths.vmis)).filter(({ status }) => status?.evacuationNodeName !== undefined);
	const unfinished = (await listed(stage, paths.migrations)).filter(
		({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed",
	);
	return [
		...(node.spec.unschedulable === true ? ["cordoned"] : []),
		...annotations.filter((name) => name.startsWith("evacuator.io/")),
		...marked.map(({ metadata }) => `${metadata.name} is marked`),
		...unfinished.map(({ metadata }) => `${metadata.name} is unfinished`),
	];
}

/** Waits for long enough that anything which still moves would show, and fails when there is more to see than this. */
async function requireTraces(stage: SharedStage, ...expected: readonly string[]): Promise<void> {
	await stage.sleep(WATCHED_MS);
	const traces = await tracesOf(stage);
	if (traces.join() !== expected.join()) throw new Error(`there are traces of the drain: ${traces.join(", ")}`);
}

const restored = (truth: SharedOutcome["truth"], stories: SharedOutcome["stories"]): SharedOutcome => ({
	...released(truth, stories),
	state: "restored",
});
const staying = (...vms: readonly string[]): SharedOutcome => restored(each(vms, ""), each(vms, "migrates: on its way"));
/** Before KubeVirt 1.7 nobody can take a mark off, and the VMs move on. */
const movingOn = (...vms: readonly string[]): SharedOutcome => restored(each(vms, "moved"), each(vms, "migrates: migrated"));

async function cancelWithoutVirtApi(stage: SharedStage): Promise<void> {
	await stage.faults.virtApi("down");
	await send(stage, drain);
	await untilTrouble(stage, "guard-unreachable");
	await send(stage, cancel);
	await untilItIs(stage, "restored");
	await stage.faults.virtApi("up");
	await requireTraces(stage);
}

const cancelWhileTheyMigrate =
	(...traces: readonly string[]) =>
	async (stage: SharedStage): Promise<void> => {
		await send(stage, drain);
		await untilAllMigrate(stage);
		await send(stage, cancel);
		await untilItIs(stage, "restored");
		await requireTraces(stage, ...traces);
	};

/** Cancelled when this trouble keeps something from being evicted, which is then mended. */
async function cancelWithAHook(stage: SharedStage, kind: TroubleKind, mend: () => Promise<unknown>): Promise<void> {
	tellToGo(stage);
	await untilTrouble(stage, kind);
	await send(stage, cancel);
	await untilTrouble(stage, "cancel-held");
	await mend();
}

const untilNextHeartbeat = async ({ ground: { aws }, until }: SharedStage): Promise<void> => {
	const beats = () => aws.requests.filter(({ operation }) => operation === "RecordLifecycleActionHeartbeat").length;
	const sent = beats();
	await until("the next heartbeat is sent", () => beats() > sent);
};

/** How drains are taken back, and what keeps them from it. */
export const cancels: readonly SharedScenario[] = [
	{
		name: "a drain that is cancelled before any eviction leaves the node as it was",
		given: twoThatMigrate,
		play: cancelWithoutVirtApi,
		expected: staying(...names),
	},
	{
		name: "a drain that is cancelled while its VMs migrate: marks go, migrations are called off, and the VMs stay",
		seconds: 90,
		given: twoThatMigrate,
		play: cancelWhileTheyMigrate(),
		expected: (kubevirt) => (kubevirt === "1.5" ? movingOn(...names) : staying(...names)),
	},
	{
		name: "a cordon that stood before the drain stays when that is taken back",
		seconds: 90,
		given: twoThatMigrate,
		play: async (stage) => {
			await setSchedulable(stage, stage.node, false);
			await cancelWhileTheyMigrate("cordoned")(stage);
		},
		expected: (kubevirt) => (kubevirt === "1.5" ? movingOn(...names) : staying(...names)),
	},
	{
		name: "a user's own migration goes on when the drain is taken back",
		seconds: 60,
		given: (given, on) => {
			given.vm({ namespace, name: "db", on, evictionStrategy: "LiveMigrate", migrationSeconds: 15 });
		},
		play: async (stage) => {
			await migrate(stage, "db");
			await send(stage, drain);
			await untilAllMigrate(stage);
			await send(stage, cancel);
			await untilItIs(stage, "restored");
			await stage.until("the VM has moved", () => stage.truth().db === "moved");
		},
		expected: (kubevirt) => {
			const stories = { db: kubevirt === "1.5" ? "migrates: migrated" : "migrates: on its way" };
			return restored({ db: "moved" }, stories);
		},
	},
	{
		name: "a cancel while a hook waits: the node is held, nothing more is evicted, and heartbeats go on",
		seconds: 150,
		given: (given, on) => {
			oneThatIsKept(given, on);
			given.vm({ namespace, name: "one", on, evictionStrategy: "LiveMigrate", migrationSeconds: 3 });
		},
		play: async (stage) => {
			await cancelWithAHook(stage, "eviction-refused", () => letGo(stage));
			await untilNextHeartbeat(stage);
			await requireTraces(stage, "cordoned", "evacuator.io/maintenance", "evacuator.io/reason");
		},
		expected: held(
			[`cancel-held ${LEAVING}`],
			{ db: "", one: "moved" },
			{ db: "restarts elsewhere: on its way", one: "migrates: migrated" },
		),
	},
	{
		name: "a cancel while a hook waits, and a newer order that goes on with the drain",
		seconds: 250,
		given: twoThatMigrate,
		play: async (stage) => {
			await stage.faults.virtApi("down");
			await cancelWithAHook(stage, "guard-unreachable", () => stage.faults.virtApi("up"));
			await send(stage, drain);
			await untilTaken(stage);
		},
		expected: moved(...names),
	},
	{
		name: "a cancel after the release comes too late, and is kept for whoever sent it",
		seconds: 60,
		given: twoThatMigrate,
		play: async (stage) => {
			await send(stage, drain);
			await untilItIs(stage, "released");
			await send(stage, cancel);
			await stage.until("the cancel is in the quarantine", async () => {
				const { ready } = await stage.ground.queues.inspect("quarantine");
				return ready.some(({ body }) => body.includes("wrong host"));
			});
		},
		expected: released(each(names, "moved"), each(names, "migrates: migrated")),
	},
	{
		name: "an older order that comes after the cancel drains nothing, and a newer one does",
		seconds: 90,
		given: oneThatIsKept,
		play: async (stage) => {
			await send(stage, drain);
			await untilTrouble(stage, "eviction-refused");
			await send(stage, cancel);
			await untilItIs(stage, "restored");
			await letGo(stage);
			await send(stage, { ...drain, issuedAt: ISSUED_LONG_AGO });
			await requireTraces(stage);
			await send(stage, drain);
			await untilItIs(stage, "released", 2);
		},
		expected: released({ db: "ended by eviction, started elsewhere" }, { db: "restarts elsewhere: restarted" }),
	},
];
