import { describe, expect, it } from "@jest/globals";
import { podFacts } from "../../../src/adapters/kubernetes/facts/pod-facts.ts";
import { sample, sampleWith } from "./sample.ts";

const MiB = 2 ** 20;

describe("a launcher", () => {
	it("is read with its VMI and what the scheduler counts: the guest's container and its sidecar", () => {
		expect(podFacts(sample("pod-launcher"))).toEqual({
			namespace: "vms",
			name: "virt-launcher-vm-lm-n8c6w",
			uid: "a260d777-099a-4508-a68a-e713913734f9",
			role: "launcher",
			phase: "Running",
			nodeName: "node1",
			createdAt: Date.parse("2026-11-22T09:43:06Z"),
			deleting: false,
			owner: {
				apiVersion: "kubevirt.io/v1",
				kind: "VirtualMachineInstance",
				name: "vm-lm",
				uid: "fda6fcd1-06db-4f45-8a61-280d999c3dc3",
			},
			mirror: false,
			vmiUid: "fda6fcd1-06db-4f45-8a61-280d999c3dc3",
			requests: {
				cpu: 0.105,
				memory: 780 * MiB + 35_000_000,
				"ephemeral-storage": 50_000_000,
				"devices.kubevirt.io/kvm": 1,
				"devices.kubevirt.io/tun": 1,
				"devices.kubevirt.io/vhost-net": 1,
				pods: 1,
			},
			tolerations: [
				{ key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
				{ key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
			],
			nodeSelector: {
				"kubernetes.io/arch": "amd64",
				"kubevirt.io/schedulable": "true",
				"machine-type.node.kubevirt.io/q35": "true",
			},
			affinity: [[{ key: "node-labeller.kubevirt.io/obsolete-host-model", operator: "DoesNotExist", values: [] }]],
		});
	});

	it("that a migration made knows the migration", () => {
		expect(podFacts(sample("pod-migration-target")).migrationUid).toBe("0f31918f-0c12-4ba7-94b6-09a9e0d28e06");
	});

	it("without its label still has the VMI that owns it", () => {
		const labels = { "kubevirt.io": "virt-launcher" };
		const metadata = { ...(sample("pod-launcher") as { metadata: object }).metadata, labels };
		expect(podFacts({ ...sample("pod-launcher"), metadata }).vmiUid).toBe("fda6fcd1-06db-4f45-8a61-280d999c3dc3");
	});

	it("that the scheduler refused says when", () => {
		const refusal = {
			type: "PodScheduled",
			status: "False",
			reason: "Unschedulable",
			lastTransitionTime: "2026-11-22T09:58:47Z",
		};
		const pending = sampleWith("pod-launcher", {
			spec: { nodeName: undefined },
			status: { phase: "Pending", conditions: [refusal] },
		});
		const { nodeName, phase, refusedBySchedulerAt } = podFacts(pending);
		expect({ nodeName, phase, refusedBySchedulerAt }).toEqual({
			nodeName: undefined,
			phase: "Pending",
			refusedBySchedulerAt: Date.parse("2026-11-22T09:58:47Z"),
		});
		const gated = { ...refusal, reason: "SchedulingGated" };
		expect(podFacts(sampleWith("pod-launcher", { status: { conditions: [gated] } })).refusedBySchedulerAt).toBeUndefined();
	});
});

describe("a pod", () => {
	it("has a role by what it is", () => {
		const attachment = sampleWith("pod-daemonset", { metadata: { labels: { "kubevirt.io": "hotplug-disk" } } });
		expect({
			"pod-virt-controller": podFacts(sample("pod-virt-controller")).role,
			"pod-daemonset": podFacts(sample("pod-daemonset")).role,
			attachment: podFacts(attachment).role,
		}).toEqual({ "pod-virt-controller": "infrastructure", "pod-daemonset": "ordinary", attachment: "hotplug" });
	});

	it("of CDI's Deployment is infrastructure, an importer beside it is not", () => {
		const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "cdi-deployment-1", uid: "r", controller: true };
		const metadata = { namespace: "cdi", labels: { app: "containerized-data-importer" } };
		const deployed = sampleWith("pod-daemonset", { metadata: { ...metadata, ownerReferences: [owner] } });
		const importer = { ...owner, kind: "PersistentVolumeClaim" };
		const bare = sampleWith("pod-daemonset", { metadata: { ...metadata, ownerReferences: [importer] } });
		expect([podFacts(deployed).role, podFacts(bare).role]).toEqual(["infrastructure", "ordinary"]);
	});

	it("that a kubelet mirrors is known as such", () => {
		const annotations = { "kubernetes.io/config.mirror": "abc" };
		expect(podFacts(sampleWith("pod-daemonset", { metadata: { annotations } })).mirror).toBe(true);
	});

	it("in a phase that we do not know is not final", () => {
		expect(podFacts(sampleWith("pod-launcher", { status: { phase: "Paused" } })).phase).toBe("Unknown");
		expect(podFacts(sampleWith("pod-launcher", { status: { phase: undefined } })).phase).toBe("Unknown");
	});

	it("asks for its largest init container with the sidecars started before it, and its overhead", () => {
		const asks = (cpu: string, more: object = {}) => ({ name: cpu, resources: { requests: { cpu } }, ...more });
		const spec = {
			containers: [asks("100m"), asks("200m")],
			initContainers: [asks("50m", { restartPolicy: "Always" }), asks("1"), asks("500m")],
			overhead: { cpu: "250m" },
		};
		expect(podFacts(sampleWith("pod-daemonset", { spec })).requests).toEqual({ cpu: 1.3, pods: 1 });
		const whole = { ...spec, resources: { requests: { cpu: "2" } } };
		expect(podFacts(sampleWith("pod-daemonset", { spec: whole })).requests).toEqual({ cpu: 2.25, pods: 1 });
	});

	it("with an empty affinity term fits nowhere, as the scheduler has it", () => {
		const terms = { nodeSelectorTerms: [{}] };
		const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
		expect(podFacts(sampleWith("pod-daemonset", { spec: { affinity } })).affinity).toEqual([
			[{ key: "kubernetes.io/hostname", operator: "In", values: [] }],
		]);
	});

	it("without a uid is refused by name", () => {
		expect(() => podFacts(sampleWith("pod-daemonset", { metadata: { uid: undefined } }))).toThrow(
			/^cannot read Pod apps\/ds-jstmm: /,
		);
	});
});
