import { type EvictionReview, type EvictionVerdict, type EvictionWebhook, WebhookUnreachable } from "../api/eviction-webhooks.ts";
import type { Ground } from "../controllers/ground.ts";
import { hasEnded, nodeNameOf } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { textAt } from "../store-object.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import { domainAnnotation, effectiveStrategy, isMigratable, labelOf } from "./kubevirt-objects.ts";
import { RequestPace } from "./request-pace.ts";

/** What Go's dialer says of virt-api when it is down. */
export const connectionRefused = "dial tcp 172.20.83.14:443: connect: connection refused";

const allow: Judgement = { verdict: { allowed: true } };
const deny = (message: string): Judgement => ({ verdict: { allowed: false, code: 429, message } });

/** KubeVirt's webhooks for evictions. `reachable` says whether virt-api answers. */
export function evictionWebhooks(
	ground: Ground,
	behaviour: KubeVirtBehaviour,
	reachable: () => boolean,
): readonly EvictionWebhook[] {
	const pace = new RequestPace(ground.clock, behaviour.virtApiRequests);
	return behaviour.webhooks.map(({ name, podNamePrefix, path }) => ({
		name,
		failurePolicy: "Fail",
		matches: (podName) => podName.startsWith(podNamePrefix),
		url: `https://virt-api.kubevirt.svc:443${path}`,
		review: async (question) => {
			if (!reachable()) throw new WebhookUnreachable(connectionRefused);
			const turn = pace.turn();
			// It asks for the pod and for the VMI, and a mark is a third request.
			await turn(2);
			const { verdict, mark } = judge(ground, question);
			if (mark === undefined) return verdict;
			await turn(1);
			const again = judge(ground, question);
			again.mark?.(behaviour);
			return again.verdict;
		},
	}));
}

/** What is answered, and the mark that is to be set first, if any. */
type Judgement = { readonly verdict: EvictionVerdict; readonly mark?: (behaviour: KubeVirtBehaviour) => void };

/** https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-api/webhooks/validating-webhook/admitters/pod-eviction-admitter.go */
function judge(ground: Ground, question: EvictionReview): Judgement {
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
): Judgement {
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
	const marking = { nodeName: nodeNameOf(pod), request };
	return { ...deny(triggered), mark: (behaviour) => (dryRun ? undefined : markVmi(ground, behaviour, vmi, marking)) };
}

function markVmi(
	{ store }: Ground,
	{ saysEvictionRequested }: KubeVirtBehaviour,
	vmi: KubeObject,
	{ nodeName, request }: { readonly nodeName: string; readonly request: EvictionReview["request"] },
): void {
	const byDescheduler = textAt(request, "metadata", "annotations", "requested-by") === "sigs.k8s.io/descheduler";
	store.update("virtualmachineinstances", vmi.metadata.namespace, vmi.metadata.name, (draft) => {
		draft.status = { ...draft.status, evacuationNodeName: nodeName };
		if (byDescheduler && saysEvictionRequested)
			draft.metadata.annotations = { ...draft.metadata.annotations, "kubevirt.io/eviction-source": "descheduler" };
	});
}

function hotplugVerdict({ store }: Ground, pod: KubeObject): Judgement {
	const { namespace, name, ownerReferences } = pod.metadata;
	const launcher = store.get("pods", namespace, ownerReferences?.[0]?.name ?? "");
	if (launcher === undefined || labelOf(launcher, "kubevirt.io") !== "virt-launcher" || hasEnded(launcher)) return allow;
	const vmiName = launcher.metadata.annotations?.[domainAnnotation];
	if (vmiName === undefined || store.get("virtualmachineinstances", namespace, vmiName) === undefined) return allow;
	return deny(`cannot evict hotplug pod: ${name} associated with running vmi: ${vmiName} in namespace ${namespace}`);
}
