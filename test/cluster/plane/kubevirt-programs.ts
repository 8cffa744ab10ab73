import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubevirtBinaries, KubevirtProgram } from "../binaries/parts.ts";
import type { ApiClient } from "./api-request.ts";
import type { ProgramSettings } from "./child-program.ts";
import { KUBEVIRT_ADDRESSES } from "./kubevirt-addresses.ts";
import { KUBEVIRT_NAMESPACE, operatorImage } from "./kubevirt-objects.ts";
import type { Plane } from "./plane.ts";
import { listens } from "./ports.ts";

type Settings = Omit<ProgramSettings, "name" | "log">;
type Container = {
	readonly args?: readonly string[];
	readonly env?: readonly { readonly name: string; readonly value?: string }[];
};

const PORT = 8443;

/** virt-operator as a process, with this kubeconfig. */
export function operatorProgram({ versions }: Plane, binaries: KubevirtBinaries, kubeconfig: string): Settings {
	return kubevirtProgram("virt-operator", binaries, {
		args: ["--port", `${PORT}`, "-v", "2", "--kubeconfig", kubeconfig],
		env: operatorEnvironment(versions.kubevirt),
	});
}

/** What virt-operator needs to know of its own image, also when it writes its install strategy. */
export function operatorEnvironment(version: string): Readonly<Record<string, string>> {
	return { VIRT_OPERATOR_IMAGE: operatorImage(version), KUBEVIRT_VERSION: `v${version}` };
}

/** virt-api, with the arguments that the operator gave its Deployment. */
export function apiProgram(
	container: Container,
	binaries: KubevirtBinaries,
	kubeconfig: string,
	certificates: Certificates,
): Settings {
	const { own, handler } = certificates;
	return kubevirtProgram("virt-api", binaries, {
		args: [
			...(container.args ?? []),
			...["--kubeconfig", kubeconfig],
			...["--tls-cert-file", own.cert, "--tls-key-file", own.key],
			...["--handler-cert-file", handler.cert, "--handler-key-file", handler.key],
		],
		env: environmentOf(container),
	});
}

/** virt-controller, with the arguments that the operator gave its Deployment. */
export function controllerProgram(
	container: Container,
	binaries: KubevirtBinaries,
	kubeconfig: string,
	{ own }: Pick<Certificates, "own">,
): Settings {
	return kubevirtProgram("virt-controller", binaries, {
		args: [
			...(container.args ?? []),
			...["--kubeconfig", kubeconfig],
			...["--prom-cert-file", own.cert, "--prom-key-file", own.key],
		],
		env: environmentOf(container),
	});
}

/** Paths of a program's own certificate and key, and of those with which it calls virt-handler. */
type Certificates = { readonly own: CertificatePaths; readonly handler: CertificatePaths };
export type CertificatePaths = { readonly cert: string; readonly key: string };

/** Writes a TLS secret of KubeVirt's into files, as a kubelet would; undefined while the operator has not made it yet. */
export async function certificateFiles(plane: Plane, admin: ApiClient, secret: string): Promise<CertificatePaths | undefined> {
	const { status, body } = await admin("GET", `/api/v1/namespaces/${KUBEVIRT_NAMESPACE}/secrets/${secret}`);
	if (status !== 200) return undefined;
	const { data = {} } = body as { readonly data?: Readonly<Record<string, string>> };
	const folder = join(plane.folder, secret);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const write = (key: string) => {
		const path = join(folder, key);
		writeFileSync(path, Buffer.from(data[key] ?? "", "base64"), { mode: 0o600 });
		return path;
	};
	return { cert: write("tls.crt"), key: write("tls.key") };
}

function kubevirtProgram(
	name: KubevirtProgram,
	binaries: KubevirtBinaries,
	{ args, env }: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Settings {
	const address = KUBEVIRT_ADDRESSES[name];
	return {
		binary: binaries[name],
		args: [...args, "--listen", address],
		env,
		ready: () => listens(address, PORT),
		// They end by themselves when a lease or a CRD is lost, and count on their kubelet.
		restart: "kubelet",
	};
}

function environmentOf({ env = [] }: Container): Readonly<Record<string, string>> {
	return Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}
