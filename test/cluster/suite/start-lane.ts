import { ScaledClock } from "../../../src/local/clock/scaled-clock.ts";
import { observe } from "../../monitor/observer.ts";
import { startAgent } from "../agent/start-agent.ts";
import type { Binaries } from "../binaries/parts.ts";
import { installKubeVirt } from "../plane/install-kubevirt.ts";
import { addressOfPod } from "../plane/kubevirt-addresses.ts";
import type { Plane } from "../plane/plane.ts";
import { startKubernetes } from "../plane/start-kubernetes.ts";
import { administratorOf } from "./administrator.ts";
import { admitFunctions, clusterByCertificates, type Lane } from "./lane.ts";
import { patiently } from "./patiently.ts";

const subresources = "/apis/subresources.kubevirt.io/v1";

export type LaneOptions = {
	/** Made anew, and removed with the lane. */
	readonly folder: string;
	readonly binaries: Binaries;
	readonly versions: Plane["versions"];
	readonly tell: (progress: string) => void;
};

/** A lane that can be ended. */
export type StartedLane = Lane & { stop(): Promise<void> };

/** Brings up a control plane with KubeVirt, and everything around it that scenarios need. Takes about a minute. */
export async function startLane({ folder, binaries, versions, tell }: LaneOptions): Promise<StartedLane> {
	const clock = new ScaledClock(1);
	tell(`Kubernetes ${versions.kubernetes}`);
	const plane = await startKubernetes({ folder, binaries: binaries.kubernetes, versions });
	const agent = await startAgent({
		url: plane.url,
		ca: plane.ca,
		identity: await plane.identity("stand-in-nodes", ["system:masters"]),
		auditLog: plane.auditLog,
		clock,
		addresses: addressOfPod,
	});
	await installKubeVirt(plane, agent, { binaries, tell });
	const admin = await administratorOf(plane);
	await admitFunctions(admin);
	await patiently(
		clock,
		"KubeVirt's subresources are served",
		async () => (await admin.kubectl("GET", subresources)).code === 200,
		2,
	);
	const observer = await observe({
		url: plane.url,
		ca: plane.ca,
		...(await plane.identity("observer", ["system:masters"])),
		auditLog: plane.auditLog,
	});
	return {
		clock,
		plane,
		agent,
		observer,
		admin,
		cluster: await clusterByCertificates(plane, clock, "prod"),
		async stop() {
			observer.close();
			await agent.stop();
			await plane.stop();
		},
	};
}
