import { createHttpsSend } from "../../../src/adapters/kubernetes/https-send.ts";
import type { Plane } from "../plane/plane.ts";

type Answer = { readonly code: number; readonly body: unknown };

/** Requests to a real API server as somebody who may do everything. */
export type Administrator = {
	kubectl(method: string, path: string, body?: unknown): Promise<Answer>;
	/** The same, and an answer of 400 or more is thrown. */
	insist(method: string, path: string, body?: unknown): Promise<Fields>;
	/** Items of a list. */
	list(path: string): Promise<readonly Fields[]>;
};

export type Fields = Readonly<Record<string, unknown>>;

/** The administrator is no part of the story: its requests are not the user's that scenarios speak of. */
export async function administratorOf(plane: Plane, user = "kubernetes-admin"): Promise<Administrator> {
	const { cert, key } = await plane.identity(user, ["system:masters"]);
	const send = createHttpsSend({ tls: { ca: plane.ca, cert, key } });
	const kubectl: Administrator["kubectl"] = async (method, path, body) => {
		const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
		const response = await send(
			new Request(`${plane.url}${path}`, {
				method,
				headers: { accept: "*/*", "content-type": contentType },
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			}),
		);
		const text = await response.text();
		return { code: response.status, body: parsed(text) };
	};
	const insist: Administrator["insist"] = async (method, path, body) => {
		const answer = await kubectl(method, path, body);
		if (answer.code >= 400) throw new Error(`cannot ${method} ${path}: ${answer.code} ${JSON.stringify(answer.body)}`);
		return answer.body as Fields;
	};
	return { kubectl, insist, list: async (path) => ((await insist("GET", path)).items ?? []) as readonly Fields[] };
}

/** KubeVirt answers some of its subresources in plain text, or not at all. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
