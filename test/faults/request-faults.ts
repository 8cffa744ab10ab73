import { HttpResponse } from "@smithy/protocol-http";
import type { BoundaryRequest } from "../../src/local/aws/boundary.ts";
import type { Fault as AccountFault } from "../../src/local/aws/injected-faults.ts";
import type { FaultEffect } from "../../src/local/cluster/api/provoked-faults.ts";
import { apiKinds, awsKinds, type Fault, type FaultKind } from "./fault.ts";
import type { OutgoingRequest } from "./strikes.ts";

const writes: ReadonlySet<string> = new Set(["PutItem", "UpdateItem", "DeleteItem"]);
const ofAws: ReadonlySet<FaultKind> = new Set(awsKinds);
const ofApi: ReadonlySet<FaultKind> = new Set(apiKinds);

/** Whether a fault can befall this request at all. */
export function befalls({ kind }: Fault, { channel, operation }: OutgoingRequest): boolean {
	if (ofAws.has(kind) && channel !== "aws") return false;
	if (ofApi.has(kind) && channel !== "cluster") return false;
	if (kind === "conditional write lost") return writes.has(operation);
	if (kind === "record written in between") return operation === "UpdateItem";
	// It shows in lists that allow it, and only in them: a request that asks for the current state gets it.
	if (kind === "stale list") return operation.startsWith("list ");
	if (kind.startsWith("watch")) return operation.startsWith("watch ");
	return true;
}

const reset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
const timedOut = () => Object.assign(new Error("Request did not complete in time"), { name: "TimeoutError" });

/** What the injected faults of Auto Scaling, EC2 and Step Functions call it. */
export const accountFaults: Partial<Readonly<Record<FaultKind, AccountFault["kind"]>>> = {
	"AWS throttles": "throttled",
	"AWS fails": "failed",
	"AWS refuses": "refused",
	"AWS resets the connection": "unreachable",
	"AWS answer lost": "lost",
	"AWS answer late": "late",
};

type Send = () => Promise<HttpResponse>;

/** The same for the services of the JSON protocol: DynamoDB and SQS. */
export async function befallJson(
	{ kind, seconds }: Pick<Fault, "kind" | "seconds">,
	{ service }: Pick<BoundaryRequest, "service">,
	send: Send,
	sleep: (ms: number) => Promise<void>,
): Promise<HttpResponse> {
	switch (kind) {
		case "AWS throttles":
			return refusal(400, service === "sqs" ? "RequestThrottled" : "ProvisionedThroughputExceededException", "Rate exceeded");
		case "AWS fails":
		case "table outage":
			return refusal(500, "InternalServerError", "The request processing has failed because of an unknown error");
		case "AWS refuses":
			return refusal(400, "AccessDeniedException", "The caller is not authorized to perform this");
		case "AWS resets the connection":
			throw reset();
		case "AWS answer lost":
		case "conditional write lost":
			await send();
			await sleep(3_000);
			throw timedOut();
		case "AWS answer late": {
			const answer = await send();
			await sleep(Math.min(seconds, 2) * 1_000);
			return answer;
		}
		default:
			return send();
	}
}

function refusal(statusCode: number, code: string, message: string): HttpResponse {
	const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "refused" };
	return new HttpResponse({ statusCode, headers, body: Buffer.from(JSON.stringify({ __type: `local#${code}`, message })) });
}

const status = (code: number, reason: string, message: string, retryAfter?: number): FaultEffect => ({
	status: code,
	body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code },
	...(retryAfter !== undefined && { headers: { "retry-after": String(retryAfter) } }),
});

/** What goes wrong in the API server. */
export function apiEffect({ kind, seconds }: Fault): FaultEffect | undefined {
	switch (kind) {
		case "API 401":
			return status(401, "Unauthorized", "Unauthorized");
		case "API 403":
			return status(403, "Forbidden", "forbidden: the authorizer has lost its rules");
		case "API 404":
			return status(404, "NotFound", "the server could not find the requested resource");
		case "API 409":
			return status(409, "Conflict", "the object has been modified; please apply your changes to the latest version");
		case "API 429":
			return status(429, "TooManyRequests", "the server is currently unable to handle the request", 1);
		case "API 500":
			return status(500, "InternalError", "etcdserver: request timed out");
		case "API 503":
			return status(503, "ServiceUnavailable", "apiserver not ready");
		case "API time-out":
			return "hang";
		case "API resets the connection":
			return "reset";
		case "API answer lost":
			return { lost: "hang" };
		case "API answer late":
			return { delayMs: Math.min(seconds, 11) * 1_000 };
		case "stale list":
			return { staleMs: seconds * 1_000 };
		case "watch cut":
			return { cutWatch: { how: seconds % 2 === 0 ? "mid-line" : "end", afterMs: (seconds % 20) * 1_000 } };
		case "watch 410":
			return { cutWatch: { how: "gone", afterMs: (seconds % 20) * 1_000 } };
		case "watch silent":
			return "hang";
		default:
			return undefined;
	}
}
