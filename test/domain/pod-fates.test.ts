import { describe, expect, it } from "@jest/globals";
import { fateOfPod, servesLiveLauncher } from "../../src/domain/pod-fates.ts";
import { aLauncher, aLook, aNode, aPod, CORDONED, ownedBy, toleratesCordon } from "./builders.ts";

const web = ownedBy("ReplicaSet", "web", "apps/v1");

describe("the fate of a pod", () => {
	it.each([
		["that has ended", aPod({ phase: "Failed", mirror: true }), { kind: "has ended", why: "its phase is Failed" }],
		[
			"of a DaemonSet",
			aPod({ owner: ownedBy("DaemonSet", "agent", "apps/v1") }),
			{ kind: "stays", why: "DaemonSet agent keeps one on every node" },
		],
		["of the kubelet", aPod({ mirror: true }), { kind: "stays", why: "it is a mirror of a static pod of the kubelet" }],
		[
			"of another DaemonSet",
			aPod({ owner: ownedBy("DaemonSet", "agent", "kruise/v1") }),
			{ kind: "restarts elsewhere", why: "DaemonSet agent starts another one" },
		],
		["of a ReplicaSet", aPod({ owner: web }), { kind: "restarts elsewhere", why: "ReplicaSet web starts another one" }],
		[
			"of a StatefulSet",
			aPod({ owner: ownedBy("StatefulSet", "db", "apps/v1") }),
			{ kind: "restarts elsewhere", why: "StatefulSet db starts another one" },
		],
		["of nobody", aPod(), { kind: "is lost", why: "nothing owns it, so nothing starts it again" }],
		[
			"that carries a volume",
			aPod({ role: "hotplug", owner: ownedBy("Pod", "virt-launcher-db", "v1") }),
			{ kind: "goes with its VM", why: "it is a hotplugged volume of a VM" },
		],
		["of KubeVirt", aPod({ role: "infrastructure", owner: web }), { kind: "leaves last", why: "live migrations need it" }],
		[
			"that tolerates the cordon and was there before",
			aPod({ owner: web, tolerations: toleratesCordon }),
			{ kind: "restarts elsewhere", why: "ReplicaSet web starts another one" },
		],
		[
			"that tolerates the cordon and came after it",
			aPod({ owner: web, tolerations: toleratesCordon, createdAt: CORDONED + 1 }),
			{ kind: "stays", why: "it tolerates the cordon, and ReplicaSet web put it here after the cordon" },
		],
		[
			"that tolerates the cordon and came with it",
			aPod({ owner: web, tolerations: toleratesCordon, createdAt: CORDONED }),
			{ kind: "restarts elsewhere", why: "ReplicaSet web starts another one" },
		],
		[
			"that came after the cordon and does not tolerate it",
			aPod({ owner: web, createdAt: CORDONED + 1 }),
			{ kind: "restarts elsewhere", why: "ReplicaSet web starts another one" },
		],
		[
			"that tolerates the cordon, came after it and is of nobody",
			aPod({ tolerations: toleratesCordon, createdAt: CORDONED + 1 }),
			{ kind: "is lost", why: "nothing owns it, so nothing starts it again" },
		],
	])("%s is known", (_, pod, expected) => {
		expect(fateOfPod(pod, aLook())).toEqual(expected);
	});

	it("is known without a Node, or without the time of its cordon", () => {
		const pod = aPod({ owner: web, tolerations: toleratesCordon, createdAt: CORDONED + 1 });
		const { node, ...look } = aLook();
		const { cordonedSince, ...uncordoned } = aNode();

		expect([look, aLook({ node: uncordoned })].map((one) => fateOfPod(pod, one).kind)).toEqual([
			"restarts elsewhere",
			"restarts elsewhere",
		]);
	});
});

describe("a volume", () => {
	const launcher = aLauncher("db");
	const owner = { ...ownedBy("Pod", launcher.name, "v1"), uid: launcher.uid };

	it("serves the launcher that owns it, while that lives", () => {
		const volume = aPod({ role: "hotplug", owner });
		const pods = [volume, aLauncher("web")];

		expect(servesLiveLauncher(volume, aLook({ pods: [...pods, launcher] }))).toBe(true);
		expect(servesLiveLauncher(volume, aLook({ pods: [...pods, { ...launcher, phase: "Failed" }] }))).toBe(false);
	});

	it("serves none when nothing owns it, or when it is no volume", () => {
		const pods = [launcher];

		expect(servesLiveLauncher(aPod({ role: "hotplug" }), aLook({ pods }))).toBe(false);
		expect(servesLiveLauncher(aPod({ owner }), aLook({ pods }))).toBe(false);
	});
});
