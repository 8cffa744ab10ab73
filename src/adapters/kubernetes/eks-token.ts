import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import { AwsUnavailable } from "../../faults.ts";
import type { Clock } from "../../ports.ts";

export type AwsCredentials = () => Promise<{
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken?: string;
}>;

type EksTokenOptions = {
	readonly region: string;
	readonly clusterName: string;
	readonly credentials: AwsCredentials;
	readonly clock: Clock;
};

/** A bearer token. `renew`: the last one was refused. */
type TokenSupplier = (ask: { readonly renew: boolean }) => Promise<string>;

/** EKS takes a token for 15 minutes after its date; a container that was frozen must not come back with a stale one. */
const USE_FOR_MS = 10 * 60 * 1_000;
const CLUSTER_HEADER = "x-k8s-aws-id";

/**
 * Tokens for an EKS cluster, each kept for ten minutes. A token is a presigned sts:GetCallerIdentity: making one needs no
 * request. The cluster's name has to stay a signed header, it may not move into the query:
 * https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/v0.6.14/pkg/token/token.go
 */
export function createEksTokenSupplier(options: EksTokenOptions): TokenSupplier {
	const { clock } = options;
	let last: { readonly token: Promise<string>; readonly at: number } | undefined;
	return ({ renew }) => {
		const now = clock.now();
		if (renew || last === undefined || now - last.at >= USE_FOR_MS) {
			const made = { token: presign(options, now), at: now };
			last = made;
			made.token.catch(() => {
				if (last === made) last = undefined;
			});
		}
		return last.token;
	};
}

async function presign({ region, clusterName, credentials }: EksTokenOptions, now: number): Promise<string> {
	const hostname = `sts.${region}.${region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"}`;
	const question = new HttpRequest({
		protocol: "https:",
		method: "GET",
		hostname,
		path: "/",
		query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
		headers: { host: hostname, [CLUSTER_HEADER]: clusterName },
	});
	try {
		const signer = new SignatureV4({ service: "sts", region, credentials, sha256: Sha256 });
		const { query } = await signer.presign(question, {
			expiresIn: 60,
			signingDate: new Date(now),
			unhoistableHeaders: new Set([CLUSTER_HEADER]),
		});
		const url = `https://${hostname}/?${new URLSearchParams(query as Record<string, string>)}`;
		return `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`;
	} catch (cause) {
		throw new AwsUnavailable(`cannot make a token for cluster ${clusterName}: ${(cause as Error).message}`, { cause });
	}
}
