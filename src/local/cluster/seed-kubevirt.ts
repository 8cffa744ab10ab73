import type { Ground } from "./controllers/ground.ts";
import type { KubeVirtBehaviour } from "./kubevirt/behaviour.ts";
import { migrationValidator, migrationValidatorPath } from "./kubevirt/migration-admission.ts";
import { seedBudget, seedDaemonSet, seedDeployment, seedReplica } from "./seed-workloads.ts";

type KubeVirtSeed = {
	readonly version: string;
	readonly behaviour: KubeVirtBehaviour;
	/** The cluster's default. */
	readonly evictionStrategy: string | undefined;
	readonly parallelOutboundMigrationsPerNode: number;
	readonly parallelMigrationsPerCluster: number;
};

const namespace = "kubevirt";
const everywhere = [{ operator: "Exists" }];
const replicas = 2;

/** The KubeVirt object, its webhooks, its Deployments with budgets and its DaemonSet, and EKS's own DaemonSets. */
export function seedKubeVirt(ground: Ground, seed: KubeVirtSeed): void {
	const { store } = ground;
	const { parallelOutboundMigrationsPerNode, parallelMigrationsPerCluster, evictionStrategy } = seed;
	const version = `v${seed.version}`;
	store.create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace }, status: { phase: "Active" } });
	store.create("kubevirts", {
		apiVersion: "kubevirt.io/v1",
		kind: "KubeVirt",
		metadata: { namespace, name: "kubevirt" },
		spec: {
			configuration: {
				...(evictionStrategy === undefined ? {} : { evictionStrategy }),
				migrations: { parallelOutboundMigrationsPerNode, parallelMigrationsPerCluster },
			},
		},
		status: {
			phase: "Deployed",
			operatorVersion: version,
			observedKubeVirtVersion: version,
			targetKubeVirtVersion: version,
			conditions: [{ type: "Available", status: "True", reason: "AllComponentsReady", message: "All components are ready." }],
		},
	});
	seedWebhooks(ground, seed.behaviour);
	for (const name of ["virt-api", "virt-controller"]) {
		const labels = { "kubevirt.io": name };
		seedDeployment(ground, { namespace, name, labels, replicas, cpu: "5m", memory: "500Mi" });
		seedBudget(ground, { namespace, name: `${name}-pdb`, matchLabels: labels, minAvailable: 1 });
	}
	seedDaemonSet(ground, {
		namespace,
		name: "virt-handler",
		labels: { "kubevirt.io": "virt-handler" },
		cpu: "10m",
		memory: "357Mi",
		spec: { tolerations: everywhere },
	});
	for (const name of ["aws-node", "kube-proxy"]) {
		seedDaemonSet(ground, { namespace: "kube-system", name, cpu: "50m", spec: { tolerations: everywhere } });
	}
}

function seedWebhooks({ store }: Ground, behaviour: KubeVirtBehaviour): void {
	store.create("validatingwebhookconfigurations", {
		apiVersion: "admissionregistration.k8s.io/v1",
		kind: "ValidatingWebhookConfiguration",
		metadata: { name: "virt-api-validator", labels: { "app.kubernetes.io/managed-by": "virt-operator" } },
		webhooks: [
			...behaviour.webhooks.map(({ name, condition, podNamePrefix, path }) => ({
				...webhook(name, path),
				matchConditions: [{ name: condition, expression: `object.metadata.name.startsWith("${podNamePrefix}")` }],
				rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["pods/eviction"], scope: "*" }],
				sideEffects: "NoneOnDryRun",
			})),
			{
				...webhook(migrationValidator, migrationValidatorPath),
				rules: [
					{
						apiGroups: ["kubevirt.io"],
						apiVersions: ["v1alpha3", "v1"],
						operations: ["CREATE"],
						resources: ["virtualmachineinstancemigrations"],
						scope: "*",
					},
				],
				sideEffects: "None",
			},
		],
	});
}

function webhook(name: string, path: string) {
	return {
		name,
		admissionReviewVersions: ["v1", "v1beta1"],
		clientConfig: { service: { namespace, name: "virt-api", path, port: 443 } },
		failurePolicy: "Fail",
		timeoutSeconds: 10,
	};
}

/** Puts what is still missing of virt-api and virt-controller on a new node, one replica each. */
export function seedInfrastructureOn(ground: Ground, node: string): void {
	for (const name of ["virt-api", "virt-controller"]) {
		const set = ground.store.inNamespace("replicasets", namespace).find(({ metadata }) => metadata.labels?.app === name);
		if (set === undefined || ground.store.ownedBy("pods", set.metadata.uid).length >= replicas) continue;
		seedReplica(ground, set, node);
	}
}
