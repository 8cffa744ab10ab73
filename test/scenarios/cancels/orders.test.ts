import { describe, expect, it, jest } from "@jest/globals";
import type { MaintenanceRecord } from "../../../src/domain/record.ts";
import { withReleasing, withReopened } from "../../../src/domain/release-changes.ts";
import type { Invocation } from "../../../src/local/embedded-ground.ts";
import { answered, quarantine, receipts, START } from "../bad-input/messages.ts";
import { drill, LEAVING, type Stage } from "../drill.ts";
import {
	changesBy,
	endOf,
	oneSwiftVm,
	runOn,
	sendOrder,
	takenBack,
	tracesOf,
	twoSlowVms,
	untilBothMigrate,
	untilState,
} from "./taking-back.ts";

jest.setTimeout(120_000);

const name = `${LEAVING}-1`;
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
const reasonsKept = async (stage: Stage): Promise<readonly string[]> => (await quarantine(stage)).map(({ reason }) => reason);

describe("an order to cancel", () => {
	it("that comes three times takes the drain back once", async () => {
		const outcome = await drill({
			seed: twoSlowVms,
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilBothMigrate(stage);
				for (const requestId of ["back-1", "back-1", "back-2"]) await sendOrder(stage, "cancel", { requestId });
				await untilState(stage, "restored");
				await sendOrder(stage, "cancel", { requestId: "back-1" });
				await answered(stage);
			},
		});
		expect(endOf(outcome)).toEqual(takenBack);
		const again = `duplicate: maintenance ${name} is cancelled already`;
		const [opened, accepted, ...others] = receipts(outcome.stage);
		expect([opened, accepted, ...others.slice(0, 2)]).toEqual([
			`accepted: opened maintenance ${name}`,
			`accepted: maintenance ${name} is taken back`,
			again,
			again,
		]);
		expect(others.at(-1)).toMatch(/^accepted: no drain is under way; orders issued until /);
		expect(changesBy(outcome.stage, "restore")).toHaveLength(5);
	});

	it("where no drain is under way leaves a tombstone: older orders drain nothing, a newer one drains", async () => {
		const outcome = await drill({
			seed: oneSwiftVm,
			play: async (stage) => {
				await stage.clock.sleep(100_000);
				await sendOrder(stage, "cancel", { issuedAt: at(90) });
				await sendOrder(stage, "drain", { issuedAt: at(80) });
				await sendOrder(stage, "drain", { issuedAt: at(90) });
				await stage.clock.sleep(60_000);
				expect([(await stage.record())?.state, tracesOf(stage)]).toEqual(["restored", []]);
				await sendOrder(stage, "drain", { issuedAt: at(91) });
				await untilState(stage, "released", 2);
				await sendOrder(stage, "drain", { issuedAt: at(89) });
				await answered(stage);
			},
		});
		expect(receipts(outcome.stage).map((line) => line.split(":")[0])).toEqual([
			"accepted",
			"stale",
			"stale",
			"accepted",
			"stale",
		]);
		expect(outcome.violations).toEqual([]);
	});

	it("calls off the very order that comes again, a day later and with the time of the day", async () => {
		const order = { requestId: "chg-1" };
		const outcome = await drill({
			seed: twoSlowVms,
			hours: 30,
			play: async (stage) => {
				await sendOrder(stage, "drain", order);
				await untilBothMigrate(stage);
				await sendOrder(stage, "cancel", order);
				await untilState(stage, "restored");
				await stage.clock.sleep(24 * 3_600_000);
				await sendOrder(stage, "drain", order);
				await answered(stage);
			},
		});
		expect(endOf(outcome)).toEqual(takenBack);
		expect(receipts(outcome.stage).at(-1)).toBe(`duplicate: request chg-1 ended with maintenance ${name}`);
	});

	it("that is older than the drain is refused, and kept with the reason", async () => {
		const outcome = await drill({
			seed: oneSwiftVm,
			play: async (stage) => {
				await stage.clock.sleep(10_000);
				await sendOrder(stage, "drain", { issuedAt: at(9) });
				await sendOrder(stage, "cancel", { issuedAt: at(8) });
				await untilState(stage, "released");
				expect(await reasonsKept(stage)).toEqual([`maintenance ${name} was requested later than this cancel, at ${at(9)}`]);
			},
		});
		expect([outcome.record?.cancel, outcome.record?.cancelledUntil]).toEqual([undefined, START + 8_000]);
	});

	it("cannot come from the future: it is as old as its message at most", async () => {
		const outcome = await drill({
			seed: oneSwiftVm,
			play: async (stage) => {
				await sendOrder(stage, "cancel", { issuedAt: at(10 * 365 * 86_400) });
				await stage.clock.sleep(1_000);
				await sendOrder(stage, "drain");
				await untilState(stage, "released", 2);
			},
		});
		expect(outcome.record?.cancelledUntil).toBe(START);
	});

	it("may name the node, and what names nothing is kept with the reason", async () => {
		const outcome = await drill({
			seed: twoSlowVms,
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilBothMigrate(stage);
				await sendOrder(stage, "cancel", { instanceId: "i-0ccccccccccccccc3" });
				await sendOrder(stage, "cancel", { instanceId: undefined, cluster: "prod", nodeName: "unknown" });
				await sendOrder(stage, "cancel", { notAfter: at(1) });
				await sendOrder(stage, "cancel", { instanceId: undefined, cluster: "prod", nodeName: stage.node });
				await untilState(stage, "restored");
				expect(await reasonsKept(stage)).toEqual([
					"instance i-0ccccccccccccccc3 is unknown to EC2 or gone",
					"cluster prod has no Node unknown",
				]);
			},
		});
		expect(endOf(outcome)).toEqual(takenBack);
	});

	it("reaches a maintenance whose execution was aborted", async () => {
		const outcome = await drill({
			seed: twoSlowVms,
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilBothMigrate(stage);
				await stage.clock.rest(stage.ground.machine.stop(name));
				await sendOrder(stage, "cancel");
				await untilState(stage, "restored", 2);
			},
		});
		expect(endOf(outcome)).toEqual({ ...takenBack, generation: 2 });
	});
});

