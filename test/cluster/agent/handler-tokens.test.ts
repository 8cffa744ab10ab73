import { describe, expect, it } from "@jest/globals";
import { createClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import { realClock } from "../../../src/adapters/real-clock.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { type KubeObject, Store } from "../../../src/local/cluster/store.ts";
import { HandlerTokens } from "./handler-tokens.ts";

/** An API server that gives tokens, each for an hour, and a handler on each of these nodes. */
function stage(...nodes: readonly string[]) {
	const clock = { now: 0 };
	const asked: unknown[] = [];
	const send = async (request: Request): Promise<Response> => {
		const body = (await request.json()) as { readonly spec: { readonly boundObjectRef: { readonly name: string } } };
		asked.push([new URL(request.url).pathname, body.spec]);
		const expirationTimestamp = new Date(clock.now + 3_600_000).toISOString();
		return Response.json(
			{ status: { token: `${body.spec.boundObjectRef.name} ${asked.length}`, expirationTimestamp } },
			{ status: 201 },
		);
	};
	const store = new Store(new VirtualClock());
	const pods = nodes.map((nodeName) =>
		store.create("pods", {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { namespace: "kubevirt", name: `handler-${nodeName}`, labels: { "kubevirt.io": "virt-handler" } },
			spec: { nodeName, serviceAccountName: "kubevirt-handler" },
			status: { phase: "Running" },
		}),
	);
	const api = createClusterApi({ name: "c", send, clock: realClock });
	const tokens = new HandlerTokens(api, () => clock.now);
	const of = (nodeName: string, targetNode?: string) =>
		tokens.of(
			{
				metadata: { namespace: "vms", name: "vm" },
				status: { nodeName, migrationState: { targetNode } },
			} as unknown as KubeObject,
			store,
		);
	return { clock, asked, of, pods };
}

describe("the token of a VMI's virt-handler", () => {
	it("is bound to the handler's pod on the VMI's node, and is asked for again only before it ends", async () => {
		const { clock, asked, of, pods } = stage("node1", "node2");
		expect([await of("node1"), await of("node1")]).toEqual(["handler-node1 1", "handler-node1 1"]);
		expect(asked).toEqual([
			[
				"/api/v1/namespaces/kubevirt/serviceaccounts/kubevirt-handler/token",
				{
					boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "handler-node1", uid: pods[0]?.metadata.uid },
					expirationSeconds: 3_600,
				},
			],
		]);
		clock.now = 3_100_000;
		expect(await of("node1")).toBe("handler-node1 2");
	});

	it("is that of the migration's target when the VMI's own node has no handler any more", async () => {
		const { of } = stage("node2");
		expect(await of("node1", "node2")).toBe("handler-node2 1");
		await expect(of("node1")).rejects.toThrow("cannot write VMI vms/vm: no virt-handler runs on node1");
	});
});
