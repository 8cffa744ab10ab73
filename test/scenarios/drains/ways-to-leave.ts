import type { HookSettings } from "../../../src/local/aws/account.ts";
import { LEAVING, type Stage } from "../drill.ts";

/** The shortest hook that is not too short. */
export const shortHook: HookSettings = {
	name: "evacuator",
	heartbeatTimeoutSeconds: 300,
	defaultResult: "ABANDON",
	tells: ["eventbridge"],
};

/** The instance is told to go, and so much time passes. */
export const leaveFor =
	(seconds: number) =>
	async ({ ground, clock }: Stage): Promise<void> => {
		ground.aws.terminate(LEAVING, "scale in");
		await clock.sleep(seconds * 1000);
	};

/** The instance is told to go; after so many seconds something happens; and then AWS takes the instance. */
export const leaveWhile =
	(seconds: number, happens: (stage: Stage) => unknown) =>
	async (stage: Stage): Promise<void> => {
		const { ground, clock } = stage;
		ground.aws.terminate(LEAVING, "scale in");
		await clock.sleep(seconds * 1000);
		await happens(stage);
		while (ground.aws.instance(LEAVING).ec2 !== "terminated") await clock.sleep(500);
	};

/** Posts a drain order on the orders queue. */
export const order = ({ ground, allow }: Stage, mayEnd: readonly string[] = []): Promise<unknown> => {
	for (const vm of mayEnd) allow(vm);
	const body = { kind: "drain", version: 1, instanceId: LEAVING, reason: "an operator says so", mayEnd };
	return ground.queues.send("orders", JSON.stringify(body));
};

/** Seconds from the instance's being told to go to AWS's taking it. */
export const takenAfter = ({ ground }: Stage): number | undefined => {
	const at = (kind: string) => ground.aws.log.find((event) => event.kind === kind)?.at ?? Number.NaN;
	const ms = at("taken") - at("terminating");
	return Number.isNaN(ms) ? undefined : ms / 1000;
};

/** The longest time, in seconds, in which AWS heard nothing from us while an action was waiting. */
export const longestSilence = ({ ground, clock }: Stage): number => {
	const heardAt: number[] = [];
	for (const event of ground.aws.log)
		if (event.kind === "waiting" || event.kind === "heartbeat" || event.kind === "ended") heardAt.push(event.at);
	if (!ground.aws.log.some(({ kind }) => kind === "ended")) heardAt.push(clock.now());
	return Math.max(...heardAt.slice(1).map((at, index) => at - (heardAt[index] ?? at))) / 1000;
};
