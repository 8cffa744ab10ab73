import type { Look, VmiFacts } from "../../domain/look.ts";
import { type NamespacedName, nameOf } from "../../domain/namespaced-name.ts";
import { isMarked, isMigrating, runsElsewhere, vmisOnNode } from "../../domain/presence.ts";
import type { ToType } from "../demo-event.ts";
import type { Prospect } from "./prospect.ts";
import { kubectlLine, type Typed } from "./typed.ts";

/** What a run that stops half-way leaves in the cluster, and how to go on or to give up. */
type LeftBehind = { readonly because: readonly string[]; readonly toType: readonly ToType[] };

const listed = (vms: readonly NamespacedName[]): string => vms.map(nameOf).join(", ");

/** `look`: the node as it is now. */
export function leftBehind(look: Look, { node: { name }, cordoned }: Prospect, typed: Typed): LeftBehind {
	const here = vmisOnNode(look, name).filter((vmi) => !runsElsewhere(vmi, name));
	const marked = here.filter((vmi) => isMarked(vmi, name));
	const moving = here.filter((vmi) => isMigrating(vmi) && !marked.includes(vmi));
	const ending = here.filter((vmi) => isEnding(vmi, look));
	const isCordoned = look.node?.unschedulable === true;
	const because = [
		isCordoned
			? `Node ${name} is cordoned${cordoned === "by others" ? ", as it was before" : ""}.`
			: `Node ${name} is not cordoned.`,
		...(marked.length === 0 ? [] : [`Marked, and KubeVirt goes on moving them: ${listed(marked)}.`]),
		...(moving.length === 0 ? [] : [`Migrating: ${listed(moving)}.`]),
		...(ending.length === 0 ? [] : [`Shutting down: ${listed(ending)}.`]),
		`VMs still on it: ${here.length === 0 ? "none" : listed(here)}.`,
	];
	const goOn: ToType = { says: "To go on, the same again", command: typed.again };
	return { because, toType: [goOn, ...waysBack(look, marked, isCordoned && cordoned !== "by others", name, typed)] };
}

const isEnding = (vmi: VmiFacts, look: Look): boolean =>
	vmi.deleting || look.pods.some((pod) => pod.role === "launcher" && pod.vmiUid === vmi.uid && pod.deleting);

/**
 * First the mark, then the migration: as long as a VMI is marked, KubeVirt makes a new migration within a second. virtctl
 * could not do it before https://github.com/kubevirt/kubevirt/pull/17008.
 */
function waysBack(look: Look, marked: readonly VmiFacts[], uncordon: boolean, node: string, typed: Typed): readonly ToType[] {
	const unmark = marked.map(({ namespace, name }, index): ToType => {
		const path = `/apis/subresources.kubevirt.io/v1/namespaces/${namespace}/virtualmachineinstances/${name}/evacuate/cancel`;
		const body = JSON.stringify({ evacuationNodeName: node });
		return {
			says: index === 0 ? "To give up, take the marks off (a 404 means that this KubeVirt cannot: let those VMs move)" : "",
			command: `echo '${body}' | ${kubectlLine(typed, ["replace", "--raw", path, "-f", "-"])}`,
		};
	});
	const under = look.migrations
		.filter(({ phase }) => phase !== "Succeeded" && phase !== "Failed")
		.filter((one) => marked.some((vmi) => vmi.namespace === one.namespace && vmi.name === one.vmiName));
	const abort = under.map(({ namespace, name }, index): ToType => {
		const says = index === 0 ? "then call their migrations off" : "";
		return { says, command: kubectlLine(typed, ["-n", namespace, "delete", "virtualmachineinstancemigration", name]) };
	});
	if (!uncordon) return [...unmark, ...abort];
	const says = unmark.length === 0 ? "To give up, take the node back into service" : "then take the node back into service";
	return [...unmark, ...abort, ...backIntoService(says, node, typed)];
}

/** The node schedulable again, without the notes that Cordon wrote on it. */
export const backIntoService = (says: string, node: string, typed: Typed): readonly ToType[] => [
	{ says, command: kubectlLine(typed, ["uncordon", node]) },
	{ says: "", command: kubectlLine(typed, ["annotate", "node", node, "evacuator.io/maintenance-", "evacuator.io/reason-"]) },
];
