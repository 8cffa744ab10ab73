import { afterEach, describe, expect, it } from "@jest/globals";
import { clusterRoles } from "../../infra/cluster-roles.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import { type KubeConfigGround, startKubeConfigGround } from "./kubeconfig-ground.ts";
import { linesOf, runStart } from "./run-start.ts";

let ground: KubeConfigGround | undefined;
afterEach(async () => {
	await ground?.stop();
	ground = undefined;
});

function seed({ add }: SimulatedCluster): void {
	for (const name of ["node1", "node2", "node3"]) add.node({ name });
	for (const name of ["a", "b", "c"]) {
		add.vm({ namespace: "shop", name, on: "node1", evictionStrategy: "LiveMigrate", migrationSeconds: 8 });
	}
}

type Eviction = { readonly deleteOptions?: { readonly dryRun?: readonly string[] } };

/** Pods whose eviction was asked for in earnest, in order. */
const evicted = ({ cluster }: KubeConfigGround): readonly string[] =>
	cluster.audit
		.filter(({ path, body }) => path.endsWith("/eviction") && (body as Eviction).deleteOptions?.dryRun === undefined)
		.map(({ path }) => path.split("/").at(-2) ?? "")
		.filter((pod) => pod.startsWith("virt-launcher"));

describe("npm start -- --context, where nodes have no provider id", () => {
	it("that is interrupted says what is left and what to type, and the same again goes on without a second eviction", async () => {
		const here = await startKubeConfigGround({ factor: 1, withoutProviderIds: true, seed });
		ground = here;
		const args = ["--context", "here", "--kubeconfig", here.kubeconfig, "--node", "node1", "--yes", "--json"];
		const first = await runStart(args, { until: '"migration began"' });
		const end = linesOf(first.stdout).at(-1);
		const to = `kubectl --kubeconfig ${here.kubeconfig} --context here`;
		const marked = ["a", "b", "c"];
		const migrations = here.cluster.store.list("virtualmachineinstancemigrations").map(({ metadata }) => metadata.name);
		expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 130, stderr: "" });
		expect(end).toMatchObject({
			kind: "end",
			outcome: "interrupted",
			exitCode: 130,
			because: [
				"Node node1 is cordoned.",
				"Marked, and KubeVirt goes on moving them: shop/a, shop/b, shop/c.",
				"VMs still on it: shop/a, shop/b, shop/c.",
			],
		});
		expect(((end?.toType ?? []) as { readonly command: string }[]).map(({ command }) => command).toSorted()).toEqual(
			[
				`npm start -- ${args.join(" ")}`,
				...marked.map(
					(vm) =>
						`echo '{"evacuationNodeName":"node1"}' | ${to} replace --raw ` +
						`/apis/subresources.kubevirt.io/v1/namespaces/shop/virtualmachineinstances/${vm}/evacuate/cancel -f -`,
				),
				...migrations.map((migration) => `${to} -n shop delete virtualmachineinstancemigration ${migration}`),
				`${to} uncordon node1`,
				`${to} annotate node node1 evacuator.io/maintenance- evacuator.io/reason-`,
			].toSorted(),
		);

		const second = await runStart(args);
		const lines = linesOf(second.stdout);
		expect({ code: second.code, stderr: second.stderr }).toEqual({ code: 0, stderr: "" });
		expect(lines.find(({ kind }) => kind === "earlier run")).toMatchObject({ marked: ["shop/a", "shop/b", "shop/c"] });
		expect(evicted(here)).toHaveLength(new Set(evicted(here)).size);
		expect(lines.filter(({ kind }) => kind === "eviction").map(({ vm }) => vm)).not.toContain("shop/a");
		const event = here.cluster.store.list("events").find(({ reason }) => reason === "SafeToTerminate");
		expect(event?.message).toBe("Evacuator: nothing is left on Node node1, it is safe to terminate");
	}, 180_000);
});

describe("npm start -- --context", () => {
	it("says what is wrong, and what there is instead", async () => {
		const here = await startKubeConfigGround({ factor: 1, seed });
		ground = here;
		here.addContext("reader", [...clusterRoles.watch, ...clusterRoles.cordon]);
		const at = (context: string, ...more: string[]) => runStart(["--context", context, "--kubeconfig", here.kubeconfig, ...more]);
		const [noNode, noContext, noFile, reader] = await Promise.all([
			at("here"),
			at("there", "--node", "node1"),
			runStart(["--context", "here", "--kubeconfig", "/nowhere/config", "--node", "node1"]),
			at("reader", "--node", "node1", "--yes", "--no-wait", "--json"),
		]);
		expect(noNode).toEqual({
			code: 2,
			stdout: "",
			stderr:
				"cannot drain without --node NODE; context here has these nodes:\n" +
				"  node1  3 VMs: shop/a, shop/b, shop/c\n  node2  no VMs\n  node3  no VMs\n",
		});
		expect(noContext).toEqual({
			code: 2,
			stdout: "",
			stderr: 'cannot find the context "there" in the kubeconfig: it has here, reader\n',
		});
		expect(noFile).toEqual({
			code: 2,
			stdout: "",
			stderr: "cannot find the kubeconfig /nowhere/config: name a file that is there\n",
		});
		const end = linesOf(reader.stdout).at(-1);
		expect({ code: reader.code, stderr: reader.stderr }).toEqual({ code: 1, stderr: "" });
		expect(end).toMatchObject({ kind: "end", outcome: "held" });
		expect(((end?.because ?? []) as string[]).join(" ")).toContain('cannot create resource "pods/eviction" in API group ""');
	}, 180_000);
});
