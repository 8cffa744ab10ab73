/** Where KubeVirt lives. */
export const KUBEVIRT_NAMESPACE = "kubevirt";

/** The node of virt-operator, virt-api and virt-controller is labelled and tainted with this: it never leaves, and no VM and no pod of a scenario goes there. */
export const INFRASTRUCTURE = "evacuator.test/infrastructure";

const nodePlacement = {
	nodeSelector: { [INFRASTRUCTURE]: "true" },
	tolerations: [{ key: INFRASTRUCTURE, operator: "Exists" }],
};

/** The image that the operator derives all others' names from. */
export function operatorImage(version: string): string {
	return `quay.io/kubevirt/virt-operator:v${version}`;
}

/** What has to be there before the operator, beside its CRD and RBAC. */
export function prerequisites() {
	return [
		{ apiVersion: "v1", kind: "Namespace", metadata: { name: KUBEVIRT_NAMESPACE, labels: { "kubevirt.io": "" } } },
		{
			apiVersion: "scheduling.k8s.io/v1",
			kind: "PriorityClass",
			metadata: { name: "kubevirt-cluster-critical" },
			value: 1_000_000_000,
			description: "This priority class should be used for KubeVirt core components only.",
		},
	];
}

/** The operator's pod: its process runs beside the plane, but the service of its webhooks finds it by this pod's address. */
export function operatorDeployment(version: string) {
	const labels = { "kubevirt.io": "virt-operator", name: "virt-operator" };
	return {
		apiVersion: "apps/v1",
		kind: "Deployment",
		metadata: { name: "virt-operator", namespace: KUBEVIRT_NAMESPACE, labels },
		spec: {
			replicas: 1,
			selector: { matchLabels: labels },
			template: {
				metadata: { labels },
				spec: {
					...nodePlacement,
					priorityClassName: "kubevirt-cluster-critical",
					serviceAccountName: "kubevirt-operator",
					containers: [
						{
							name: "virt-operator",
							image: operatorImage(version),
							ports: [
								{ name: "metrics", containerPort: 8443 },
								{ name: "webhooks", containerPort: 8444 },
							],
						},
					],
				},
			},
		},
	};
}

/** The order to install KubeVirt. */
export function kubevirtResource() {
	return {
		apiVersion: "kubevirt.io/v1",
		kind: "KubeVirt",
		metadata: { name: "kubevirt", namespace: KUBEVIRT_NAMESPACE },
		spec: {
			// Nobody would bring renewed certificates to the processes: they outlast the plane.
			certificateRotateStrategy: {
				selfSigned: {
					ca: { duration: "8760h0m0s", renewBefore: "24h0m0s" },
					server: { duration: "4380h0m0s", renewBefore: "24h0m0s" },
				},
			},
			configuration: {
				developerConfiguration: { featureGates: [] },
				migrations: { parallelOutboundMigrationsPerNode: 2, parallelMigrationsPerCluster: 5 },
				// Ready-made machine sizes: hundreds of objects that no drain looks at.
				commonInstancetypesDeployment: { enabled: false },
			},
			imagePullPolicy: "IfNotPresent",
			infra: { replicas: 1, nodePlacement },
			// The operator waits for a virt-handler that is ready: that of the infrastructure's node is always there.
			workloads: { nodePlacement: { tolerations: nodePlacement.tolerations } },
		},
	};
}
