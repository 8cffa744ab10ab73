import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type { Clock, Cluster } from "../../ports.ts";
import { createCluster } from "./cluster.ts";
import { type AwsCredentials, createEksTokenSupplier } from "./eks-token.ts";
import { createHttpsSend } from "./https-send.ts";

type EksClusterOptions = {
	readonly name: string;
	readonly region: string;
	readonly endpoint: string;
	/** Base64 of the cluster's CA, as EKS gives it. */
	readonly certificateAuthority: string;
	/** Default: the function's role. */
	readonly credentials?: AwsCredentials;
};

/** An EKS cluster, asked in the name of the function's role. */
export function createEksCluster(options: EksClusterOptions, clock: Clock): Cluster {
	const { name, region, endpoint, certificateAuthority, credentials = defaultProvider() } = options;
	const token = createEksTokenSupplier({ region, clusterName: name, credentials, clock });
	return createCluster({
		name,
		clock,
		server: endpoint,
		send: createHttpsSend({ tls: { ca: Buffer.from(certificateAuthority, "base64") } }),
		authorize: async (ask) => ({ authorization: `Bearer ${await token(ask)}` }),
	});
}
