import type { TroubleKind } from "../../../src/domain/trouble.ts";
import { LEAVING } from "../drill.ts";
import type { SharedStage } from "./shared-scenario.ts";
import { untilAllMigrate } from "./waits.ts";

/** How long a story that is stuck is watched, so that what must not happen has the time to. Milliseconds. */
export const WATCHED_MS = 10_000;

/** Auto Scaling decides to take the instance. */
export const tellToGo = ({ ground }: SharedStage): void => ground.aws.terminate(LEAVING, "scale in");

export const untilTaken = ({ ground, until }: SharedStage): Promise<void> =>
	until("AWS has taken the instance", () => ground.aws.instance(LEAVING).ec2 === "terminated");

/** Leaves by its hook, and is over when AWS has taken the instance. */
export async function leave(stage: SharedStage): Promise<void> {
	tellToGo(stage);
	await untilTaken(stage);
}

/** Waits until the record knows trouble of one of these kinds. */
export const untilTrouble = ({ until, record }: SharedStage, ...kinds: readonly TroubleKind[]): Promise<void> =>
	until(`there is trouble: ${kinds.join(" or ")}`, async () =>
		((await record())?.trouble ?? []).some(({ kind }) => kinds.includes(kind)),
	);

/** Leaves by its hook, and is over some time after trouble of one of these kinds was seen. */
export const leaveIntoTrouble =
	(...kinds: readonly TroubleKind[]) =>
	async (stage: SharedStage): Promise<void> => {
		tellToGo(stage);
		await untilTrouble(stage, ...kinds);
		await stage.sleep(WATCHED_MS);
	};

/** Leaves by its hook; when there is trouble of this kind, it is mended, and then AWS takes the instance. */
export const leaveOnceMended =
	(kind: TroubleKind, mend: (stage: SharedStage) => Promise<unknown>) =>
	async (stage: SharedStage): Promise<void> => {
		tellToGo(stage);
		await untilTrouble(stage, kind);
		await mend(stage);
		await untilTaken(stage);
	};

/** Leaves by its hook; when the memory of every VM is on its way, this happens, and then AWS takes the instance. */
export const leaveAndMeanwhile =
	(happens: (stage: SharedStage) => Promise<unknown>) =>
	async (stage: SharedStage): Promise<void> => {
		tellToGo(stage);
		await untilAllMigrate(stage);
		await happens(stage);
		await untilTaken(stage);
	};

type Order = { readonly kind: "drain" | "cancel"; readonly reason: string } & Readonly<Record<string, unknown>>;

/** An operator sends an order that is about the instance. */
export const send = ({ ground }: SharedStage, order: Order): Promise<unknown> =>
	ground.queues.send("orders", JSON.stringify({ version: 1, instanceId: LEAVING, ...order }));

/** Wakes a maintenance that holds, as an operator does. */
export const order = (stage: SharedStage, reason: string): Promise<unknown> => send(stage, { kind: "drain", reason });