describe("while a hook waits, an order to cancel", () => {
	const cancelHeld = async (stage: Stage): Promise<void> => {
		stage.ground.aws.terminate(LEAVING, "scale in");
		await untilBothMigrate(stage);
		await sendOrder(stage, "cancel");
		await stage.until(async () => ((await stage.record())?.trouble ?? []).some(({ kind }) => kind === "cancel-held"));
	};

	it("takes back what orders allowed: the newer order has to allow it again", async () => {
		const outcome = await drill({
			seed: ({ add }, on) => void add.vmi({ namespace: "shop", name: "bare", on }),
			prepare: ({ cluster }) => cluster.faults.virtApi("down"),
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => stage.hasEntered("Hold"));
				await sendOrder(stage, "drain", { mayEnd: ["shop/bare"] });
				await stage.until(async () => ((await stage.record())?.mayEnd ?? []).length === 1);
				await sendOrder(stage, "cancel");
				await stage.until(async () => (await stage.record())?.cancel !== undefined);
				stage.cluster.faults.virtApi("up");
				await sendOrder(stage, "drain");
				await stage.clock.sleep(3_600_000);
			},
		});
		const { state, trouble } = outcome.record ?? {};
		expect([state, trouble?.map(({ kind }) => kind), outcome.violations]).toEqual(["open", ["vm-would-end"], []]);
	});

	it("takes the drain back when the hook's limit has passed and the group retains the instance", async () => {
		const hook = { name: "evacuator", heartbeatTimeoutSeconds: 60, defaultResult: "ABANDON", tells: ["eventbridge"] } as const;
		const outcome = await drill({
			seed: ({ add }, on) => {
				for (const vm of ["one", "two"])
					add.vm({ namespace: "shop", name: vm, on, evictionStrategy: "LiveMigrate", migrationSeconds: 30_000 });
			},
			hooks: [hook],
			retain: true,
			play: async (stage) => {
				await cancelHeld(stage);
				await stage.clock.sleep(5_900_000);
				expect([stage.ground.aws.instance(LEAVING).lifecycle, tracesOf(stage)[0]]).toEqual(["Terminating:Wait", "cordoned"]);
				await stage.clock.sleep(3_700_000);
				expect(stage.ground.aws.instance(LEAVING).lifecycle).toBe("Terminating:Retained");
			},
		});
		expect(endOf(outcome)).toEqual(takenBack);
	});

	it("is told once, and again when an hour has passed", async () => {
		const outcome = await drill({
			seed: twoSlowVms,
			play: async (stage) => {
				await cancelHeld(stage);
				await stage.clock.sleep(5_400_000);
			},
		});
		expect(outcome.notices.map(({ subject }) => subject)).toEqual(Array(2).fill(`Evacuator ${name}: cancel-held`));
	});
});

