import { ownedBy } from "../controllers/pods.ts";
import { quantity } from "../controllers/quantities.ts";
import type { KubeObject, NewObject } from "../store.ts";
import { fieldsAt, itemsAt, textAt } from "../store-object.ts";
import { createdByLabel, domainAnnotation, migrationUidLabel, nodeNameLabel, unpaused } from "./kubevirt-objects.ts";
import { machineSelector } from "./node-labels.ts";

/** libvirt, qemu and the launcher itself. */
const overheadMi = 268;
/** https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-controller/services/template.go (gracePeriodPaddingSeconds) */
const gracePadding = 30;

const devices = { "devices.kubevirt.io/kvm": "1", "devices.kubevirt.io/tun": "1", "devices.kubevirt.io/vhost-net": "1" };

const defaultTolerations = ["not-ready", "unreachable"].map((state) => ({
	effect: "NoExecute",
	key: `node.kubernetes.io/${state}`,
	operator: "Exists",
	tolerationSeconds: 300,
}));

/** Mebibytes of guest memory. */
export function guestMemoryMi(vmi: { readonly spec?: unknown }): number {
	const guest = textAt(vmi, "spec", "domain", "memory", "guest");
	const requested = textAt(vmi, "spec", "domain", "resources", "requests", "memory");
	return quantity(guest ?? requested ?? "512Mi") / 2 ** 20;
}

function cpuRequest(vmi: KubeObject): string {
	const requested = textAt(vmi, "spec", "domain", "resources", "requests", "cpu");
	const { cores = 1, sockets = 1, threads = 1 } = fieldsAt(vmi, "spec", "domain", "cpu");
	// One tenth of each virtual CPU: KubeVirt's cpuAllocationRatio of 10.
	return requested ?? `${Number(cores) * Number(sockets) * Number(threads) * 100}m`;
}

const notObsolete = { key: "node-labeller.kubevirt.io/obsolete-host-model", operator: "DoesNotExist" };

function affinityOf(vmi: KubeObject, isTarget: boolean): Record<string, unknown> {
	const own = fieldsAt(vmi, "spec", "affinity");
	const nodeAffinity = fieldsAt(own, "nodeAffinity");
	const required = itemsAt(nodeAffinity, "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms");
	const terms = (required.length === 0 ? [{}] : required).map((term) => ({
		...fieldsAt(term),
		matchExpressions: [...itemsAt(term, "matchExpressions"), notObsolete],
	}));
	const affinity = {
		...own,
		nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
	};
	if (!isTarget) return affinity;
	const apart = {
		labelSelector: { matchLabels: { [createdByLabel]: vmi.metadata.uid } },
		topologyKey: "kubernetes.io/hostname",
	};
	const anti = fieldsAt(own, "podAntiAffinity");
	const others = itemsAt(anti, "requiredDuringSchedulingIgnoredDuringExecution");
	return {
		...affinity,
		podAntiAffinity: { ...anti, requiredDuringSchedulingIgnoredDuringExecution: [...others, apart] },
	};
}

/** virt-launcher's sidecar for the serial console. */
const consoleLog = { limits: { cpu: "15m", memory: "60M" }, requests: { cpu: "5m", memory: "35M" } };

/** A migration, and what the VM's CPU asks of the node that it moves to. */
type Move = { readonly migration: KubeObject; readonly nodeSelector: Readonly<Record<string, string>> };

function specOf(vmi: KubeObject, version: string, move: Move | undefined): Record<string, unknown> {
	const grace = vmi.spec?.terminationGracePeriodSeconds;
	const memory = `${Math.ceil(guestMemoryMi(vmi)) + overheadMi}Mi`;
	const image = `quay.io/kubevirt/virt-launcher:${version}`;
	return {
		restartPolicy: "Never",
		terminationGracePeriodSeconds: (typeof grace === "number" ? grace : 30) + gracePadding,
		readinessGates: [{ conditionType: unpaused }],
		hostname: vmi.metadata.name,
		schedulerName: "default-scheduler",
		serviceAccountName: "default",
		nodeSelector: {
			...fieldsAt(vmi, "spec", "nodeSelector"),
			...machineSelector(vmi),
			...move?.nodeSelector,
			"kubernetes.io/arch": "amd64",
			"kubevirt.io/schedulable": "true",
		},
		affinity: affinityOf(vmi, move !== undefined),
		tolerations: [...itemsAt(vmi, "spec", "tolerations"), ...defaultTolerations],
		containers: [
			{
				name: "compute",
				image,
				resources: { limits: devices, requests: { cpu: cpuRequest(vmi), "ephemeral-storage": "50M", memory, ...devices } },
			},
		],
		initContainers: [{ name: "guest-console-log", image, restartPolicy: "Always", resources: consoleLog }],
		volumes: ["private", "public", "sockets", "virt-bin-share-dir", "libvirt-runtime", "ephemeral-disks", "hotplug-disks"].map(
			(name) => ({ name, emptyDir: {} }),
		),
	};
}

/** The pod that carries a VMI; with a move, the pod it is to move into. `version` is KubeVirt's, `v1.9.0`. */
export function launcherPod(vmi: KubeObject, version: string, move?: Move): NewObject {
	const migration = move?.migration;
	const { name, namespace, uid, labels } = vmi.metadata;
	const target = migration === undefined ? {} : { "kubevirt.io/migrationJobName": migration.metadata.name };
	const targetLabels = migration === undefined ? {} : { [migrationUidLabel]: migration.metadata.uid };
	const kept = Object.entries(labels ?? {}).filter(([key]) => migration !== undefined || key !== nodeNameLabel);
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			generateName: `virt-launcher-${name}-`,
			...(namespace === undefined ? {} : { namespace }),
			labels: {
				...Object.fromEntries(kept),
				"kubevirt.io": "virt-launcher",
				[createdByLabel]: uid,
				"vm.kubevirt.io/name": name.slice(0, 63),
				"vmi.kubevirt.io/id": name.slice(0, 63),
				...targetLabels,
			},
			annotations: {
				"descheduler.alpha.kubernetes.io/request-evict-only": "",
				"kubectl.kubernetes.io/default-container": "compute",
				[domainAnnotation]: name,
				"kubevirt.io/memory-overhead-bytes": String(overheadMi * 2 ** 20),
				"kubevirt.io/migrationTransportUnix": "true",
				...target,
			},
			ownerReferences: [ownedBy(vmi)],
		},
		spec: specOf(vmi, version, move),
		status: { phase: "Pending", qosClass: "Burstable" },
	};
}
