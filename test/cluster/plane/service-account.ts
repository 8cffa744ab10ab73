import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiClient } from "./api-request.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { KUBEVIRT_NAMESPACE } from "./kubevirt-objects.ts";
import type { Plane } from "./plane.ts";

/** Nobody renews it: it outlasts the plane. */
const EXPIRES_IN_S = 30 * 86_400;

/** Writes a kubeconfig with a token of this service account, and returns its path. */
export async function serviceAccountConfig(plane: Plane, admin: ApiClient, account: string): Promise<string> {
	const path = `/api/v1/namespaces/${KUBEVIRT_NAMESPACE}/serviceaccounts/${account}/token`;
	const { status, body } = await admin("POST", path, {
		apiVersion: "authentication.k8s.io/v1",
		kind: "TokenRequest",
		spec: { expirationSeconds: EXPIRES_IN_S },
	});
	const token = (body as { status?: { token?: string } }).status?.token;
	if (status !== 201 || token === undefined)
		throw new Error(`cannot get a token of ${account}: ${status} ${JSON.stringify(body)}`);
	const tokenFile = join(plane.folder, `${account}.token`);
	writeFileSync(tokenFile, token, { mode: 0o600 });
	const config = join(plane.folder, `${account}.kubeconfig`);
	writeFileSync(config, kubeconfig(plane.url, plane.ca, { tokenFile }), { mode: 0o600 });
	return config;
}
