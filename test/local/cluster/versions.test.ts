import { describe, expect, it } from "@jest/globals";
import { conditionOf } from "../../../src/local/cluster/controllers/conditions.ts";
import { itemsAt, textAt } from "../../../src/local/cluster/store-object.ts";
import { ask, cordon, evict, launcher, phases, type Scene, said, vmi } from "./drained-cluster.ts";
import { migrationOf, paths, playOn, versions } from "./version-scenes.ts";

const denied = 'admission webhook "virt-launcher-eviction-interceptor.kubevirt.io" denied the request: ';
const oneVm = { vms: 1, migrationSeconds: 30 };

/** Evicts `c1` … `c6`, a little after one another as a client does, and cordons first. */
async function evictSix({ clock, cluster, nodes }: Scene, everyMs = 90): Promise<void> {
	await cordon(cluster, nodes[0]);
	for (let number = 1; number <= 6; number++) {
		await evict(cluster, launcher(cluster, `c${number}`));
		await clock.sleep(everyMs);
	}
}

/** Seconds from the cordon until the last of 20 VMs, evicted all at once, has left. */
async function floor({ clock, cluster, nodes, seconds }: Scene): Promise<number> {
	const began = seconds();
	await cordon(cluster, nodes[0]);
	for (let number = 1; number <= 20; number++) await evict(cluster, launcher(cluster, `c${number}`));
	const left = () => cluster.truth.guests().every(({ instanceId }) => !instanceId.endsWith("01"));
	while (!left()) await clock.sleep(100);
	return Math.round(seconds() - began);
}

describe.each(versions)("KubeVirt %s", (version) => {
	it("says its version, and answers an eviction in the same words as the others", async () => {
		await playOn(version, oneVm, async ({ cluster, nodes }) => {
			const [kubevirt] = cluster.store.list("kubevirts");
			expect(kubevirt?.status?.observedKubeVirtVersion).toBe(`v${version}`);
			await cordon(cluster, nodes[0]);
			const source = launcher(cluster, "c1");
			const triggered = 'Eviction triggered evacuation of VMI "vms/c1"';
			expect(said(await evict(cluster, source, { dryRun: true }))).toBe(`429 ${denied}${triggered}`);
			expect(said(await evict(cluster, source))).toBe(`429 ${denied}${triggered}`);
			expect(said(await evict(cluster, source))).toBe(`429 ${denied}Evacuation in progress: ${triggered}`);
			await cluster.settle();
			expect(cluster.truth.events.map(({ kind }) => kind)).toEqual(["started", "migration began", "moved", "migration ended"]);
			expect(said(await evict(cluster, source))).toBe("201");
		});
	});

	it("refuses a migration beside another one, of a VM that is not there, or through the subresource", async () => {
		await playOn(version, oneVm, async ({ clock, cluster }) => {
			const create = async (body: unknown) => said(await cluster.kubectl("POST", paths.migrations, body));
			const validator = 'admission webhook "migration-create-validator.kubevirt.io" denied the request: ';
			expect(await create(migrationOf("nope", "m0"))).toBe(`400 ${validator}the VMI "vms/nope" does not exist`);
			expect((await ask({ clock, cluster }, "PUT", paths.subresource("virtualmachines/c1/migrate"))).code).toBe(202);
			const [vmim] = cluster.store.list("virtualmachineinstancemigrations");
			expect(vmim?.metadata.name).toMatch(/^kubevirt-migrate-vm-/);
			const job = `Active migration job (${vmim?.metadata.uid}) is currently already in progress for VMI c1.`;
			const inFlight = `${validator}in-flight migration detected. ${job}`;
			expect(await create(migrationOf("c1", "m1"))).toBe(`400 ${inFlight}`);
			const again = await ask({ clock, cluster }, "PUT", paths.subresource("virtualmachines/c1/migrate"));
			expect([again.code, JSON.parse(again.text).message]).toEqual([500, `Internal error occurred: ${inFlight}`]);
		});
	});

	it("begins a new migration when an evacuation's is deleted", async () => {
		await playOn(version, { ...oneVm, migrationSeconds: 600 }, async ({ clock, cluster }) => {
			await evict(cluster, launcher(cluster, "c1"));
			await clock.sleep(10_000);
			const [first] = cluster.store.list("virtualmachineinstancemigrations");
			await cluster.kubectl("DELETE", `${paths.migrations}/${first?.metadata.name}`);
			await clock.sleep(5_000);
			const [second, ...more] = cluster.store.list("virtualmachineinstancemigrations");
			expect([second?.metadata.uid === first?.metadata.uid, second?.status?.phase, more]).toEqual([false, "Running", []]);
		});
	});

	it("serves no subresource and admits no migration while virt-api is down", async () => {
		await playOn(version, oneVm, async ({ clock, cluster }) => {
			cluster.faults.virtApi("down");
			const answer = await ask({ clock, cluster }, "PUT", paths.subresource("virtualmachines/c1/migrate"));
			expect([answer.code, answer.text]).toEqual([503, "service unavailable\n"]);
			expect(said(await cluster.kubectl("POST", paths.migrations, migrationOf("c1", "m1")))).toMatch(
				/^500 Internal error occurred: failed calling webhook "migrations-mutator.kubevirt.io"/,
			);
		});
	});

	it("guards hotplugged volumes since 1.6.1", async () => {
		await playOn(version, oneVm, async ({ cluster }) => {
			const [webhooks] = cluster.store.list("validatingwebhookconfigurations");
			const names = itemsAt(webhooks, "webhooks").map((webhook) => textAt(webhook, "name"));
			const hotplug = version === "1.5.1" ? [] : ["hotplug-pod-eviction-interceptor.kubevirt.io"];
			const launchers = "virt-launcher-eviction-interceptor.kubevirt.io";
			expect(names).toEqual([launchers, ...hotplug, "migration-create-validator.kubevirt.io"]);
		});
	});
});

