import { describe, expect, it } from "@jest/globals";
import { createExchange } from "../../../src/adapters/kubernetes/exchange.ts";
import { ClusterUnauthorized, ClusterUnreachable } from "../../../src/faults.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";

type Step = Response | Error;

/** Runs one call against a server that gives these answers in turn; tells what was sent, and when. */
async function call(method: string, steps: readonly Step[]) {
	const clock = new VirtualClock({ start: 0 });
	const sent: string[] = [];
	const exchange = createExchange({
		cluster: "prod",
		clock,
		authorize: async ({ renew }) => ({ authorization: renew ? "Bearer new" : "Bearer old" }),
		send: async (request) => {
			const step = steps[sent.length];
			sent.push(`${clock.now()} ${request.method} ${request.headers.get("authorization")} ${await request.text()}`.trim());
			if (step instanceof Response) return step;
			throw step ?? new Error("asked once too often");
		},
	});
	const outcome = await clock.run(() =>
		exchange({ method, url: "https://k/api", headers: {}, ...(method === "GET" ? {} : { body: "{}" }) }).then(
			(response) => response.status,
			(fault: Error) => fault,
		),
	);
	return { sent, outcome };
}

const answer = (status: number, headers: Record<string, string> = {}) => new Response("", { status, headers });
const reset = () => new ClusterUnreachable("cannot reach k: read ECONNRESET", { cause: { code: "ECONNRESET" } });

describe("a call", () => {
	it("is sent once when it is answered", async () => {
		expect(await call("GET", [answer(404)])).toEqual({ sent: ["0 GET Bearer old"], outcome: 404 });
	});

	it("that is not authorized is sent again with a fresh token, a write as well", async () => {
		const again = ["0 POST Bearer old {}", "0 POST Bearer new {}"];
		expect(await call("POST", [answer(401), answer(201)])).toEqual({ sent: again, outcome: 201 });
	});

	it("that is refused with a fresh token too is a fault with the way out", async () => {
		const { outcome } = await call("GET", [answer(401), answer(401)]);
		expect(outcome).toEqual(
			new ClusterUnauthorized(
				"cannot authenticate at cluster prod, not with a fresh token either (401): check the access entry of our role",
			),
		);
	});
});

describe("a read", () => {
	it("is repeated once, after half a second or the pause that the server asks for", async () => {
		expect(await call("GET", [answer(503), answer(200)])).toEqual({
			sent: ["0 GET Bearer old", "500 GET Bearer old"],
			outcome: 200,
		});
		const overload = answer(429, { "retry-after": "1" });
		expect(await call("GET", [overload, answer(429)])).toEqual({
			sent: ["0 GET Bearer old", "1000 GET Bearer old"],
			outcome: 429,
		});
	});

	it("is not repeated when the server asks for a long pause", async () => {
		expect(await call("GET", [answer(429, { "retry-after": "10" })])).toEqual({ sent: ["0 GET Bearer old"], outcome: 429 });
	});

	it("is repeated at once on a socket that the server had closed, and on nothing else", async () => {
		expect(await call("GET", [reset(), answer(200)])).toEqual({ sent: ["0 GET Bearer old", "0 GET Bearer old"], outcome: 200 });
		const { sent, outcome } = await call("GET", [new TypeError("no route to host")]);
		expect(sent).toHaveLength(1);
		expect(outcome).toEqual(new ClusterUnreachable("cannot reach cluster prod: no route to host"));
	});
});

describe("a write", () => {
	it("is never repeated: it may have had its effect", async () => {
		expect(await call("POST", [answer(503)])).toEqual({ sent: ["0 POST Bearer old {}"], outcome: 503 });
		const { sent, outcome } = await call("PATCH", [reset()]);
		expect({ sent, outcome }).toEqual({ sent: ["0 PATCH Bearer old {}"], outcome: reset() });
	});
});
