import { type HttpRequest, HttpResponse } from "@smithy/protocol-http";
import { numberedUuid } from "./account.ts";
import { ApiError } from "./api-error.ts";
import type { AccountHandler } from "./request-handler.ts";

/** Does one operation of a service and answers its value. Throws ApiError to refuse. */
type Answer = (operation: string, input: unknown) => unknown;

const utf8 = new TextDecoder();

/** The body of a request, as text. */
export const textOf = (body: unknown): string => (typeof body === "string" ? body : utf8.decode(body as Uint8Array));

/** The operation that a request of AWS's JSON protocol asks for. */
export const targetOf = ({ headers }: Pick<HttpRequest, "headers">): string => headers["x-amz-target"]?.split(".").at(-1) ?? "";

/** A service of AWS's JSON protocol as a function in this process; `namespace` stands before the names of its errors. */
export function jsonService(namespace: string, answer: Answer): AccountHandler {
	let requests = 0;
	const respond = (statusCode: number, value: unknown): { response: HttpResponse } => {
		const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": numberedUuid(++requests) };
		return { response: new HttpResponse({ statusCode, headers, body: Buffer.from(JSON.stringify(value)) }) };
	};
	return {
		metadata: { handlerProtocol: "http/1.1" },
		async handle(request) {
			try {
				return respond(200, (await answer(targetOf(request), JSON.parse(textOf(request.body)))) ?? {});
			} catch (error) {
				if (!(error instanceof ApiError)) throw error;
				return respond(error.status, { __type: `${namespace}#${error.code}`, message: error.message });
			}
		},
		destroy: () => {},
		updateHttpClientConfig: () => {},
		httpHandlerConfigs: () => ({}),
	};
}
