import { type HttpRequest, HttpResponse } from "@smithy/protocol-http";
import type { SimulationClock } from "../clock/simulation-clock.ts";
import { numberedUuid } from "./account.ts";
import { ApiError } from "./api-error.ts";
import { type AutoScalingState, answerAutoScaling, refuseAutoScaling } from "./auto-scaling-api.ts";
import { answerEc2, type Ec2Account, refuseEc2 } from "./ec2-api.ts";
import type { Fault, InjectedFaults } from "./injected-faults.ts";
import { readQuery } from "./query-protocol.ts";
import { answerStates, type LocalWorkflow, refuseStates } from "./states-api.ts";

type Service = "autoscaling" | "ec2" | "states";

/** One request as it came in. */
export type AccountRequest = { readonly at: number; readonly operation: string; readonly fault?: Fault["kind"] };

type Services = {
	readonly clock: SimulationClock;
	readonly autoScaling: AutoScalingState;
	readonly ec2: Ec2Account;
	readonly workflow: LocalWorkflow | undefined;
	readonly faults: InjectedFaults;
	readonly onRequest: (request: AccountRequest) => void;
};

/** What the SDK's clients take for their transport. */
export type AccountHandler = {
	readonly metadata: { readonly handlerProtocol: string };
	handle(request: HttpRequest): Promise<{ response: HttpResponse }>;
	destroy(): void;
	updateHttpClientConfig(): void;
	httpHandlerConfigs(): Record<string, never>;
};

/** Each service says it in its own words. */
const THROTTLED: Readonly<Record<Service, () => ApiError>> = {
	autoscaling: () => new ApiError("Throttling", "Rate exceeded"),
	ec2: () => new ApiError("RequestLimitExceeded", "Request limit exceeded.", 503),
	states: () => new ApiError("ThrottlingException", "Rate exceeded"),
};

const REFUSED: Readonly<Record<Service, string>> = {
	autoscaling: "AccessDenied",
	ec2: "UnauthorizedOperation",
	states: "AccessDeniedException",
};

const serviceOf = ({ hostname }: HttpRequest): Service => {
	const service = hostname.split(".")[0];
	if (service === "autoscaling" || service === "ec2" || service === "states") return service;
	throw new Error(`cannot answer for ${hostname}: only autoscaling, ec2 and states are embedded`);
};

const textOf = (body: unknown): string => {
	if (typeof body === "string") return body;
	return body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
};

const operationOf = (service: Service, request: HttpRequest, body: string): string =>
	service === "states" ? (request.headers["x-amz-target"]?.split(".")[1] ?? "") : readQuery(body).operation;

const failBefore = (fault: Fault | undefined, service: Service, operation: string): void => {
	if (fault?.kind === "unreachable") throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
	if (fault?.kind === "throttled") throw THROTTLED[service]();
	if (fault?.kind === "failed") throw new ApiError("InternalFailure", "An internal error has occurred", 500);
	if (fault?.kind === "refused") {
		throw new ApiError(REFUSED[service], `The caller is not authorized to perform: ${service}:${operation}`, 403);
	}
};

/** Rests the caller's thread: for the program it is a request that takes long. */
const delayAfter = async (clock: SimulationClock, fault: Fault | undefined): Promise<void> => {
	if (fault?.kind !== "late" && fault?.kind !== "lost") return;
	await clock.sleep(fault.afterMs ?? 3_000);
	if (fault.kind === "lost") throw Object.assign(new Error("Request did not complete in time"), { name: "TimeoutError" });
};

/** Auto Scaling, EC2 and Step Functions behind their wire protocols, as one function. */
export function createRequestHandler(services: Services): AccountHandler {
	let requests = 0;

	const answer = (service: Service, operation: string, body: string, requestId: string): string | Promise<string> => {
		if (service === "states") return answerStates(services.workflow, operation, body);
		const query = readQuery(body);
		return service === "ec2"
			? answerEc2(services.ec2, query, requestId)
			: answerAutoScaling(services.autoScaling, query, requestId);
	};

	const refuse = (service: Service, error: unknown, requestId: string): HttpResponse => {
		if (!(error instanceof ApiError)) throw error;
		if (service === "states") return respond(service, error.status, refuseStates(error), requestId);
		const body = service === "ec2" ? refuseEc2(error, requestId) : refuseAutoScaling(error, requestId);
		return respond(service, error.status, body, requestId);
	};

	const serve = async (request: HttpRequest): Promise<HttpResponse> => {
		const service = serviceOf(request);
		const body = textOf(request.body);
		const operation = operationOf(service, request, body);
		const fault = services.faults.take(operation, body);
		const requestId = numberedUuid(++requests);
		services.onRequest({ at: services.clock.now(), operation, ...(fault && { fault: fault.kind }) });
		try {
			failBefore(fault, service, operation);
			const response = respond(service, 200, await answer(service, operation, body, requestId), requestId);
			await delayAfter(services.clock, fault);
			return response;
		} catch (error) {
			return refuse(service, error, requestId);
		}
	};

	return {
		metadata: { handlerProtocol: "http/1.1" },
		handle: async (request) => ({ response: await serve(request) }),
		destroy: () => {},
		updateHttpClientConfig: () => {},
		httpHandlerConfigs: () => ({}),
	};
}

function respond(service: Service, statusCode: number, body: string, requestId: string): HttpResponse {
	const type = service === "states" ? "application/x-amz-json-1.0" : "text/xml;charset=UTF-8";
	const headers = { "content-type": type, "x-amzn-requestid": requestId };
	return new HttpResponse({ statusCode, headers, body: Buffer.from(body) });
}
