import { clusterObjects } from "../../../infra/cluster-manifest.ts";
import { clusterGroup, clusterRoles, clusterUsers, type PolicyRule } from "../../../infra/cluster-roles.ts";
import { functionNames } from "../../../infra/function-names.ts";
import { createCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import { createHttpsSend } from "../../../src/adapters/kubernetes/https-send.ts";
import type { SimulationClock } from "../../../src/local/clock/simulation-clock.ts";
import type { EmbeddedCluster } from "../../../src/local/embedded-cluster.ts";
import type { FunctionName } from "../../../src/local/invocation.ts";
import type { Observer } from "../../monitor/observer.ts";
import { rulesWithout } from "../../scenarios/shared/rules-without.ts";
import type { Agent } from "../agent/agent.ts";
import type { Plane } from "../plane/plane.ts";
import type { Administrator } from "./administrator.ts";

/** One real control plane with everything that stands around it; scenarios are played on it one after the other. */
export type Lane = {
	readonly clock: SimulationClock;
	readonly plane: Plane;
	readonly agent: Agent;
	readonly observer: Observer;
	/** Whoever sets the stage. */
	readonly admin: Administrator;
	/** The cluster as each function reaches it: with its own certificate, under its own ClusterRole. */
	readonly cluster: EmbeddedCluster;
};

const rolePath = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
const bindingPath = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

/** Applies the manifest that an operator would apply. */
export async function admitFunctions(admin: Administrator): Promise<void> {
	for (const object of clusterObjects()) {
		const { code, body } = await admin.kubectl("POST", object.kind === "ClusterRole" ? rolePath : bindingPath, object);
		if (code !== 201 && code !== 409) throw new Error(`cannot apply ${object.kind}: ${code} ${JSON.stringify(body)}`);
	}
}

/** A connection for each function by a client certificate of its own. */
export async function clusterByCertificates(plane: Plane, clock: SimulationClock, name: string): Promise<EmbeddedCluster> {
	const connections = new Map<FunctionName, ReturnType<typeof createCluster>>();
	for (const fn of functionNames) {
		const { cert, key } = await plane.identity(`evacuator-${fn}`, [clusterGroup(fn)]);
		const send = createHttpsSend({ tls: { ca: plane.ca, cert, key } });
		connections.set(fn, createCluster({ name, server: plane.url, clock, send }));
	}
	return {
		name,
		connectAs: (fn) => {
			const connection = connections.get(fn);
			if (!connection) throw new TypeError(`cannot connect as ${fn}: no such function`);
			return connection;
		},
	};
}

/** Takes a verb on a resource out of a function's ClusterRole. */
export async function forbid(admin: Administrator, name: FunctionName, verb: string, resource: string): Promise<void> {
	const { rules: granted } = await admin.insist("GET", `${rolePath}/${clusterGroup(name)}`);
	const rules = rulesWithout(granted as readonly PolicyRule[], verb, resource);
	await admin.insist("PATCH", `${rolePath}/${clusterGroup(name)}`, { rules });
}

/** Gives every function its own rules again. */
export async function allowAll(admin: Administrator): Promise<void> {
	for (const name of clusterUsers)
		await admin.insist("PATCH", `${rolePath}/${clusterGroup(name)}`, { rules: clusterRoles[name] });
}
