import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { createEksTokenSupplier } from "../../../src/adapters/kubernetes/eks-token.ts";
import { AwsUnavailable } from "../../../src/faults.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";

const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI", sessionToken: "a/session+token==" };
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function supplier(clock: VirtualClock, region = "eu-west-1") {
	return createEksTokenSupplier({ region, clusterName: "prod", clock, credentials: async () => keys });
}

function questionIn(token: string): URL {
	return new URL(Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString());
}

/** What STS computes from the question, the signed header's value and the secret. */
function signatureOf(url: URL, cluster: string): string {
	const encode = (text: string) =>
		encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
	const query = [...url.searchParams]
		.filter(([name]) => name !== "X-Amz-Signature")
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.sort()
		.join("&");
	const headers = `host:${url.host}\nx-k8s-aws-id:${cluster}\n`;
	const canonical = ["GET", "/", query, headers, "host;x-k8s-aws-id", sha256("")].join("\n");
	const date = url.searchParams.get("X-Amz-Date") ?? "";
	const scope = `${date.slice(0, 8)}/eu-west-1/sts/aws4_request`;
	const day = hmac(`AWS4${keys.secretAccessKey}`, date.slice(0, 8));
	const key = hmac(hmac(hmac(day, "eu-west-1"), "sts"), "aws4_request");
	return hmac(key, ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")).toString("hex");
}

describe("a token for EKS", () => {
	it("is a question to STS with nothing in it that the authenticator would refuse", async () => {
		const token = await supplier(new VirtualClock())({ renew: false });
		const url = questionIn(token);
		expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
		expect(`${url.origin}${url.pathname}`).toBe("https://sts.eu-west-1.amazonaws.com/");
		expect(Object.fromEntries(url.searchParams)).toEqual({
			Action: "GetCallerIdentity",
			Version: "2011-06-15",
			"X-Amz-Algorithm": "AWS4-HMAC-SHA256",
			"X-Amz-Credential": "AKIDEXAMPLE/20260101/eu-west-1/sts/aws4_request",
			"X-Amz-Date": "20260101T000000Z",
			"X-Amz-Expires": "60",
			"X-Amz-Security-Token": "a/session+token==",
			"X-Amz-Signature": signatureOf(url, "prod"),
			"X-Amz-SignedHeaders": "host;x-k8s-aws-id",
		});
	});

	it("goes to China's STS for a cluster in China", async () => {
		const token = await supplier(new VirtualClock(), "cn-north-1")({ renew: false });
		expect(questionIn(token).host).toBe("sts.cn-north-1.amazonaws.com.cn");
	});

	it("serves for ten minutes, unless it is refused", async () => {
		const clock = new VirtualClock();
		await clock.run(async () => {
			const token = supplier(clock);
			const dates: (string | null)[] = [];
			const ask = async (renew: boolean) => dates.push(questionIn(await token({ renew })).searchParams.get("X-Amz-Date"));
			await ask(false);
			await clock.sleep(599_000);
			await ask(false);
			await clock.sleep(1_000);
			await ask(false);
			await clock.sleep(5_000);
			await ask(true);
			await ask(false);
			expect(dates).toEqual(["20260101T000000Z", "20260101T000000Z", "20260101T001000Z", "20260101T001005Z", "20260101T001005Z"]);
		});
	});

	it("that cannot be made is a fault, and is tried again the next time", async () => {
		let tries = 0;
		const token = createEksTokenSupplier({
			region: "eu-west-1",
			clusterName: "prod",
			clock: new VirtualClock(),
			credentials: async () => {
				tries++;
				if (tries === 1) throw new Error("no credentials");
				return keys;
			},
		});
		await expect(token({ renew: false })).rejects.toEqual(
			new AwsUnavailable("cannot make a token for cluster prod: no credentials"),
		);
		expect(await token({ renew: false })).toMatch(/^k8s-aws-v1\./);
	});
});
