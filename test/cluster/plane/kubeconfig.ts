import type { Identity } from "./plane.ts";

/** A user's way in: a client certificate, or the file that holds a token. */
type Credentials = Identity | { readonly tokenFile: string };

/** A kubeconfig as text (JSON is YAML): one cluster at `url`, one user. */
export function kubeconfig(url: string, ca: string, credentials: Credentials): string {
	const user =
		"tokenFile" in credentials
			? credentials
			: { "client-certificate-data": base64(credentials.cert), "client-key-data": base64(credentials.key) };
	const name = "evacuator-test";
	return `${JSON.stringify(
		{
			apiVersion: "v1",
			kind: "Config",
			clusters: [{ name, cluster: { server: url, "certificate-authority-data": base64(ca) } }],
			users: [{ name, user }],
			contexts: [{ name, context: { cluster: name, user: name } }],
			"current-context": name,
		},
		null,
		"\t",
	)}\n`;
}

function base64(text: string): string {
	return Buffer.from(text).toString("base64");
}