describe.each(["1.9.0", "1.7.0"])("evacuate/cancel on %s", (version) => {
	it("takes the mark off, and only for the node that it names", async () => {
		await playOn(version, { ...oneVm, migrationSeconds: 600 }, async ({ clock, cluster, nodes }) => {
			const cancel = (what: string, body?: unknown, accept?: string) =>
				ask({ clock, cluster }, "PUT", paths.subresource(`${what}/c1/evacuate/cancel`), { body, ...(accept && { accept }) });
			await evict(cluster, launcher(cluster, "c1"));
			await clock.sleep(5_000);
			expect(conditionOf(vmi(cluster, "c1") ?? launcher(cluster, "c1"), "EvictionRequested")?.status).toBe("True");
			const wrong = await cancel("virtualmachineinstances", { evacuationNodeName: "other" });
			expect([wrong.code, JSON.parse(wrong.text)]).toEqual([
				500,
				{
					kind: "Status",
					apiVersion: "v1",
					metadata: {},
					status: "Failure",
					message: "Internal error occurred: the server rejected our request due to an error in our request",
					reason: "InternalError",
					details: { causes: [{ message: "the server rejected our request due to an error in our request" }] },
					code: 500,
				},
			]);
			expect((await cancel("virtualmachineinstances")).code).toBe(500);
			const body = { evacuationNodeName: nodes[0] };
			expect((await cancel("virtualmachineinstances", body, "application/json")).code).toBe(406);
			expect(await cancel("virtualmachines", body)).toEqual({ code: 200, text: "", headers: {} });
			await clock.sleep(5_000);
			expect(vmi(cluster, "c1")?.status?.evacuationNodeName).toBeUndefined();
			expect(phases(cluster)).toEqual({ Running: 1 });
			const [vmim] = cluster.store.list("virtualmachineinstancemigrations");
			await cluster.kubectl("DELETE", `${paths.migrations}/${vmim?.metadata.name}`);
			await clock.sleep(20_000);
			expect([phases(cluster), vmi(cluster, "c1")?.status?.nodeName]).toEqual([{}, nodes[0]]);
		});
	});
});

describe("KubeVirt 1.9", () => {
	it("creates all migrations at once, with a priority that users may not set", async () => {
		await playOn("1.9.0", { vms: 6, migrationSeconds: 8 }, async (stage) => {
			await evictSix(stage);
			await stage.clock.sleep(300);
			expect(phases(stage.cluster)).toEqual({ Scheduling: 2, Pending: 4 });
			const [vmim] = stage.cluster.store.list("virtualmachineinstancemigrations");
			expect(vmim?.spec?.priority).toBe("system-critical");
			await stage.cluster.settle();
			const own = migrationOf("c1", "m1", { priority: "system-critical" });
			expect(await stage.cluster.kubectl("POST", paths.migrations, own)).toMatchObject({
				code: 422,
				body: {
					message:
						'admission webhook "migration-create-validator.kubevirt.io" denied the request: Migration priority queue, only virt-controller is allowed to set priority field',
					reason: "Invalid",
				},
			});
		});
	});
});

