import { describe, expect, it } from "@jest/globals";
import { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import { createSimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import { here, tolerant } from "../rules/tricks.ts";
import { Arrivals } from "./arrivals.ts";
import { Running } from "./running.ts";
import { LEAVING } from "./stage.ts";
import { tryPlan } from "./try-seed.ts";
import { namespace, type WorldPlan } from "./world.ts";

const newcomer = { instanceId: LEAVING, namespace, name: "newcomer" };
const cameUnseen = "it came after the second look had begun, and its Node was deleted before Sweep looked";

describe("the mark on an instance to which a VM came after the last look of Release", () => {
	/** What excuses the mark when the Node is deleted two minutes later, and Sweep looks after so many seconds. */
	async function judge({ sweepAt, deletesNode = true }: { readonly sweepAt: number; readonly deletesNode?: boolean }) {
		const clock = new VirtualClock({ start: Date.UTC(2026, 0, 1) });
		const cluster = createSimulatedCluster({ clock, name: "prod", kubevirtVersion: "1.9.0" });
		const node = cluster.add.node({ instanceId: LEAVING, unschedulable: true }).metadata.name;
		const arrivals = new Arrivals(cluster, LEAVING, node);
		const running = (name: "release" | "sweep") => new Running(clock, { name, requestId: name }, 0);
		let judged: string | undefined;
		await clock.run(async () => {
			const release = running("release");
			arrivals.looks(release);
			const spec = { ...here(node), ...tolerant };
			cluster.add.vm({ namespace, name: newcomer.name, evictionStrategy: "None", spec, startSeconds: 0.1 });
			arrivals.letsGo(release);
			clock.at(sweepAt * 1_000, () => arrivals.looks(running("sweep")));
			await clock.sleep(120_000);
			if (deletesNode) await cluster.kubectl("DELETE", `/api/v1/nodes/${node}`);
			await clock.sleep(480_000);
			judged = arrivals.excuseMark(newcomer);
		});
		return judged;
	}

	it("is excused when the Node was gone, with all that named the VM, before Sweep looked", async () => {
		expect(await judge({ sweepAt: 300 })).toBe(cameUnseen);
	});

	it("is not excused when Sweep looked while the VM could be seen", async () => {
		expect(await judge({ sweepAt: 60 })).toBeUndefined();
	});

	it("is not excused while the Node is there", async () => {
		expect(await judge({ sweepAt: 300, deletesNode: false })).toBeUndefined();
	});
});

it("a run in which that happens names the excuse, and breaks no law", async () => {
	const world: WorldPlan = {
		kubevirtVersion: "1.9.0",
		others: 1,
		vms: [],
		pods: 0,
		budget: false,
		neighbour: false,
		hookSeconds: 3600,
		defaultResult: "ABANDON",
		secondHook: "none",
		retain: false,
		begins: "order",
	};
	const { violations, excused, state } = await tryPlan({
		seed: 98_780,
		world,
		faults: [
			{
				kind: "VM started on the node",
				at: { on: "request", of: "release", channel: "any", nth: 13 },
				seconds: 350,
				times: 1,
				choice: 0,
			},
			{ kind: "Node deleted", at: { on: "time", seconds: 112 }, seconds: 228, times: 1, choice: 0 },
		],
		patient: false,
	});

	expect({ violations, excused, state }).toEqual({
		violations: [],
		excused: [`${LEAVING} is still marked while shop/newcomer-0 was alive on it: ${cameUnseen}`],
		state: "released",
	});
});
