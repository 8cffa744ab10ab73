import type { AggregatedApi } from "../api/aggregated-api.ts";
import type { ApiRequest } from "../api/api-request.ts";
import { badRequest, conflict, internalError } from "../api/api-status.ts";
import type { Sent } from "../api/sent.ts";
import { type Reply, textReply } from "../api/wire.ts";
import type { Ground } from "../controllers/ground.ts";
import { taintsOf } from "../controllers/placement.ts";
import { phaseOf } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { type Fields, isFields, textAt } from "../store-object.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import { startVm, stopVm } from "./lifecycle.ts";
import { aboutVm, isDryRun, vmiNamed, vmiOfVm, vmNamed } from "./lifecycle-objects.ts";
import { deniedByValidator, isValidated, whyNotMigrated, withMetadata } from "./migration-admission.ts";

/** Does what the request asks for and answers its status. */
type Work = (request: ApiRequest, body: Fields) => number;

/**
 * KubeVirt's API of subresources, as far as drains meet it: `migrate`, `start`, `stop`, and `evacuate/cancel` where the version has it.
 * `reachable` says whether virt-api answers.
 */
export function subresourceApi(ground: Ground, behaviour: KubeVirtBehaviour, reachable: () => boolean): AggregatedApi {
	const routes: Readonly<Record<string, Work>> = {
		"virtualmachines/migrate": (request, body) => migrate(ground, request, body),
		"virtualmachines/start": (request, body) => startVm(ground, request, body),
		"virtualmachines/stop": (request, body) => stopVm(ground, request, body),
		...(behaviour.evacuateCancel
			? {
					"virtualmachines/evacuate/cancel": ({ namespace, name }, body) =>
						cancel(ground, vmiOfVm(ground, namespace, name), body),
					"virtualmachineinstances/evacuate/cancel": ({ namespace, name }, body) =>
						cancel(ground, vmiNamed(ground, namespace, name), body),
				}
			: {}),
	};
	return {
		group: "subresources.kubevirt.io",
		version: "v1",
		resources: Object.keys(routes),
		available: reachable,
		answer: async (request, sent) => {
			const work = routes[`${request.resource}/${request.subresource}`];
			if (work === undefined) return plain(404, "404: Page Not Found");
			if (request.method !== "PUT") return plain(405, "405: Method Not Allowed");
			// These routes name no media type of their own, so that only a client that takes anything is served.
			if (!takesAnything(sent.accept)) return plain(406, "406: Not Acceptable\n\nAvailable representations: ");
			return { status: work(request, readOptions(sent)), headers: {}, body: "" };
		},
	};
}

function plain(status: number, text: string): Reply {
	return textReply(status, text, "text/plain; charset=utf-8");
}

function takesAnything(accept: string): boolean {
	return accept.split(",").some((range) => range.split(";")[0]?.trim() === "*/*");
}

function readOptions({ text }: Sent): Fields {
	if (text.trim() === "") return {};
	try {
		const options: unknown = JSON.parse(text);
		if (isFields(options)) return options;
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw badRequest(`Can not unmarshal Request body to struct, error: ${why}`);
	}
	throw badRequest("Can not unmarshal Request body to struct, error: json: cannot unmarshal into Go value");
}

/** https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-api/rest/lifecycle.go#L543 */
function migrate(ground: Ground, { namespace, name }: ApiRequest, options: Fields): number {
	const { store } = ground;
	vmNamed(ground, namespace, name);
	if (phaseOf(vmiNamed(ground, namespace, name)) !== "Running") throw conflict(aboutVm(name), "VM is not running");
	const why = isValidated(store) ? whyNotMigrated(store, namespace, name) : undefined;
	if (why !== undefined) throw internalError(deniedByValidator(why));
	const migration = {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstanceMigration",
		metadata: { generateName: "kubevirt-migrate-vm-", namespace },
		spec: { vmiName: name },
	};
	if (!isDryRun(options)) store.create("virtualmachineinstancemigrations", withMetadata(migration, name));
	return 202;
}

/**
 * Takes the mark off a VMI and leaves its migration alone.
 * https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-api/rest/evacuate_cancel.go#L40
 */
function cancel(ground: Ground, vmi: KubeObject, options: Fields): number {
	const { store } = ground;
	const mark = textAt(vmi, "status", "evacuationNodeName") ?? "";
	refuseDrainTaint(ground, mark === "" ? (textAt(vmi, "status", "nodeName") ?? "") : mark);
	if (mark === "") return 200;
	// The test of a JSON patch fails, and virt-api only passes on that something did.
	if (options.evacuationNodeName !== mark) {
		throw internalError("the server rejected our request due to an error in our request");
	}
	if (isDryRun(options)) return 200;
	store.update("virtualmachineinstances", vmi.metadata.namespace, vmi.metadata.name, (draft) => {
		const { evacuationNodeName: _, ...status } = draft.status ?? {};
		draft.status = status;
	});
	return 200;
}

function refuseDrainTaint({ store }: Ground, nodeName: string): void {
	const node = store.get("nodes", undefined, nodeName);
	if (node === undefined) throw internalError(`nodes "${nodeName}" not found`);
	const taint = taintsOf(node).find(({ key, effect }) => key === "kubevirt.io/drain" && effect === "NoSchedule");
	if (taint !== undefined) throw badRequest(`Node "${nodeName}" has NodeDrainTaintKey "kubevirt.io/drain:NoSchedule"`);
}