describe("KubeVirt 1.7", () => {
	it("creates migrations while slots look free, and the rest five seconds later", async () => {
		await playOn("1.7.0", { vms: 6, migrationSeconds: 8 }, async (stage) => {
			await evictSix(stage);
			expect(phases(stage.cluster)).toEqual({ Scheduling: 2, Pending: 2 });
			await stage.clock.sleep(10_500);
			expect(phases(stage.cluster)).toEqual({ Succeeded: 2, Scheduling: 2, Pending: 2 });
		});
	});

	it("leaves seconds idle between migrations: 350 s for 20 VMs of 30 s, where 1.9 takes 318", async () => {
		await playOn("1.7.0", { vms: 20, migrationSeconds: 30 }, async (stage) => {
			expect(await floor(stage)).toBe(348);
		});
	}, 60_000);

	it("knows the field priority and does not use it", async () => {
		await playOn("1.7.0", oneVm, async ({ clock, cluster }) => {
			const own = migrationOf("c1", "m1", { priority: "system-critical" });
			expect(await cluster.kubectl("POST", paths.migrations, own)).toMatchObject({
				code: 422,
				body: {
					reason: "Invalid",
					details: {
						causes: [
							{
								reason: "FieldValueForbidden",
								message: "MigrationPriorityQueue feature gate is not enabled in kubevirt resource",
								field: "spec.migrationPriority",
							},
						],
					},
				},
			});
			await evict(cluster, launcher(cluster, "c1"));
			await clock.sleep(1_000);
			expect(cluster.store.list("virtualmachineinstancemigrations").map(({ spec }) => spec)).toEqual([{ vmiName: "c1" }]);
		});
	});
});

describe("KubeVirt 1.5", () => {
	it("answers two evictions at once and then one every 0.6 s; four of six VMs wait without a migration", async () => {
		await playOn("1.5.1", { vms: 6, migrationSeconds: 8 }, async (stage) => {
			const began = stage.seconds();
			await evictSix(stage, 0);
			expect(stage.seconds() - began).toBeCloseTo(2.2, 1);
			expect(phases(stage.cluster)).toEqual({ Running: 2 });
			const marked = stage.cluster.store.list("virtualmachineinstances").filter(({ status }) => status?.evacuationNodeName);
			expect(marked).toHaveLength(6);
			await stage.clock.sleep(8_800);
			expect(phases(stage.cluster)).toEqual({ Succeeded: 2, Scheduling: 2, Pending: 2 });
		});
	});

	it("has no way to call an evacuation off, and says nothing of it in conditions", async () => {
		await playOn("1.5.1", oneVm, async ({ clock, cluster, nodes }) => {
			await evict(cluster, launcher(cluster, "c1"));
			await clock.sleep(1_000);
			for (const what of ["virtualmachineinstances", "virtualmachines"]) {
				const body = { evacuationNodeName: nodes[0] };
				const path = paths.subresource(`${what}/c1/evacuate/cancel`);
				expect(await ask({ clock, cluster }, "PUT", path, { body })).toEqual({
					code: 404,
					text: "404: Page Not Found",
					headers: { "content-type": "text/plain; charset=utf-8" },
				});
			}
			const marked = vmi(cluster, "c1");
			expect(marked?.status?.evacuationNodeName).toBe(nodes[0]);
			expect(marked && conditionOf(marked, "EvictionRequested")).toBeUndefined();
		});
	});

	it("takes a migration with a priority, drops the field and warns", async () => {
		await playOn("1.5.1", oneVm, async ({ clock, cluster }) => {
			const body = migrationOf("c1", "m1", { priority: "system-critical" });
			const answer = await ask({ clock, cluster }, "POST", paths.migrations, { body });
			expect([answer.code, answer.headers.warning]).toEqual([201, '299 - "unknown field \\"spec.priority\\""']);
			expect(JSON.parse(answer.text).spec).toEqual({ vmiName: "c1" });
		});
	});
});
