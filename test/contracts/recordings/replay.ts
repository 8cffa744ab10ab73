import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { fieldsAt } from "../../../src/local/cluster/store-object.ts";
import { History } from "./history.ts";
import { readAgain } from "./readings.ts";
import { type Exchange, momentOf, type Recording } from "./recording.ts";
import { Roles, rolesOf, vmsOf } from "./roles.ts";
import { homeNode, seedRecorded } from "./seeds.ts";
import { askerOf, deeds, tellGuest } from "./stage-hands.ts";

/** What came back for a recorded request. */
export type Answer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** Parsed when it is JSON. */
	readonly body: unknown;
};

export type Replay = {
	readonly recording: Recording;
	readonly vms: readonly string[];
	/** By the index of the step; of sights there is none, they are looked up in the history. */
	readonly answers: ReadonlyMap<number, Answer>;
	/** What the recorder's notes would say here, by the index of the step. */
	readonly readings: ReadonlyMap<number, unknown>;
	readonly history: History;
	readonly recorded: Roles;
	readonly simulated: Roles;
};

/** Seconds before the first request, so that everything seeded has come to rest. */
const lead = 5;
/** Seconds after the last step. */
const trail = 2;

/** Somebody who looks at the cluster while a recording is played, `at` seconds. */
export type Onlooker = { readonly at: number; readonly look: (cluster: SimulatedCluster) => void };

/** Plays a recording against a simulated cluster of that version, each request at its time. */
export async function replay(recording: Recording, version: string, onlookers: readonly Onlooker[] = []): Promise<Replay> {
	const clock = new VirtualClock({ start: Date.parse(recording.at) - lead * 1000 });
	const cluster = createSimulatedCluster({ clock, name: recording.experiment, kubevirtVersion: version });
	const start = Date.parse(recording.at);
	const seconds = (): number => (clock.now() - start) / 1000;
	const vms = vmsOf(recording.steps);
	const recorded = rolesOf(recording.steps, homeNode);
	const simulated = new Roles();
	const history = new History(cluster, vms, simulated, seconds);
	seedRecorded(cluster, recording.experiment);
	const answers = new Map<number, Answer>();
	const readings = new Map<number, unknown>();
	await clock.run(async () => {
		for (const { at, look } of onlookers) clock.at((at - seconds()) * 1000, () => look(cluster));
		await clock.sleep(-seconds() * 1000);
		scheduleDeeds({ clock, cluster }, recording);
		for (const [index, step] of recording.steps.entries()) {
			await clock.sleep(Math.max(0, momentOf(step) - seconds()) * 1000);
			if (step.kind === "exchange") answers.set(index, await ask({ clock, cluster, recorded, simulated }, step));
			if (step.kind === "note") readings.set(index, readAgain(cluster, vms, step));
			scheduleDeeds({ clock, cluster }, recording, step.label);
		}
		await clock.sleep(trail * 1000);
	});
	return { recording, vms, answers, readings, history, recorded, simulated };
}

type Stage = { readonly clock: VirtualClock; readonly cluster: SimulatedCluster };

function scheduleDeeds({ clock, cluster }: Stage, { experiment }: Recording, label?: string): void {
	for (const deed of deeds) {
		if (deed.experiment === experiment && deed.after === label) clock.at(deed.wait * 1000, () => deed.act(cluster));
	}
}

async function ask(stage: Stage & { readonly recorded: Roles; readonly simulated: Roles }, step: Exchange): Promise<Answer> {
	const { clock, cluster, recorded, simulated } = stage;
	tellGuest(cluster, step);
	const { method } = step.request;
	const path = recorded.translated(step.request.path, simulated);
	const body = step.request.body == null ? undefined : bodyFor(cluster, path, step.request.body, recorded, simulated);
	const request = new Request(`https://recorded.example${path}`, {
		method,
		headers: {
			accept: "*/*",
			authorization: `Bearer ${askerOf(cluster, step.label)}`,
			"content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
		},
		...(body === undefined ? {} : { body }),
	});
	const response = await clock.rest(cluster.handle(request));
	const text = await response.text();
	const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
	return { status: response.status, headers: Object.fromEntries(response.headers), body: isJson ? JSON.parse(text) : text };
}

const nobody = "00000000-0000-0000-0000-000000000000";

/** The body with this side's names; a precondition on the pod's own uid gets the uid that the pod has here. */
function bodyFor(cluster: SimulatedCluster, path: string, body: unknown, recorded: Roles, simulated: Roles): string {
	const text = recorded.translated(JSON.stringify(body), simulated);
	const { uid } = fieldsAt(body, "deleteOptions", "preconditions");
	const [, namespace, pod = ""] = /\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction/.exec(path) ?? [];
	const here = cluster.store.get("pods", namespace, pod)?.metadata.uid;
	return typeof uid === "string" && uid !== nobody && here !== undefined ? text.replaceAll(uid, here) : text;
}
