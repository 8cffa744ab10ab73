import { ScaledClock } from "../../../src/local/clock/scaled-clock.ts";
import { observe } from "../../monitor/observer.ts";
import { type PlaneSettings, startPlane } from "../plane/start-plane.ts";
import { administratorOf } from "./administrator.ts";
import { admitFunctions, clusterByCertificates, type Lane } from "./lane.ts";
import { patiently } from "./patiently.ts";

const subresources = "/apis/subresources.kubevirt.io/v1";

/** A lane that can be ended. */
type StartedLane = Lane & { stop(): Promise<void> };

/** Brings up a control plane with KubeVirt, and everything around it that scenarios need. Takes about a minute. */
export async function startLane(settings: PlaneSettings): Promise<StartedLane> {
	const clock = new ScaledClock(1);
	const { plane, agent } = await startPlane(settings);
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
