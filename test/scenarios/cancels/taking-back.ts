import { invokeHandler } from "../../../src/cli/invoke-handler.ts";
import type { KubeObject } from "../../../src/local/cluster/store.ts";
import type { FunctionName, Invocation } from "../../../src/local/embedded-ground.ts";
import type { World } from "../../../src/ports.ts";
import { HOOK, LEAVING, type Outcome, type Stage } from "../drill.ts";

export const MARK = "evacuator.io/safe-to-terminate";

/** Two VMs that migrate for so long that every migration is still under way when something happens. */
export const twoSlowVms = ({ add }: Stage["cluster"], on: string): void => {
	for (const name of ["one", "two"])
		add.vm({ namespace: "shop", name, on, evictionStrategy: "LiveMigrate", migrationSeconds: 600 });
};

/** The same without any wait. */
export const oneSwiftVm = ({ add }: Stage["cluster"], on: string): void =>
	void add.vm({ namespace: "shop", name: "one", on, evictionStrategy: "LiveMigrate", migrationSeconds: 3 });

type Fields = Readonly<Record<string, unknown>>;

export const sendOrder = ({ ground }: Stage, kind: "drain" | "cancel", fields: Fields = {}): Promise<unknown> =>
	ground.queues.send("orders", JSON.stringify({ kind, version: 1, instanceId: LEAVING, reason: `to ${kind}`, ...fields }));

export const untilState = (stage: Stage, state: string, generation = 1): Promise<void> =>
	stage.until(async () => {
		const record = await stage.record();
		return record?.state === state && record.generation === generation;
	}, `generation ${generation} is ${state}`);

export const untilBothMigrate = ({ cluster, until }: Stage): Promise<void> =>
	until(() => cluster.truth.migrations().length === 2, "both VMs migrate");

const textOf = (object: KubeObject | undefined, part: "spec" | "status", name: string): unknown => object?.[part]?.[name];

/** What is left of a drain on the node, on VMs, on migrations and on the instance. */
export function tracesOf({ cluster: { store }, node, ground }: Stage): readonly string[] {
	const object = store.get("nodes", undefined, node);
	const annotations = Object.keys(object?.metadata.annotations ?? {}).filter((name) => name.startsWith("evacuator.io/"));
	const marked = store.list("virtualmachineinstances").filter((vmi) => textOf(vmi, "status", "evacuationNodeName"));
	const unfinished = store
		.list("virtualmachineinstancemigrations")
		.filter((one) => !["Succeeded", "Failed"].includes(String(textOf(one, "status", "phase"))));
	return [
		...(textOf(object, "spec", "unschedulable") === true ? ["cordoned"] : []),
		...annotations,
		...marked.map(({ metadata }) => `${metadata.name} marked`),
		...unfinished.map((one) => `${String(textOf(one, "spec", "vmiName"))} migrates`),
		...(ground.aws.instance(LEAVING).tags[MARK] === undefined ? [] : ["marked safe to terminate"]),
	];
}

/** What a drill that was taken back came to. */
export const endOf = ({ record, violations, stage }: Outcome) => ({
	state: record?.state,
	generation: record?.generation,
	trouble: record?.trouble.map(({ kind }) => kind),
	violations,
	traces: tracesOf(stage),
	guests: stage.cluster.truth.guests().map(({ name, instanceId }) => `${name} ${instanceId === LEAVING ? "here" : "elsewhere"}`),
});

export const takenBack = {
	state: "restored",
	generation: 1,
	trouble: [],
	violations: [],
	traces: [],
	guests: ["one here", "two here"],
};

/** Requests by which our functions changed something in the cluster, each with its answer's code. */
export const changesBy = ({ cluster }: Stage, name: FunctionName): readonly string[] =>
	cluster.audit
		.filter(({ user, verb }) => user === `evacuator-${name}` && !["get", "list", "watch"].includes(verb))
		.map(
			({ verb, path, code }) => `${verb} ${path.replace(/^.*\/(namespaces|nodes)\//, "").replace(/-[a-z0-9]{5}$/, "")} ${code}`,
		);

/** The tags of the instance when Restore has patched the node, of each time that it did. */
export function tagsAtUncordoning({ cluster, ground }: Stage): (readonly string[])[] {
	const seen: (readonly string[])[] = [];
	const look = () => void seen.push(Object.keys(ground.aws.instance(LEAVING).tags).filter((tag) => tag === MARK));
	cluster.faults.api.add({
		match: ({ user, verb }) => user === "evacuator-restore" && verb === "patch",
		effect: { after: look },
	});
	return seen;
}

/** Calls the handler on another world than its own. */
export const runOn = (invocation: Invocation, world: World): Promise<unknown> =>
	invokeHandler([HOOK.name])({ ...invocation, world });