describe("a cancel and Release that meet", () => {
	/** Lets something happen between the read and this function's write of a record that looks so. */
	function beforeWrite(
		of: Invocation["name"],
		isMeant: (next: MaintenanceRecord) => boolean,
		happens: (was: MaintenanceRecord, stage: Stage) => Promise<unknown>,
	) {
		let stage: Stage | undefined;
		let happened = false;
		return {
			prepare: (on: Stage) => {
				stage = on;
			},
			aroundInvoke: (invocation: Invocation, run: () => Promise<unknown>) => {
				const { records } = invocation.world;
				if (invocation.name !== of || !stage) return run();
				const on = stage;
				const replace: typeof records.replace = async (was, next) => {
					if (!happened && isMeant(next)) {
						happened = true;
						await happens(was, on);
					}
					return records.replace(was, next);
				};
				return runOn(invocation, { ...invocation.world, records: { ...records, replace } });
			},
		};
	}

	it("before the claim is written: the claim is lost, and the drain is taken back", async () => {
		const outcome = await drill({
			seed: oneSwiftVm,
			...beforeWrite(
				"release",
				({ state }) => state === "releasing",
				async (_, stage) => {
					await sendOrder(stage, "cancel");
					await stage.until(async () => (await stage.record())?.cancel !== undefined);
				},
			),
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilState(stage, "restored");
			},
		});
		expect(endOf(outcome)).toEqual({ ...takenBack, guests: ["one elsewhere"] });
		expect(outcome.says.some(({ event }) => event === "marked")).toBe(false);
	});

	it("before the mark is set, when another try has given the claim back: the mark is not set any more", async () => {
		const outcome = await drill({
			seed: oneSwiftVm,
			...beforeWrite(
				"release",
				({ markedAt }) => markedAt !== undefined,
				async (was, stage) => {
					await stage.ground.worldOf("release").records.replace(was, withReopened(was));
					await sendOrder(stage, "cancel");
					await stage.until(async () => (await stage.record())?.cancel !== undefined);
				},
			),
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilState(stage, "restored");
			},
		});
		expect(endOf(outcome)).toEqual({ ...takenBack, guests: ["one elsewhere"] });
		expect(outcome.stage.ground.aws.log.filter(({ kind }) => kind === "tagged")).toEqual([]);
	});

	it("before the cancel is written: the cancel is lost, and says so", async () => {
		const outcome = await drill({
			seed: twoSlowVms,
			...beforeWrite(
				"intake",
				({ cancel }) => cancel !== undefined,
				(was, stage) => stage.ground.worldOf("release").records.replace(was, withReleasing(was, "turn", [], START)),
			),
			play: async (stage) => {
				await sendOrder(stage, "drain");
				await untilBothMigrate(stage);
				await sendOrder(stage, "cancel");
				await answered(stage);
				expect(await reasonsKept(stage)).toEqual([
					`too late: maintenance ${name} is being released, and AWS may take the instance`,
				]);
				await stage.clock.sleep(900_000);
				await untilState(stage, "released");
			},
		});
		expect([outcome.violations, changesBy(outcome.stage, "restore")]).toEqual([[], []]);
	});
});
