import { type EvictionReview, type EvictionVerdict, type EvictionWebhook, WebhookUnreachable } from "../api/eviction-webhooks.ts";
import type { Ground } from "../controllers/ground.ts";
import { hasEnded, nodeNameOf } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { textAt } from "../store-object.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import { domainAnnotation, effectiveStrategy, isMigratable, labelOf } from "./kubevirt-objects.ts";

const allow: EvictionVerdict = { allowed: true };
const deny = (message: string): EvictionVerdict => ({ allowed: false, code: 429, message });

/** KubeVirt's webhooks for evictions. `reachable` says whether virt-api answers. */
export function evictionWebhooks(
	ground: Ground,
	behaviour: KubeVirtBehaviour,
	reachable: () => boolean,
): readonly EvictionWebhook[] {
	return behaviour.webhooks.map(({ name, podNamePrefix, path }) => ({
		name,
		failurePolicy: "Fail",
		matches: (podName) => podName.startsWith(podNamePrefix),
		url: `https://virt-api.kubevirt.svc:443${path}`,
		review: async (question) => {
			if (!reachable()) throw new WebhookUnreachable("dial tcp 172.20.83.14:443: connect: connection refused");
			return verdict(ground, question);
		},
	}));
}

/** https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-api/webhooks/validating-webhook/admitters/pod-eviction-admitter.go */
function verdict(ground: Ground, question: EvictionReview): EvictionVerdict {
	const pod = ground.store.get("pods", question.namespace, question.name);
	if (pod === undefined) return allow;
	const owners = pod.metadata.ownerReferences ?? [];
	if (labelOf(pod, "kubevirt.io") === "hotplug-disk" && owners.length === 1) return hotplugVerdict(ground, pod);
	if (labelOf(pod, "kubevirt.io") !== "virt-launcher" || hasEnded(pod)) return allow;
	const vmiName = pod.metadata.annotations?.[domainAnnotation];
	return vmiName === undefined ? allow : launcherVerdict(ground, pod, vmiName, question);
}

function launcherVerdict(
	ground: Ground,
	pod: KubeObject,
	vmiName: string,
	{ namespace, dryRun, request }: EvictionReview,
): EvictionVerdict {
	const { store } = ground;
	const vmi = store.get("virtualmachineinstances", namespace, vmiName);
	if (vmi === undefined) {
		return deny(`kubevirt failed getting the vmi: virtualmachineinstances.kubevirt.io "${vmiName}" not found`);
	}
	const strategy = effectiveStrategy(store, vmi);
	if (strategy === "None") return allow;
	if (strategy === "LiveMigrateIfPossible" && !isMigratable(vmi)) return allow;
	if (strategy === "LiveMigrate" && !isMigratable(vmi)) {
		return deny(`VMI ${vmiName} is configured with an eviction strategy but is not live-migratable`);
	}
	const triggered = `Eviction triggered evacuation of VMI "${namespace}/${vmiName}"`;
	if ((textAt(vmi, "status", "evacuationNodeName") ?? "") !== "") return deny(`Evacuation in progress: ${triggered}`);
	if (textAt(vmi, "status", "nodeName") !== nodeNameOf(pod)) return deny("Eviction request for target Pod");
	if (!dryRun) mark(ground, vmi, nodeNameOf(pod), request);
	return deny(triggered);
}

function mark({ store }: Ground, vmi: KubeObject, nodeName: string, request: unknown): void {
	const byDescheduler = JSON.stringify(request ?? null).includes("sigs.k8s.io/descheduler");
	store.update("virtualmachineinstances", vmi.metadata.namespace, vmi.metadata.name, (draft) => {
		draft.status = { ...draft.status, evacuationNodeName: nodeName };
		if (byDescheduler)
			draft.metadata.annotations = { ...draft.metadata.annotations, "kubevirt.io/eviction-source": "descheduler" };
	});
}

function hotplugVerdict({ store }: Ground, pod: KubeObject): EvictionVerdict {
	const { namespace, name, ownerReferences } = pod.metadata;
	const launcher = store.get("pods", namespace, ownerReferences?.[0]?.name ?? "");
	if (launcher === undefined || labelOf(launcher, "kubevirt.io") !== "virt-launcher" || hasEnded(launcher)) return allow;
	const vmiName = launcher.metadata.annotations?.[domainAnnotation];
	if (vmiName === undefined || store.get("virtualmachineinstances", namespace, vmiName) === undefined) return allow;
	return deny(`cannot evict hotplug pod: ${name} associated with running vmi: ${vmiName} in namespace ${namespace}`);
}
