import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Agent } from "../agent/agent.ts";
import type { Binaries, KubevirtBinaries } from "../binaries/parts.ts";
import { dumpInstallStrategy } from "./install-strategy.ts";
import { INFRASTRUCTURE, KUBEVIRT_NAMESPACE, kubevirtResource, operatorDeployment, prerequisites } from "./kubevirt-objects.ts";
import { apiProgram, type CertificatePaths, certificateFiles, controllerProgram, operatorProgram } from "./kubevirt-programs.ts";
import { serviceAccountConfig } from "./service-account.ts";
import type { KubernetesPlane } from "./start-kubernetes.ts";

type KubevirtSettings = {
	readonly binaries: Binaries;
	/** What it is doing now, in a few words. */
	tell?(progress: string): void;
};

const run = promisify(execFile);
const DEPLOYED_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 250;

/**
 * Installs KubeVirt by its own operator and returns when it is deployed: virt-operator, virt-api and virt-controller then run
 * as programs of the plane. `agent` runs their pods, on a node of their own, under the addresses of `addressOfPod`.
 */
export async function installKubeVirt(
	plane: KubernetesPlane,
	agent: Pick<Agent, "addNode">,
	settings: KubevirtSettings,
): Promise<void> {
	const { binaries, tell = () => {} } = settings;
	tell(`KubeVirt ${plane.versions.kubevirt}: CRD, roles and operator`);
	await applyManifests(plane, binaries);
	await agent.addNode(infrastructureNode);
	const config = await serviceAccountConfig(plane, plane.admin, "kubevirt-operator");
	await plane.add("virt-operator", operatorProgram(plane, binaries.kubevirt, config));
	await eventually("take the KubeVirt resource", async () => {
		const path = `/apis/kubevirt.io/v1/namespaces/${KUBEVIRT_NAMESPACE}/kubevirts`;
		const { status, body } = await plane.admin("POST", path, kubevirtResource());
		return status === 201 || (status === 409 ? true : JSON.stringify(body));
	});
	tell("install strategy");
	await dumpInstallStrategy(plane, binaries.kubevirt, config);
	tell("virt-api and virt-controller");
	await Promise.all([startApi(plane, binaries.kubevirt), startController(plane, binaries.kubevirt)]);
	tell("waiting for Deployed");
	await eventually("see KubeVirt deployed", () => deployed(plane));
}

/** Room for operator, API, controller, handler and the install strategy's job: a VM that tolerates everything does not fit in later. */
const infrastructureNode = {
	name: "infrastructure",
	labels: { [INFRASTRUCTURE]: "true" },
	taints: [{ key: INFRASTRUCTURE, value: "true", effect: "NoSchedule" }],
	pods: 5,
	memory: "2Gi",
	cpu: 2,
};

async function applyManifests(plane: KubernetesPlane, { kubernetes, kubevirt }: Binaries): Promise<void> {
	const rbac = join(plane.folder, "kubevirt-operator-rbac.yaml");
	const template = readFileSync(kubevirt["rbac-operator.authorization.k8s.yaml.in"], "utf8");
	writeFileSync(rbac, template.replaceAll("{{.Namespace}}", KUBEVIRT_NAMESPACE));
	const first = list(plane, "kubevirt-prerequisites", prerequisites());
	const operator = list(plane, "kubevirt-operator", [operatorDeployment(plane.versions.kubevirt)]);
	const files = [first, rbac, kubevirt["kv-resource.yaml"], operator].flatMap((file) => ["-f", file]);
	await run(kubernetes.kubectl, ["apply", "--server-side", "--kubeconfig", plane.kubeconfig, ...files], {
		env: { HOME: plane.folder },
	});
}

function list({ folder }: KubernetesPlane, name: string, items: readonly unknown[]): string {
	const path = join(folder, `${name}.json`);
	writeFileSync(path, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
	return path;
}

async function startApi(plane: KubernetesPlane, binaries: KubevirtBinaries): Promise<void> {
	const [container, config, own, handler] = [
		await containerOf(plane, "virt-api"),
		await serviceAccountConfig(plane, plane.admin, "kubevirt-apiserver"),
		await certificate(plane, "kubevirt-virt-api-certs"),
		await certificate(plane, "kubevirt-virt-handler-certs"),
	];
	await plane.add("virt-api", apiProgram(container, binaries, config, { own, handler }));
}

async function startController(plane: KubernetesPlane, binaries: KubevirtBinaries): Promise<void> {
	const container = await containerOf(plane, "virt-controller");
	const config = await serviceAccountConfig(plane, plane.admin, "kubevirt-controller");
	const own = await certificate(plane, "kubevirt-controller-certs");
	await plane.add("virt-controller", controllerProgram(container, binaries, config, { own }));
}

type PodTemplate = { readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: readonly object[] } } } };

/** As the operator wants it to run. */
async function containerOf(plane: KubernetesPlane, deployment: string): Promise<object> {
	let container: object | undefined;
	await eventually(`find the deployment ${deployment}`, async () => {
		const path = `/apis/apps/v1/namespaces/${KUBEVIRT_NAMESPACE}/deployments/${deployment}`;
		const { body } = await plane.admin("GET", path);
		container = (body as PodTemplate).spec?.template?.spec?.containers?.[0];
		return container !== undefined || "not there";
	});
	return container ?? {};
}

async function certificate(plane: KubernetesPlane, secret: string): Promise<CertificatePaths> {
	let files: CertificatePaths | undefined;
	await eventually(`find the secret ${secret}`, async () => {
		files = await certificateFiles(plane, plane.admin, secret);
		return files !== undefined || "not there";
	});
	if (files === undefined) throw new Error(`cannot find the secret ${secret}`);
	return files;
}

type KubevirtStatus = {
	readonly status?: {
		readonly phase?: string;
		readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
	};
};

async function deployed(plane: KubernetesPlane): Promise<true | string> {
	const { body } = await plane.admin("GET", `/apis/kubevirt.io/v1/namespaces/${KUBEVIRT_NAMESPACE}/kubevirts/kubevirt`);
	const { phase, conditions = [] } = (body as KubevirtStatus).status ?? {};
	const available = conditions.find(({ type }) => type === "Available");
	if (phase === "Deployed" && available?.status === "True") return true;
	return `phase ${phase}: ${conditions.map(({ type, status, message }) => `${type}=${status} ${message ?? ""}`).join("; ")}`;
}

/** Asks until the answer is true; a text says what is missing so far. */
async function eventually(what: string, ask: () => Promise<true | string>): Promise<void> {
	const until = Date.now() + DEPLOYED_WITHIN_MS;
	for (;;) {
		const missing = await ask();
		if (missing === true) return;
		if (Date.now() > until) throw new Error(`cannot ${what} within ${DEPLOYED_WITHIN_MS / 1000} s: ${missing}`);
		await sleep(LOOK_EVERY_MS);
	}
}
