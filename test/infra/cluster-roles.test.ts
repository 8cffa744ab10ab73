import { describe, expect, it } from "@jest/globals";
import { loadAllYaml } from "@kubernetes/client-node";
import { clusterManifest, clusterObjects } from "../../infra/cluster-manifest.ts";
import { clusterRoles, clusterUsers } from "../../infra/cluster-roles.ts";
import { functionNames } from "../../infra/function-names.ts";
import { stackUnderTest } from "./stack-under-test.ts";

/** Everything that is allowed, as `function verb group/resource`. */
const allowed = functionNames.flatMap((name) =>
	clusterRoles[name].flatMap(({ apiGroups, resources, verbs }) =>
		apiGroups.flatMap((group) =>
			resources.flatMap((resource) => verbs.map((verb) => `${name} ${verb} ${group ? `${group}/` : ""}${resource}`)),
		),
	),
);
const changes = allowed.filter((line) => !/^\w+ (get|list|watch) /.test(line));

describe("in a cluster", () => {
	it("three functions change one thing each, restore takes two of them back, and nobody changes anything else", () => {
		expect(changes).toEqual([
			"cordon patch nodes",
			"evict create pods/eviction",
			"release create events",
			"restore patch nodes",
			"restore delete kubevirt.io/virtualmachineinstancemigrations",
			"restore update subresources.kubevirt.io/virtualmachineinstances/evacuate",
		]);
	});

	it("nobody deletes but restore, and that only migrations", () => {
		expect(allowed.filter((line) => line.includes("delete"))).toEqual([
			"restore delete kubevirt.io/virtualmachineinstancemigrations",
		]);
	});

	it("nobody has a wildcard, or reads secrets", () => {
		expect(allowed.filter((line) => /\*|secret|configmap/.test(line))).toEqual([]);
	});

	it("only watch watches", () => {
		expect(allowed.filter((line) => line.includes(" watch "))).toEqual([
			"watch watch pods",
			"watch watch kubevirt.io/virtualmachineinstances",
			"watch watch kubevirt.io/virtualmachineinstancemigrations",
		]);
	});

	it("admit has no business, and no way in", () => {
		expect(allowed.filter((line) => line.startsWith("admit "))).toEqual([]);
		expect(functionNames.filter((name) => !clusterUsers.includes(name))).toEqual(["admit"]);
	});

	it("intake and cordon see nothing but nodes", () => {
		expect(allowed.filter((line) => /^(intake|cordon) /.test(line))).toEqual([
			"intake get nodes",
			"intake list nodes",
			"cordon get nodes",
			"cordon patch nodes",
		]);
	});

	it.each(["assess", "evict", "watch", "release", "restore"])("%s sees everything that a look holds", (name) => {
		const kinds = ["kubevirts", "virtualmachines", "virtualmachineinstances", "virtualmachineinstancemigrations"];
		const wanted = ["nodes", "pods", ...kinds.map((kind) => `kubevirt.io/${kind}`)];

		expect(
			wanted.filter((kind) => !allowed.includes(`${name} get ${kind}`) || !allowed.includes(`${name} list ${kind}`)),
		).toEqual([]);
	});
});

describe("the manifest", () => {
	it("holds the same objects once a YAML parser has read it", () => {
		expect(loadAllYaml(clusterManifest())).toEqual(clusterObjects());
	});

	it("binds each role to the group that the function's access entry gives it", () => {
		const { ofType, evacuator, idOf } = stackUnderTest();
		const entries = ofType("AWS::EKS::AccessEntry").map(({ Properties }) => Properties);
		const bindings = clusterObjects().filter(({ kind }) => kind === "ClusterRoleBinding");

		expect(entries).toEqual(
			clusterUsers.map((name) => ({
				ClusterName: "production",
				KubernetesGroups: [`evacuator-${name}`],
				PrincipalArn: { "Fn::GetAtt": [idOf(evacuator.functions[name].role), "Arn"] },
				Type: "STANDARD",
			})),
		);
		expect(bindings.map(({ roleRef, subjects }) => ({ roleRef, subjects }))).toEqual(
			clusterUsers.map((name) => ({
				roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `evacuator-${name}` },
				subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: `evacuator-${name}` }],
			})),
		);
	});
});
