import type { Invocation } from "../../src/local/embedded-ground.ts";
import type { Violation } from "../monitor/laws.ts";
import { type Drill, drill, HOOK, LEAVING, type Stage } from "../scenarios/drill.ts";
import { forceDelete, here, tolerant } from "./tricks.ts";

const MINUTE_MS = 60_000;

/** AWS wants the instance; so many minutes after what happens `then`, the scenario is over. */
const leaveFor =
	(minutes: number, then: (stage: Stage) => Promise<void> | void = () => {}) =>
	async (stage: Stage): Promise<void> => {
		stage.ground.aws.terminate(LEAVING, "scale in");
		await then(stage);
		await stage.clock.sleep(minutes * MINUTE_MS);
	};

const liveMigrate = { namespace: "shop", name: "db", evictionStrategy: "LiveMigrate" } as const;

/** A VM that starts on the leaving node whatever its cordon says. */
const intruder = (node: string) =>
	({ namespace: "shop", name: "intruder", evictionStrategy: "None", spec: { ...here(node), ...tolerant } }) as const;

/** Calls `then` when Release has created its Event: the last thing that it does, when the hook is answered. */
const onAnnouncement = ({ cluster }: Stage, then: () => void): void => {
	cluster.faults.api.add({
		match: ({ verb, resource, user }) => verb === "create" && resource === "events" && user === "evacuator-release",
		times: 1,
		effect: { after: then },
	});
};

/** Calls `then` after the last answer of Release's first look. */
const afterFirstLook = ({ cluster }: Stage, then: () => void): void => {
	cluster.faults.api.add({
		match: ({ resource, user }) => user === "evacuator-release" && resource === "virtualmachineinstancemigrations",
		times: 1,
		effect: { after: then },
	});
};

const scenarios = {
	/** Somebody uncordons the node while its last VM migrates; as soon as AWS has it, a VM is scheduled to it. */
	uncordoned: {
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, on: node }),
		prepare: (stage) =>
			onAnnouncement(stage, () =>
				stage.clock.at(500, () => {
					stage.cluster.add.vm({ namespace: "shop", name: "newcomer", spec: here(stage.node) });
				}),
			),
		play: leaveFor(10, async ({ clock, cluster, node }) => {
			await clock.sleep(20_000);
			await cluster.kubectl("PATCH", `/api/v1/nodes/${node}`, { spec: { unschedulable: null } });
		}),
	},
	/** The VMI's object is forced out of the API while nothing collects what it owned; its guest lives on in its launcher. */
	"VMI object gone": {
		seed: ({ add }, node) => void add.vmi({ ...liveMigrate, on: node }),
		play: leaveFor(10, async ({ cluster }) => {
			cluster.faults.program("kube-controller-manager", "down");
			await forceDelete(cluster, "virtualmachineinstances", "shop", "db");
		}),
	},
	/** The launcher's object is forced out of the API while virt-controller is down; the guest lives on. */
	"launcher object gone": {
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, on: node }),
		play: leaveFor(10, async ({ cluster, node }) => {
			cluster.faults.program("virt-controller", "down");
			cluster.faults.kubelet(node, "down");
			for (const { metadata } of cluster.store.podsOn(node).filter(({ metadata }) => metadata.namespace === "shop"))
				await forceDelete(cluster, "pods", "shop", metadata.name);
		}),
	},
	/** A VM migrates to the node when AWS wants it; the migration's objects are forced out of the API, its memory flows on. */
	"migration object gone": {
		seed: ({ add }, node, [other = ""]) =>
			void add.vm({ ...liveMigrate, on: other, migrationSeconds: 600, spec: { ...here(node, other), ...tolerant } }),
		play: async (stage) => {
			const { cluster, clock, until } = stage;
			await cluster.kubectl("POST", "/apis/kubevirt.io/v1/namespaces/shop/virtualmachineinstancemigrations", {
				apiVersion: "kubevirt.io/v1",
				kind: "VirtualMachineInstanceMigration",
				metadata: { name: "by-hand", namespace: "shop" },
				spec: { vmiName: "db" },
			});
			await until(() => cluster.truth.migrations().length > 0);
			cluster.faults.program("virt-controller", "down");
			cluster.faults.kubelet(stage.node, "down");
			await forceDelete(cluster, "virtualmachineinstancemigrations", "shop", "by-hand");
			for (const { metadata } of cluster.store.podsOn(stage.node).filter(({ metadata }) => metadata.namespace === "shop"))
				await forceDelete(cluster, "pods", "shop", metadata.name);
			await leaveFor(8)(stage);
			await clock.sleep(0);
		},
	},
	/** Everything of a migration has ended but its object, because virt-controller lags. */
	"migration object lags": {
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, on: node, migrationObjectLagSeconds: 120 }),
		play: leaveFor(10),
	},
	/** A VM that tolerates the cordon starts on the node between Release's two looks. */
	"arrives between the looks": {
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, on: node }),
		prepare: (stage) => afterFirstLook(stage, () => void stage.cluster.add.vm(intruder(stage.node))),
		play: leaveFor(10),
	},
	/** The scheduler chose the node before the cordon and binds the launcher half a minute after it. */
	"bound after the cordon": {
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, bindingSeconds: 34, spec: here(node) }),
		play: leaveFor(10),
	},
	/** KubeVirt's ValidatingWebhookConfiguration is gone: an eviction would shut the VM down. */
	"webhook missing": {
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, on: node }),
		prepare: ({ cluster }) => cluster.faults.removeWebhooks(),
		play: leaveFor(10),
	},
	/** The Node is deleted and registered again by another instance of the same name, with a VM that nobody asked to move. */
	"Node recreated": {
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, on: node }),
		play: leaveFor(10, async ({ clock, cluster, node }) => {
			await clock.sleep(10_000);
			await cluster.kubectl("DELETE", `/api/v1/nodes/${node}`);
			cluster.add.node({ name: node, instanceId: "i-0bbbbbbbbbbbbbbb2", unschedulable: true });
			cluster.add.vm({ namespace: "shop", name: "innocent", on: node, evictionStrategy: "None" });
		}),
	},
	/** A second hook of the same instance is told of while Release completes the first. */
	"second token": {
		hooks: [HOOK, { ...HOOK, name: "second", tells: [] }],
		aroundInvoke: withoutSweep,
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, on: node }),
		prepare: (stage) => {
			const { ground, clock } = stage;
			ground.aws.faults.add({ operation: "CompleteLifecycleAction", kind: "late", afterMs: 4_000 });
			void clock.thread(async () => {
				while (!ground.aws.log.some(({ kind }) => kind === "tagged")) await clock.sleep(500);
				await ground.queues.send("events", secondToken(stage));
			});
		},
		play: leaveFor(70, async ({ clock, cluster, ground, node, until }) => {
			await until(() => ground.aws.log.some(({ kind }) => kind === "ended"));
			await clock.sleep(30_000);
			cluster.add.vm(intruder(node));
		}),
	},
	/** Step Functions gives Release up and calls it again while the first try is still on its way; a VM arrives meanwhile. */
	"Release repeated": {
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, on: node }),
		prepare: (stage) => {
			stage.ground.aws.faults.add({ operation: "CreateTags", kind: "late", afterMs: 8_000 });
			afterFirstLook(stage, () => void stage.clock.at(1_500, () => void stage.cluster.add.vm(intruder(stage.node))));
		},
		aroundInvoke: givenUpOnce(),
		play: leaveFor(10),
	},
	/** The answer to the mark is late by twenty seconds, and a VM that tolerates the cordon arrives meanwhile. */
	"Release stalls": {
		seed: ({ add }, node) => void add.vm({ ...liveMigrate, on: node }),
		prepare: (stage) => {
			stage.ground.aws.faults.add({ operation: "CreateTags", kind: "late", afterMs: 20_000 });
			afterFirstLook(stage, () => void stage.clock.at(8_000, () => void stage.cluster.add.vm(intruder(stage.node))));
		},
		play: leaveFor(10),
	},
} satisfies Record<string, Drill>;

