import { ClusterRefused, ClusterUnreachable } from "../../faults.ts";

/** No answer that is read as a whole may be larger: a page of 500 objects of 128 KiB each. */
const ANSWER_LIMIT = 64 * 1024 * 1024;

/** The pieces of a body as text, until it ends or `signal` aborts. A body that breaks off throws ClusterUnreachable. */
export async function* piecesOf(response: Response, signal?: AbortSignal): AsyncGenerator<string> {
	const reader = response.body?.getReader();
	if (!reader) return;
	const decoder = new TextDecoder();
	const cancel = () => void reader.cancel().catch(() => undefined);
	signal?.addEventListener("abort", cancel, { once: true });
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			yield decoder.decode(value, { stream: true });
		}
	} catch (cause) {
		throw new ClusterUnreachable(`cannot read the API server's answer to its end: ${(cause as Error).message}`, { cause });
	} finally {
		signal?.removeEventListener("abort", cancel);
		cancel();
	}
}

/** The whole body as text; throws ClusterRefused when it is longer than `limit` characters. */
export async function readWhole(response: Response, limit = ANSWER_LIMIT): Promise<string> {
	let text = "";
	for await (const piece of piecesOf(response)) {
		text += piece;
		if (text.length > limit) throw new ClusterRefused(`cannot read an answer of more than ${limit} characters`);
	}
	return text;
}
