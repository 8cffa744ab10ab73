import { describe, expect, it, jest } from "@jest/globals";
import type { HookSettings } from "../../../src/local/aws/account.ts";
import type { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import type { Invocation } from "../../../src/local/embedded-ground.ts";
import type { ExecutionStatus } from "../../../src/local/workflow/execution-event.ts";
import { answered, deadLetters, deeds, gist, post, wellEnded } from "../bad-input/messages.ts";
import { type Drill, drill, HOOK, LEAVING, type Stage } from "../drill.ts";

jest.setTimeout(60_000);

const SHORT: HookSettings = { ...HOOK, name: "short", heartbeatTimeoutSeconds: 300, defaultResult: "CONTINUE" };
const first = `${LEAVING}-1`;
const LATE_MS = 90_000;

/** Its migration outlasts the end of the first execution. */
const slowestVm = (cluster: SimulatedCluster, on: string): void =>
	void cluster.add.vm({ namespace: "shop", name: "web", on, evictionStrategy: "LiveMigrate", migrationSeconds: 1_200 });

type Around = NonNullable<Drill["aroundInvoke"]>;
type Ending = {
	readonly status: ExecutionStatus;
	readonly error: string | null;
	/** What becomes of the answers of the first execution's functions. */
	readonly around?: Around;
	readonly changeDefinition?: NonNullable<Drill["changeDefinition"]>;
	/** What is done when the VM migrates. */
	readonly act?: (stage: Stage) => Promise<unknown>;
};

const isFirst = ({ event }: Invocation) => (event as { generation?: string }).generation === "1";

/** Watch of the first execution answers something else. */
const spoilt =
	(spoil: (answer: object) => unknown): Around =>
	async (invocation, run) => {
		const answer = await run();
		return invocation.name === "watch" && isFirst(invocation) ? spoil(answer as object) : answer;
	};

/** After its first Watch the first execution goes from Assess to Assess, until its history is full. */
function goesRound(): Around {
	let watched = false;
	const again = { next: "assess", events: 0, waitSeconds: 60, watchTimeoutSeconds: 120 };
	return async (invocation, run, clock) => {
		if (!isFirst(invocation)) return run();
		if (watched) {
			await clock.sleep(1_000);
			return again;
		}
		watched = invocation.name === "watch";
		return watched ? { ...((await run()) as object), ...again } : run();
	};
}

const endings: Readonly<Record<string, Ending>> = {
	"is aborted": {
		status: "ABORTED",
		error: "Operator",
		act: ({ ground }) => ground.machine.stop(first, "Operator", "by mistake"),
	},
	"fails where no Catch helps": {
		status: "FAILED",
		error: "States.Runtime",
		around: spoilt((answer) => ({ ...answer, next: "wait", waitSeconds: "soon" })),
	},
	"has a state that is too large": {
		status: "FAILED",
		error: "States.DataLimitExceeded",
		around: spoilt((answer) => ({ ...answer, said: "x".repeat(300_000) })),
	},
	"has a history that is full": { status: "FAILED", error: "States.Runtime", around: goesRound() },
	"times out": {
		status: "TIMED_OUT",
		error: "States.Timeout",
		changeDefinition: (definition) => ({ ...definition, TimeoutSeconds: 900 }),
	},
};

type Arrival = { readonly around?: (around: Around) => Around; readonly prepare?: (stage: Stage) => void };

const isAboutFirst = ({ name, event }: Invocation) =>
	name === "intake" && JSON.stringify(event).includes(`\\"name\\":\\"${first}\\"`);

/** Intake gets no hold of the event before so much time has passed. */
function delayed(around: Around): Around {
	let until: number | undefined;
	return async (invocation, run, clock: VirtualClock) => {
		if (!isAboutFirst(invocation)) return around(invocation, run, clock);
		until ??= clock.now() + LATE_MS;
		if (clock.now() < until) throw new Error("not yet");
		return run();
	};
}

/** Step Functions describes the first execution as running for a while after it has told of its end. */
const describedLate = ({ clock, ground: { machine } }: Stage): void => {
	const { describe: now } = machine;
	machine.describe = (name) => {
		const known = now(name);
		const lags = name === first && known?.stopDate != null && clock.now() < known.stopDate + LATE_MS;
		return known && lags ? { ...known, status: "RUNNING", stopDate: null } : known;
	};
};

/** The same event a second time. */
async function again(stage: Stage): Promise<void> {
	const { stopDate: _stopped, ...detail } = stage.ground.machine.describe(first) ?? {};
	await post(
		stage,
		"events",
		JSON.stringify({ source: "aws.states", "detail-type": "Step Functions Execution Status Change", detail }),
	);
}

const arrivals: Readonly<Record<string, Arrival>> = {
	"late, and again": { around: delayed },
	"before Step Functions describes it so, and again": { prepare: describedLate },
};

const oneToken = [HOOK];
/** The shorter one first: a hook that bears less than what an execution knows of opens a generation of its own. */
const twoTokens = [SHORT, HOOK];

async function isFollowedOnce(ending: Ending, { around = (it) => it, prepare }: Arrival, hooks: readonly HookSettings[]) {
	const outcome = await drill({
		hooks,
		seed: slowestVm,
		...(ending.changeDefinition && { changeDefinition: ending.changeDefinition }),
		...(prepare && { prepare }),
		aroundInvoke: around(ending.around ?? ((_invocation, run) => run())),
		play: (stage) => playUntilTaken(stage, ending),
	});
	const executions = outcome.stage.ground.machine.list();

	expect(outcome.violations).toEqual([]);
	expect(gist(outcome)).toEqual({ ...wellEnded, generation: 2 });
	expect(executions.map(({ name, status, error }) => ({ name, status, error }))).toEqual([
		{ name: first, status: ending.status, error: ending.error },
		{ name: `${LEAVING}-2`, status: "SUCCEEDED", error: null },
	]);
	expect(deeds(outcome.stage)).toMatchObject({
		evictions: 1,
		completed: hooks.map(({ name }) => `${name} completed CONTINUE`),
		taken: ["completed"],
	});
	expect(outcome.record?.hooks.map(({ hook }) => hook)).toEqual(hooks.map(({ name }) => name));
}

describe("an execution is followed by the next generation, once, and nothing happens twice:", () => {
	describe.each(Object.entries(endings))("one that %s", (_, ending) => {
		it.each([
			["one token", oneToken],
			["two tokens", twoTokens],
		])("with %s", (_, hooks) => isFollowedOnce(ending, {}, hooks));
	});

	describe.each(Object.entries(arrivals))("one whose end is told %s", (_, arrival) => {
		it.each(["is aborted", "has a state that is too large"])("when it %s", (ending) =>
			isFollowedOnce(endings[ending] as Ending, arrival, twoTokens),
		);
	});
});

async function playUntilTaken(stage: Stage, { act }: Ending): Promise<void> {
	const { ground, cluster, until } = stage;
	ground.aws.terminate(LEAVING, "scale in");
	await until(() => cluster.truth.migrations().length > 0);
	await act?.(stage);
	await until(() => ground.machine.list()[0]?.status !== "RUNNING");
	await again(stage);
	await until(() => ground.aws.instance(LEAVING).ec2 === "terminated");
	await answered(stage);
	expect(await deadLetters(stage, "events-dead")).toEqual([]);
}
