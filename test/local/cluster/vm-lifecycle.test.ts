import { describe, expect, it } from "@jest/globals";
import { requestsOf } from "../../../src/local/cluster/controllers/quantities.ts";
import type { KubeObject } from "../../../src/local/cluster/store.ts";
import { ask, evict, launcher, type Scene, said, scene, vm, vmi } from "./drained-cluster.ts";
import { paths } from "./version-scenes.ts";

const subresource = (stage: Scene, name: string, what: "start" | "stop") =>
	ask(stage, "PUT", paths.subresource(`virtualmachines/${name}/${what}`));

const conditionTypes = (stage: Scene, name: string): readonly unknown[] =>
	((vm(stage.cluster, name)?.status?.conditions ?? []) as { type: string; status: string; reason?: string }[]).map(
		({ type, status, reason }) => `${type}=${status}${reason === undefined ? "" : `:${reason}`}`,
	);

describe("a user's order to a VM", () => {
	it("starts and stops one of run strategy Manual, and refuses what is done already", async () => {
		const stage = scene();
		const { clock, cluster } = stage;
		cluster.add.vm({ namespace: "vms", name: "m", runStrategy: "Manual" });
		await clock.run(async () => {
			await cluster.settle();
			expect(vmi(cluster, "m")).toBeUndefined();
			expect(await subresource(stage, "m", "start")).toEqual({ code: 202, text: "", headers: {} });
			await cluster.settle();
			expect(vmi(cluster, "m")?.status?.phase).toBe("Running");
			const again = await subresource(stage, "m", "start");
			expect([again.code, JSON.parse(again.text).message]).toEqual([
				409,
				'Operation cannot be fulfilled on virtualmachine.kubevirt.io "m": VM is already running',
			]);
			expect((await subresource(stage, "m", "stop")).code).toBe(202);
			await cluster.settle();
			expect([vmi(cluster, "m"), vm(cluster, "m")?.spec?.runStrategy]).toEqual([undefined, "Manual"]);
			expect((await subresource(stage, "m", "stop")).code).toBe(409);
		});
	});

	it("halts one of run strategy Always, whose last conditions stay but for Ready", async () => {
		const stage = scene();
		const { clock, cluster, nodes } = stage;
		cluster.add.vm({ namespace: "vms", name: "a", on: nodes[0] });
		await clock.run(async () => {
			await cluster.settle();
			expect((await subresource(stage, "a", "stop")).code).toBe(202);
			await clock.sleep(500);
			expect(vm(cluster, "a")?.status?.printableStatus).toBe("Stopping");
			await cluster.settle();
			expect(vm(cluster, "a")).toMatchObject({ spec: { runStrategy: "Halted" }, status: { printableStatus: "Stopped" } });
			expect(conditionTypes(stage, "a")).toEqual([
				"Ready=False:VMINotExists",
				"LiveMigratable=True",
				"StorageLiveMigratable=True",
				"AgentConnected=True",
			]);
		});
	});
});

describe("a VM of run strategy Once", () => {
	it("runs once: it is started when it is created and stays Stopped after an eviction", async () => {
		const { clock, cluster } = scene();
		cluster.add.vm({ namespace: "vms", name: "once", runStrategy: "Once" });
		await clock.run(async () => {
			await cluster.settle();
			expect(vmi(cluster, "once")?.status?.phase).toBe("Running");
			expect(said(await evict(cluster, launcher(cluster, "once")))).toBe("201");
			await cluster.settle();
			expect([vmi(cluster, "once")?.status?.phase, vm(cluster, "once")?.status?.printableStatus]).toEqual([
				"Succeeded",
				"Stopped",
			]);
		});
	});
});

const isLauncher = ({ metadata }: KubeObject): boolean => metadata.labels?.["kubevirt.io"] === "virt-launcher";

describe("a launcher", () => {
	it("asks for its sidecar too, and after a migration for the CPU and the machine that its VM began with", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({
			namespace: "vms",
			name: "lm",
			on: nodes[0],
			evictionStrategy: "LiveMigrate",
			memory: "512Mi",
			migrationSeconds: 5,
		});
		await clock.run(async () => {
			const first = launcher(cluster, "lm");
			const always = { "kubernetes.io/arch": "amd64", "kubevirt.io/schedulable": "true" };
			expect(first.spec?.nodeSelector).toEqual({ ...always, "machine-type.node.kubevirt.io/q35": "true" });
			const requests = requestsOf(first);
			expect(requests.get("cpu")).toBeCloseTo(0.105, 6);
			expect(requests.get("memory")).toBe(780 * 2 ** 20 + 35e6);
			await evict(cluster, first);
			await cluster.settle();
			const running = () => cluster.store.list("pods").find((pod) => isLauncher(pod) && pod.status?.phase === "Running");
			const target = running() ?? first;
			const narrow = {
				...always,
				"cpu-feature.node.kubevirt.io/vmx": "true",
				"cpu-model-migration.node.kubevirt.io/Icelake-Server": "true",
				"cpu-vendor.node.kubevirt.io/Intel": "true",
				"machine-type.node.kubevirt.io/pc-q35-rhel9.6.0": "true",
			};
			expect(target.spec?.nodeSelector).toEqual(narrow);
			await evict(cluster, target);
			await cluster.settle();
			const second = running() ?? target;
			expect(new Set([first, target, second].map(({ metadata }) => metadata.uid)).size).toBe(3);
			expect(second.spec?.nodeSelector).toEqual(narrow);
		});
	});
});
