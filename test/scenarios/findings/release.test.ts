import { describe, expect, it, jest } from "@jest/globals";
import type { BoundaryRequest } from "../../../src/local/aws/boundary.ts";
import { here, tolerant } from "../../rules/tricks.ts";
import { leaveFor } from "../drains/ways-to-leave.ts";
import { drill, LEAVING, type Stage } from "../drill.ts";

jest.setTimeout(120_000);

const db = { namespace: "shop", name: "db", evictionStrategy: "LiveMigrate" } as const;
const stuck = {
	namespace: "shop",
	name: "stuck",
	evictionStrategy: "LiveMigrate",
	notMigratable: { reason: "HostDeviceNotLiveMigratable", message: "VMI specifies non-migratable generic PCI host device" },
} as const;
const MARK = "evacuator.io/safe-to-terminate";
const isMarked = ({ ground }: Stage): boolean => ground.aws.instance(LEAVING).tags[MARK] !== undefined;

/** A VM that tolerates the cordon is created after Release's first look, and bound to the node so many seconds later. */
const arrivesAfterFirstLook =
	(bindingSeconds: number) =>
	({ cluster, node }: Stage): void => {
		cluster.faults.api.add({
			match: ({ resource, user }) => user === "evacuator-release" && resource === "virtualmachineinstancemigrations",
			times: 1,
			effect: {
				after: () =>
					void cluster.add.vm({
						namespace: "shop",
						name: "intruder",
						evictionStrategy: "None",
						bindingSeconds,
						startSeconds: 0.2,
						spec: { ...here(node), ...tolerant },
					}),
			},
		});
	};

/** Whether an update gives this field of the record a value. */
function sets({ operation, body }: BoundaryRequest, field: string): boolean {
	const [, name] = new RegExp(`"(#f\\d+)":"${field}"`).exec(body) ?? [];
	return operation === "UpdateItem" && name !== undefined && body.includes(`${name} = `);
}

describe("Release", () => {
	it("waits for a launcher that tolerates the cordon and has no node yet", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			prepare: arrivesAfterFirstLook(2.5),
			play: leaveFor(600),
		});

		expect(outcome.violations).toEqual([]);
	});

	it("is not fooled by such a launcher when the mark is answered late", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			prepare: (stage) => {
				stage.ground.aws.faults.add({ operation: "CreateTags", kind: "late", afterMs: 2_500 });
				arrivesAfterFirstLook(1.6)(stage);
			},
			play: leaveFor(600),
		});

		expect(outcome.violations).toEqual([]);
	});

	it("marks nothing when writing down the mark took longer than its look stays fresh", async () => {
		let arrives = (): void => {};
		let slowed = false;
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			prepare: ({ cluster, node }) => {
				const spec = { ...here(node), ...tolerant };
				arrives = () => void cluster.add.vm({ namespace: "shop", name: "intruder", evictionStrategy: "None", spec });
			},
			boundary: (clock) => async (request, send) => {
				const answer = await send();
				if (slowed || !sets(request, "markedAt")) return answer;
				slowed = true;
				arrives();
				await clock.sleep(20_000);
				return answer;
			},
			play: leaveFor(600),
		});

		expect(slowed).toBe(true);
		expect(outcome.violations).toEqual([]);
	});

	it("counts from the cordon's renewal when somebody lifts it for a moment, half an hour into the drain", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node, migrationSeconds: 1_700 }),
			play: async (stage) => {
				const { ground, clock, cluster, node, until } = stage;
				const cordon = (unschedulable: boolean | null) =>
					cluster.kubectl("PATCH", `/api/v1/nodes/${node}`, { spec: { unschedulable } });
				ground.aws.terminate(LEAVING, "scale in");
				await until(() => cluster.truth.migrations().length > 0);
				await clock.sleep(1_685_000);
				await cordon(null);
				await clock.sleep(3_000);
				cluster.add.vm({ namespace: "shop", name: "late", bindingSeconds: 22, startSeconds: 0.2, spec: here(node) });
				await clock.sleep(3_000);
				await cordon(true);
				await clock.sleep(600_000);
			},
		});

		expect(outcome.violations).toEqual([]);
	});

	it("goes on when its Event is refused", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			prepare: ({ cluster }) =>
				void cluster.faults.api.add({
					match: ({ verb, resource }) => verb === "create" && resource === "events",
					effect: { status: 403, body: { kind: "Status", status: "Failure", reason: "Forbidden", message: "no", code: 403 } },
				}),
		});

		expect(outcome.violations).toEqual([]);
		expect(outcome.record?.state).toBe("released");
		expect(outcome.says.filter(({ event }) => event === "announcement failed")).toHaveLength(1);
	});

	it("completes the hook, and once, when its Event takes longer to write than a look stays fresh", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			prepare: ({ cluster }) =>
				void cluster.faults.api.add({
					match: ({ verb, resource }) => verb === "create" && resource === "events",
					effect: { delayMs: 11_000 },
				}),
		});

		expect(outcome.violations).toEqual([]);
		expect(outcome.record?.state).toBe("released");
		expect(outcome.says.filter(({ event }) => event === "marked")).toHaveLength(1);
	});

	it("can be cancelled again when the cluster falls silent before its second look", async () => {
		let silent = false;
		let looks = 0;
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			prepare: ({ cluster }) => {
				const isLook = (verb: string, resource: string, user: string) =>
					user === "evacuator-release" && verb === "get" && resource === "nodes";
				cluster.faults.api.add({
					match: ({ verb, resource, user }) => {
						if (isLook(verb, resource, user)) looks += 1;
						silent ||= looks > 1;
						return silent;
					},
					effect: "reset",
				});
			},
			play: async (stage) => {
				const { ground, clock, until, record } = stage;
				const order = { version: 1, instanceId: LEAVING, reason: "kernel" };
				await ground.queues.send("orders", JSON.stringify({ ...order, kind: "drain" }));
				await until(() => silent);
				await clock.sleep(600_000);
				await ground.queues.send("orders", JSON.stringify({ ...order, kind: "cancel" }));
				await until(async () => (await record())?.cancel !== undefined);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(outcome.record?.state).toBe("open");
	});

	it("leaves no mark behind when it cannot complete the hook, and revokes what became untrue", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			prepare: ({ ground }) => void ground.aws.faults.add({ operation: "CompleteLifecycleAction", kind: "refused", times: 99 }),
			play: async (stage) => {
				await leaveFor(180)(stage);
				stage.cluster.add.vm({ ...stuck, spec: { ...here(stage.node), ...tolerant } });
				await stage.clock.sleep(1_800_000);
			},
			hours: 2,
		});

		expect(outcome.violations).toEqual([]);
		expect(isMarked(outcome.stage)).toBe(false);
		expect(outcome.record?.markedAt).toBeUndefined();
	});

	it("revokes the mark of an earlier generation when the node was used again", async () => {
		const outcome = await drill({
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			play: async (stage) => {
				const { ground, cluster, node, clock, record, until } = stage;
				const order = { kind: "drain", version: 1, requestId: "op-1", instanceId: LEAVING, reason: "kernel" };
				await ground.queues.send("orders", JSON.stringify(order));
				await until(async () => (await record())?.state === "released");
				await cluster.kubectl("PATCH", `/api/v1/nodes/${node}`, { spec: { unschedulable: null } });
				cluster.add.vm({ ...stuck, spec: here(node) });
				await clock.sleep(60_000);
				await leaveFor(600)(stage);
			},
		});

		expect(outcome.violations).toEqual([]);
		expect(isMarked(outcome.stage)).toBe(false);
	});
});
