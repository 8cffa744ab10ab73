import type { HttpRequest, HttpResponse } from "@smithy/protocol-http";
import type { Ground } from "../../adapters/aws/clients.ts";
import { targetOf, textOf } from "./json-service.ts";
import { readQuery } from "./query-protocol.ts";
import type { AccountHandler } from "./request-handler.ts";

/** A request on its way to AWS, as its service names the operation. */
export type BoundaryRequest = { readonly service: string; readonly operation: string; readonly body: string };

/** Stands between the functions and AWS: sends the request on, or does something else. What it throws breaks the connection. */
export type Boundary = (request: BoundaryRequest, send: () => Promise<HttpResponse>) => Promise<HttpResponse>;

/** The same ground behind a boundary. Only a function in this process can be: bytes on a socket have no boundary here. */
export function behindBoundary(ground: Ground, boundary: Boundary): Ground {
	if (!("requestHandler" in ground)) throw new Error('cannot put a boundary before a socket: serve "in process"');
	const handler = ground.requestHandler as AccountHandler;
	const requestHandler: AccountHandler = {
		...handler,
		async handle(request) {
			return { response: await boundary(described(request), async () => (await handler.handle(request)).response) };
		},
	};
	return { requestHandler };
}

function described(request: HttpRequest): BoundaryRequest {
	const body = textOf(request.body);
	const service = request.hostname.split(".")[0] ?? "";
	return { service, operation: targetOf(request) || readQuery(body).operation, body };
}