export type RuleScenario = keyof typeof scenarios;

export const ruleScenarioNames = Object.keys(scenarios) as RuleScenario[];

type Ending = {
	readonly violations: readonly Violation[];
	/** The record's state when the scenario's time is over: `open` means that the instance is still held. */
	readonly ends: string;
};

/** Plays the scenario on whatever program this process loads, and answers what the monitor says. */
export async function playRuleScenario(name: RuleScenario): Promise<Ending> {
	const { violations, record } = await drill(scenarios[name]);
	return { violations, ends: record?.state ?? "without a record" };
}

/** The second net would catch what the rule lets fall. */
async function withoutSweep({ name }: Invocation, run: () => Promise<unknown>): Promise<unknown> {
	return name === "sweep" ? undefined : run();
}

function givenUpOnce(): NonNullable<Drill["aroundInvoke"]> {
	let given = false;
	return async ({ name }, run, clock) => {
		if (name !== "release" || given) return run();
		given = true;
		clock.thread(run).catch(() => {});
		throw Object.assign(new Error("the connection to the function broke"), { name: "Lambda.ServiceException" });
	};
}

function secondToken({ ground }: Stage): string {
	const waiting = ground.aws.log.find((event) => event.kind === "waiting" && event.hook === "second");
	if (waiting?.kind !== "waiting") throw new Error("the second hook does not wait");
	return JSON.stringify({
		version: "0",
		id: "12345678-1234-1234-1234-123456789012",
		"detail-type": "EC2 Instance-terminate Lifecycle Action",
		source: "aws.autoscaling",
		account: "111122223333",
		time: `${new Date(waiting.at).toISOString().slice(0, 19)}Z`,
		region: "eu-west-1",
		resources: [],
		detail: {
			LifecycleActionToken: waiting.token,
			AutoScalingGroupName: "workers",
			LifecycleHookName: "second",
			EC2InstanceId: LEAVING,
			LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
		},
	});
}
