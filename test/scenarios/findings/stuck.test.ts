import { describe, expect, it, jest } from "@jest/globals";
import { here, tolerant } from "../../rules/tricks.ts";
import { type Drill, drill, HOOK, LEAVING, type Outcome, type Stage } from "../drill.ts";

jest.setTimeout(120_000);

const HOUR = 3_600_000;
const db = { namespace: "shop", name: "db", evictionStrategy: "LiveMigrate" } as const;

const leaveFor =
	(ms: number, then: (stage: Stage) => Promise<void> = async () => {}) =>
	async (stage: Stage) => {
		stage.ground.aws.terminate(LEAVING, "scale in");
		await then(stage);
		await stage.clock.sleep(ms);
	};

/** The troubles that each notice is about. */
const told = ({ notices }: Outcome) => notices.map(({ subject }) => subject.replace(/^Evacuator \S+: /, ""));

describe("what seems to move, and never ends, is told after half an hour and every hour", () => {
	const cases: Readonly<Record<string, Required<Pick<Drill, "seed" | "play">>>> = {
		"a VM that does not start": {
			seed: ({ add }, node) => void add.vm({ ...db, startSeconds: 100_000, spec: here(node) }),
			play: async (stage) => {
				await stage.clock.sleep(10_000);
				await leaveFor(2 * HOUR)(stage);
			},
		},
		"a virt-controller that is down": {
			seed: ({ add }, node) => void add.vm({ ...db, on: node }),
			play: leaveFor(2 * HOUR, async ({ cluster }) => cluster.faults.program("virt-controller", "down")),
		},
		"an external controller that does nothing": {
			seed: ({ add }, node) => void add.vm({ ...db, evictionStrategy: "External", on: node }),
			play: leaveFor(2 * HOUR),
		},
	};

	it.each(Object.entries(cases))("%s", async (_, { seed, play }) => {
		const outcome = await drill({ seed, play });

		expect(outcome.record?.state).toBe("open");
		expect(told(outcome)).toEqual(["stalled", "stalled"]);
		expect(outcome.violations).toEqual([]);
	});
});

it("warns before the hook's own limit", async () => {
	const outcome = await drill({
		hooks: [{ ...HOOK, heartbeatTimeoutSeconds: 300 }],
		seed: ({ add }, node) => void add.vm({ ...db, evictionStrategy: "External", on: node }),
		play: leaveFor(8.2 * HOUR),
		hours: 12,
	});

	expect(outcome.record?.trouble.map(({ kind }) => kind)).toEqual(["hook-ends", "stalled"]);
	expect(told(outcome)).toContain("hook-ends");
	expect(outcome.violations).toEqual([]);
});

it("tells an hour later what SNS did not take", async () => {
	let failures = 2;
	const outcome = await drill({
		seed: ({ add }, node) => void add.vm({ ...db, on: node, notMigratable: { reason: "HostDevice", message: "gpu" } }),
		onPublish: () => {
			if (failures-- > 0) throw new Error("SNS is down");
		},
		play: leaveFor(2.5 * HOUR),
	});

	expect(told(outcome)).toEqual(["vm-blocks", "vm-blocks"]);
	expect(outcome.violations).toEqual([]);
});

it("shuts down a VM of LiveMigrateIfPossible that was marked and cannot migrate any more", async () => {
	const outcome = await drill({
		kubevirt: { limits: { parallelMigrationsPerCluster: 0 } },
		seed: ({ add }, node) => void add.vm({ ...db, evictionStrategy: "LiveMigrateIfPossible", on: node }),
		play: leaveFor(HOUR, async ({ clock, cluster }) => {
			await clock.sleep(20_000);
			cluster.knobs.turn("shop", "db", { notMigratable: { reason: "DisksNotLiveMigratable", message: "hotplugged RWO disk" } });
			cluster.store.update("virtualmachineinstances", "shop", "db", (vmi) => {
				const { conditions } = vmi.status as { conditions: { type: string; status: string; reason?: string }[] };
				for (const condition of conditions.filter(({ type }) => type === "LiveMigratable")) {
					Object.assign(condition, { status: "False", reason: "DisksNotLiveMigratable" });
				}
				return vmi;
			});
		}),
	});

	expect(outcome.record?.state).toBe("released");
	expect(told(outcome)).toEqual([]);
	expect(outcome.violations).toEqual([]);
});

it("does not take the slow target of a migration that comes in for a leftover", async () => {
	const outcome = await drill({
		seed: ({ add }, node, [other = ""]) => void add.vm({ ...db, on: other, spec: { ...here(node, other), ...tolerant } }),
		play: async (stage) => {
			stage.cluster.knobs.turn("shop", "db", { startSeconds: 400 });
			await stage.cluster.kubectl("POST", "/apis/kubevirt.io/v1/namespaces/shop/virtualmachineinstancemigrations", {
				apiVersion: "kubevirt.io/v1",
				kind: "VirtualMachineInstanceMigration",
				metadata: { name: "by-hand", namespace: "shop" },
				spec: { vmiName: "db" },
			});
			await stage.clock.sleep(10_000);
			await leaveFor(300_000)(stage);
		},
	});

	expect(outcome.record?.vms.map(({ name, outcome: end }) => [name, end])).toEqual([["db", undefined]]);
	expect(told(outcome)).toEqual([]);
	expect(outcome.violations).toEqual([]);
});

it("lets a pod that a policy refuses hold up no other one", async () => {
	const message =
		"pods \"virt-launcher-big\" is forbidden: ValidatingAdmissionPolicy 'freeze' with binding 'freeze' denied request: frozen";
	const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason: "Invalid", code: 422 };
	const outcome = await drill({
		seed: ({ add }, node) => {
			add.vm({ ...db, name: "big", memory: "8Gi", on: node });
			add.vm({ ...db, on: node });
		},
		prepare: ({ cluster }) =>
			void cluster.faults.api.add({
				match: ({ verb, user, path }) => user === "evacuator-evict" && verb === "create" && path.includes("virt-launcher-big"),
				effect: { status: 422, body },
			}),
		play: leaveFor(20 * 60_000),
	});

	expect(outcome.record?.vms.map(({ name, outcome: end }) => [name, end?.kind])).toEqual([
		["big", undefined],
		["db", "migrated"],
	]);
	expect(told(outcome)).toEqual(["eviction-refused"]);
	expect(outcome.violations).toEqual([]);
});
