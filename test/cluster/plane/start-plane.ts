import { ScaledClock } from "../../../src/local/clock/scaled-clock.ts";
import type { Agent } from "../agent/agent.ts";
import { startAgent } from "../agent/start-agent.ts";
import type { Binaries } from "../binaries/parts.ts";
import { installKubeVirt } from "./install-kubevirt.ts";
import { addressOfPod } from "./kubevirt-addresses.ts";
import type { Plane } from "./plane.ts";
import { type KubernetesPlane, startKubernetes } from "./start-kubernetes.ts";

export type PlaneSettings = {
	/** Made anew, and removed with the plane. */
	readonly folder: string;
	readonly logs: string;
	readonly binaries: Binaries;
	readonly versions: Plane["versions"];
	/** What it is doing now, in a few words. */
	readonly tell: (progress: string) => void;
};

/** Brings up Kubernetes, what stands in for its nodes, and KubeVirt. Takes about a minute. */
export async function startPlane(settings: PlaneSettings): Promise<{ readonly plane: KubernetesPlane; readonly agent: Agent }> {
	const { folder, logs, binaries, versions, tell } = settings;
	tell(`Kubernetes ${versions.kubernetes}`);
	const plane = await startKubernetes({ folder, logs, binaries: binaries.kubernetes, versions });
	const agent = await startAgent({
		url: plane.url,
		ca: plane.ca,
		identity: await plane.identity("stand-in-nodes", ["system:masters"]),
		auditLog: plane.auditLog,
		clock: new ScaledClock(1),
		addresses: addressOfPod,
	});
	await installKubeVirt(plane, agent, { binaries, tell });
	return { plane, agent };
}
