import { describe, expect, it, jest } from "@jest/globals";
import { here, tolerant } from "../../rules/tricks.ts";
import { oneVm, order, post, released, slowVm } from "../bad-input/messages.ts";
import { drill, LEAVING, type Stage } from "../drill.ts";
import { swept } from "./sweep.ts";

jest.setTimeout(240_000);

const isMarked = ({ ground }: Stage) => ground.aws.instance(LEAVING).tags["evacuator.io/safe-to-terminate"] !== undefined;

/** The tag was there before anything else, as a Release leaves it that is late by minutes. */
const markedBefore = ({ ground }: Stage) => {
	const tags = { "kubernetes.io/cluster/prod": "owned", "evacuator.io/safe-to-terminate": "2025-12-31T00:00:00Z generation 1" };
	ground.aws.addInstance({ instanceId: LEAVING, group: "workers", tags });
};

describe("a mark", () => {
	it("stands for as long as the node takes no pods, and is revoked when somebody uncordons it", async () => {
		let stood = false;
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				await post(stage, "orders", order());
				await released(stage);
				await stage.clock.sleep(11 * 60_000);
				stood = isMarked(stage);
				await stage.cluster.kubectl("PATCH", `/api/v1/nodes/${stage.node}`, { spec: { unschedulable: false } });
				await stage.until(() => !isMarked(stage));
			},
		});
		expect(stood).toBe(true);
		expect(outcome.violations).toEqual([]);
		expect(outcome.record?.state).toBe("released");
		expect(outcome.record).not.toHaveProperty("markedAt");
		expect(swept(outcome)).toMatchObject({ "mark revoked": 1, "mark stands": expect.any(Number) });
		expect(outcome.says).toContainEqual(
			expect.objectContaining({ event: "mark revoked", why: expect.stringContaining("takes pods again") }),
		);
	});

	it("is revoked when a user migrates a VM to the cordoned node", async () => {
		const outcome = await drill({
			seed: ({ add }, node, [other = ""]) => {
				add.vm({ namespace: "shop", name: "web", on: node, evictionStrategy: "LiveMigrate" });
				add.vm({ namespace: "shop", name: "neighbour", on: other, spec: { ...here(node, other), ...tolerant } });
			},
			play: async (stage) => {
				await post(stage, "orders", order());
				await released(stage);
				await stage.cluster.kubectl("POST", "/apis/kubevirt.io/v1/namespaces/shop/virtualmachineinstancemigrations", {
					apiVersion: "kubevirt.io/v1",
					kind: "VirtualMachineInstanceMigration",
					metadata: { name: "by-hand", namespace: "shop" },
					spec: { vmiName: "neighbour" },
				});
				await stage.until(() => !isMarked(stage));
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(outcome.record).not.toHaveProperty("markedAt");
		expect(outcome.says).toContainEqual(
			expect.objectContaining({ event: "mark revoked", why: expect.stringContaining("virt-launcher-neighbour") }),
		);
	});

	it("that nobody vouches for while the drain is still under way is revoked", async () => {
		const outcome = await drill({
			seed: slowVm,
			prepare: markedBefore,
			play: async (stage) => {
				await post(stage, "orders", order());
				await stage.until(() => !isMarked(stage));
				await released(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(isMarked(outcome.stage)).toBe(true);
		expect(swept(outcome)).toMatchObject({ "mark revoked": 1 });
	});

	it("that the drain has set since stays, when a slow sweep takes an older one off", async () => {
		const asked: string[] = [];
		const outcome = await drill({
			seed: ({ add }, node) =>
				void add.vm({ namespace: "shop", name: "web", on: node, evictionStrategy: "LiveMigrate", migrationSeconds: 320 }),
			prepare: markedBefore,
			boundary: (clock) => async (request, send) => {
				asked.push(request.operation);
				if (request.operation === "DeleteTags") while (!asked.includes("CreateTags")) await clock.sleep(1_000);
				return send();
			},
			play: async (stage) => {
				await post(stage, "orders", order());
				await released(stage);
				await stage.clock.sleep(60_000);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(asked.filter((operation) => operation.endsWith("Tags"))).toEqual(["DeleteTags", "CreateTags"]);
		expect(isMarked(outcome.stage)).toBe(true);
		expect(outcome.record).toMatchObject({ state: "released", markedAt: expect.any(Number) });
	});

	it("that a new VM has made untrue is revoked by the next generation, which then drains the node as ever", async () => {
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				const { cluster, node, ground } = stage;
				await post(stage, "orders", order());
				await released(stage);
				cluster.add.vm({ namespace: "shop", name: "newcomer", evictionStrategy: "LiveMigrate", on: node });
				ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => !isMarked(stage));
				await stage.until(() => ground.aws.instance(LEAVING).ec2 === "terminated");
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(outcome.record).toMatchObject({ state: "released", generation: 2 });
	});

	it("on an instance that has no record here is another's, and stays", async () => {
		const outcome = await drill({
			seed: () => {},
			prepare: markedBefore,
			play: ({ clock }) => clock.sleep(11 * 60_000),
		});
		expect(isMarked(outcome.stage)).toBe(true);
		expect(swept(outcome)).toEqual({ "mark stands": 2 });
	});
});
