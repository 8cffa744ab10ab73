import { describe, expect, it, jest } from "@jest/globals";
import { clusterRoles, clusterUsers } from "../../../infra/cluster-roles.ts";
import type { FunctionName } from "../../../infra/function-names.ts";
import type { AccessRule } from "../../../src/local/cluster/simulated-cluster.ts";
import { drill, LEAVING, type Stage } from "../drill.ts";
import {
	answered,
	deadLetters,
	deeds,
	gist,
	longestSilence,
	minutes,
	onceByOrder,
	onceOnly,
	oneVm,
	order,
	post,
	quarantine,
	receipts,
	released,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

/** Every step of a drain that asks the cluster. What Restore lacks is the business of ../cancels; Sweep is no step. */
const steps = clusterUsers.filter((name) => !["intake", "restore", "sweep"].includes(name));

/** From now on the function's token stands for these rules; none: for nobody. */
function allow({ cluster, tokens }: Stage, name: FunctionName, rules?: readonly AccessRule[]) {
	const token = tokens[name];
	cluster.users.revoke(token);
	if (rules) cluster.users.add({ name: `evacuator-${name}`, rules, token });
}

/** The rules without this verb on this resource. */
const without = (name: FunctionName, resource: string, verb: string): readonly AccessRule[] =>
	clusterRoles[name].flatMap((rule) => [
		{ ...rule, resources: rule.resources.filter((one) => one !== resource) },
		...(rule.resources.includes(resource)
			? [{ ...rule, resources: [resource], verbs: rule.verbs.filter((one) => one !== verb) }]
			: []),
	]);

/** A drain that meets the refusal is held, says what it lacks, and goes on when it has it. */
async function heldAndResumed(
	name: FunctionName,
	rules: readonly AccessRule[] | undefined,
	expected: { readonly fault: string; readonly says: string },
) {
	const outcome = await drill({
		seed: (cluster, node) => {
			// Nobody needs Watch to see that what it would have watched is over.
			const migrationSeconds = name === "watch" ? 3_000 : 30;
			cluster.add.vm({ namespace: "shop", name: "web", on: node, evictionStrategy: "LiveMigrate", migrationSeconds });
		},
		prepare: (stage) => allow(stage, name, rules),
		play: async (stage) => {
			stage.ground.aws.terminate(LEAVING, "scale in");
			await minutes(stage, 40);
			expect(stage.ground.aws.instance(LEAVING).lifecycle).toBe("Terminating:Wait");
			expect(deeds(stage).completed).toEqual([]);
			allow(stage, name, clusterRoles[name]);
			await released(stage);
		},
	});
	expect(outcome.violations).toEqual([]);
	expect(gist(outcome)).toEqual(wellEnded);
	expect(deeds(outcome.stage)).toEqual(onceOnly);
	expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(1_800);
	expect(outcome.notices[0]?.subject).toBe(`Evacuator holds ${LEAVING} after a fault`);
	expect(outcome.notices[0]?.message).toContain(
		`${expected.fault} (maintenance ${LEAVING}-1): heartbeats go on, and the failed drain is tried again.`,
	);
	expect(outcome.notices[0]?.message).toContain(expected.says);
	return outcome;
}

describe.each(steps)("a revoked access entry (401) of %s", (name) => {
	it("holds the drain, names the way out, and the drain goes on when it is restored", async () => {
		const says = "cannot authenticate at cluster prod, not with a fresh token either (401): check the access entry of our role";
		await heldAndResumed(name, undefined, { fault: "ClusterUnauthorized", says });
	});
});

describe("a missing rule (403) holds the drain and is named: ", () => {
	const kubevirt = (plural: string, verb: string, name: string) =>
		`${plural}.kubevirt.io is forbidden: User \\"evacuator-${name}\\" cannot ${verb} resource \\"${plural}\\" in API group \\"kubevirt.io\\" at the cluster scope`;
	const core = (plural: string, verb: string, name: string) =>
		`User \\"evacuator-${name}\\" cannot ${verb} resource \\"${plural}\\" in API group \\"\\"`;

	it.each<[FunctionName, string, string, string]>([
		["assess", "nodes", "list", core("nodes", "list", "assess")],
		["assess", "pods", "list", core("pods", "list", "assess")],
		["assess", "virtualmachineinstances", "list", kubevirt("virtualmachineinstances", "list", "assess")],
		["assess", "virtualmachineinstancemigrations", "list", kubevirt("virtualmachineinstancemigrations", "list", "assess")],
		["assess", "kubevirts", "list", kubevirt("kubevirts", "list", "assess")],
		["cordon", "nodes", "patch", core("nodes", "patch", "cordon")],
		["evict", "virtualmachineinstances", "list", kubevirt("virtualmachineinstances", "list", "evict")],
		["evict", "pods/eviction", "create", core("pods/eviction", "create", "evict")],
		["watch", "pods", "watch", core("pods", "watch", "watch")],
		["watch", "virtualmachineinstances", "watch", kubevirt("virtualmachineinstances", "watch", "watch")],
		["watch", "virtualmachineinstances", "list", kubevirt("virtualmachineinstances", "list", "watch")],
		["watch", "virtualmachineinstancemigrations", "watch", kubevirt("virtualmachineinstancemigrations", "watch", "watch")],
		["release", "pods", "list", core("pods", "list", "release")],
		["release", "virtualmachineinstancemigrations", "list", kubevirt("virtualmachineinstancemigrations", "list", "release")],
	])("%s lacks %s %s", async (name, resource, verb, says) => {
		await heldAndResumed(name, without(name, resource, verb), { fault: "ClusterForbidden", says });
	});
});

describe("an order that names a node while intake", () => {
	const byNode = (stage: Stage) => order({ instanceId: undefined, cluster: "prod", nodeName: stage.node });

	it("may not read nodes waits in its queue, and drains when it may", async () => {
		const outcome = await drill({
			seed: oneVm,
			prepare: (stage) => allow(stage, "intake", []),
			play: async (stage) => {
				await post(stage, "orders", byNode(stage));
				await minutes(stage, 7);
				allow(stage, "intake", clusterRoles.intake);
				await released(stage);
				await answered(stage);
				expect(await quarantine(stage)).toEqual([]);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceByOrder);
		expect(receipts(outcome).slice(0, 1)).toEqual([
			`retry: cannot read Node ${outcome.stage.node}: nodes "${outcome.stage.node}" is forbidden: User "evacuator-intake" cannot get resource "nodes" in API group "" at the cluster scope (403)`,
		]);
	});

	it("is unknown to the cluster for good ends among the dead letters after thirty tries, whole", async () => {
		let body = "";
		const outcome = await drill({
			seed: oneVm,
			prepare: (stage) => allow(stage, "intake"),
			play: async (stage) => {
				body = byNode(stage);
				await post(stage, "orders", body);
				await answered(stage);
				expect(await deadLetters(stage, "orders-dead")).toEqual([body]);
				expect(await quarantine(stage)).toEqual([]);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(outcome.record).toBeUndefined();
		const says =
			"retry: cannot authenticate at cluster prod, not with a fresh token either (401): check the access entry of our role";
		expect(receipts(outcome)).toEqual(Array(30).fill(says));
	});
});
