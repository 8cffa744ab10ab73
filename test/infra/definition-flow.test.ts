import { describe, expect, it } from "@jest/globals";
import { stepNames } from "../../infra/function-names.ts";
import type { Next, StepResult } from "../../src/domain/step-result.ts";
import { item, runDefinition } from "./definition-under-test.ts";

const tell = { subject: "Evacuator", message: "look here" };
const say = (next: Next, more: Partial<StepResult> = {}): StepResult => ({
	next,
	events: 1,
	waitSeconds: 60,
	watchTimeoutSeconds: 128,
	...more,
});
/** Answers one after the other; the last one again and again. */
const saying = (...answers: readonly StepResult[]) => {
	let asked = 0;
	return async () => {
		const answer = answers[Math.min(asked, answers.length - 1)];
		asked += 1;
		if (!answer) throw new Error("the script says nothing");
		return answer;
	};
};
const fault = (name: string) => Object.assign(new Error("it broke"), { name, stack: "" });
const failing = (name: string) => async () => {
	throw fault(name);
};
const record = () => item(["a"], 100);
const second = (line = ""): number => Number(line.split(" ")[0]);
const isHeartbeat = (line: string) => / heartbeat \w+$/.test(line);
const steps = (trace: readonly string[]) =>
	trace.filter((line) => !isHeartbeat(line)).map((line) => line.split(" ").slice(1).join(" "));

describe("a drain", () => {
	it("goes from Assess to Done, with a heartbeat before each step that may take long", async () => {
		const { end, trace } = await runDefinition({
			item: record,
			untilSeconds: 10_000,
			steps: {
				assess: saying(say("cordon", { tell })),
				cordon: saying(say("admit")),
				admit: saying(say("admit", { waitSeconds: 15 }), say("evict")),
				evict: saying(say("evict"), say("watch")),
				watch: saying(say("watch"), say("wait"), say("release")),
				release: saying(say("done")),
			},
		});

		expect(end).toEqual({ status: "SUCCEEDED", error: null });
		expect(trace).toEqual([
			"0 heartbeat a",
			"0 assess",
			"0 notice: Evacuator: look here (maintenance i-0123456789abcdef0-1)",
			"0 cordon",
			"0 heartbeat a",
			"0 admit",
			"15 admit",
			"15 evict",
			"15 heartbeat a",
			"15 evict",
			"15 heartbeat a",
			"15 watch",
			"15 watch",
			"75 heartbeat a",
			"75 assess",
			"75 notice: Evacuator: look here (maintenance i-0123456789abcdef0-1)",
			"75 cordon",
			"75 heartbeat a",
			"75 admit",
			"75 evict",
			"75 heartbeat a",
			"75 watch",
			"75 release",
		]);
	});

	it("gives the functions nothing of its input but the two names, and the step before", async () => {
		const inputs: unknown[] = [];
		await runDefinition({
			item: record,
			untilSeconds: 10,
			steps: {
				assess: async (_, { generation, step }) => {
					inputs.push({ generation, step });
					return say("done");
				},
			},
		});

		expect(inputs).toEqual([{ generation: "1", step: { events: 0 } }]);
	});

	it("is repeated once when a fault may pass, and goes on", async () => {
		let tries = 0;
		const assess = async () => {
			tries += 1;
			if (tries === 1) throw fault("ClusterUnreachable");
			return say("done");
		};

		const { end, trace } = await runDefinition({ item: record, untilSeconds: 10, steps: { assess } });

		expect(end.status).toBe("SUCCEEDED");
		expect(steps(trace)).toEqual(["assess", "assess"]);
	});

	it("sends the other heartbeats when AWS no longer knows one of the hooks", async () => {
		const { end, trace } = await runDefinition({
			item: () => item(["lost", "alive"], 100),
			untilSeconds: 10,
			heartbeat: (token) => {
				if (token === "lost") throw fault("ValidationError");
			},
			steps: { assess: saying(say("done")) },
		});

		expect(end.status).toBe("SUCCEEDED");
		expect(trace).toEqual(["0 heartbeat alive", "1 assess"]);
	});

	it("ends as failed when nobody wrote a record for it", async () => {
		const { end } = await runDefinition({ item: () => undefined, untilSeconds: 10, steps: {} });

		expect(end).toEqual({ status: "FAILED", error: "RecordMissing" });
	});

	it("ends as failed to hand over to the next generation", async () => {
		const { end } = await runDefinition({ item: record, untilSeconds: 10, steps: { assess: saying(say("hand over")) } });

		expect(end).toEqual({ status: "FAILED", error: "HandOver" });
	});

	it.each(["assess", "admit", "evict", "watch", "release", "wait", "hold", "restore", "hand over", "done"] as const)(
		"understands %s from every step",
		async (next) => {
			const way = ["cordon", "admit", "evict", "watch", "release", "restore", "done"] as const;
			for (const step of stepNames) {
				const answers = stepNames.map((name, index) => {
					const onward = say(way[index] ?? "done");
					return [name, name === step ? saying(say(next), onward) : saying(onward)];
				});
				const { trace } = await runDefinition({ item: record, untilSeconds: 50, steps: Object.fromEntries(answers) });

				expect(trace.filter((line) => line.includes("notice"))).toEqual([]);
			}
		},
	);

	it("is held, and told of, when a step answers what the definition does not know", async () => {
		const { trace } = await runDefinition({
			item: record,
			untilSeconds: 50,
			steps: { assess: saying(say("nowhere" as Next)) },
		});

		expect(steps(trace).slice(1)).toEqual([
			expect.stringMatching(/^notice: Evacuator holds i-0123456789abcdef0 after a fault: AnswerNotUnderstood/),
		]);
	});
});

describe("its slot", () => {
	const given = (trace: readonly string[]) => trace.filter((line) => line.includes("slot of")).map((line) => line.slice(0, 60));
	const giving = "slot of i-0123456789abcdef0 given back to cluster#prod";
	const hasSlot = () => true;

	it("is given back when the drain is done", async () => {
		const { end, trace } = await runDefinition({
			item: record,
			untilSeconds: 10,
			hasSlot,
			steps: { assess: saying(say("done")) },
		});

		expect(end.status).toBe("SUCCEEDED");
		expect(given(trace)).toEqual([`0 ${giving}`]);
	});

	it("is given back each time that the drain is held, before Hold's first heartbeat", async () => {
		const steps = { assess: saying(say("hold")) };
		const { trace } = await runDefinition({ item: () => item(["a"], 900), untilSeconds: 3_700, hasSlot, steps });

		expect(given(trace)).toEqual([`0 ${giving}`, `3600 ${giving}`]);
	});

	it("is given back after a fault", async () => {
		const { trace } = await runDefinition({ item: record, untilSeconds: 10, hasSlot, steps: { assess: failing("Broken") } });

		expect(given(trace)).toEqual([`0 ${giving}`]);
	});

	it("stays with the generation that goes on", async () => {
		const steps = { assess: saying(say("done", { slot: "passed on" })) };
		const { end, trace } = await runDefinition({ item: record, untilSeconds: 10, hasSlot, steps });

		expect(end.status).toBe("SUCCEEDED");
		expect(given(trace)).toEqual([]);
	});

	it("stays when the execution hands over", async () => {
		const { trace } = await runDefinition({
			item: record,
			untilSeconds: 10,
			hasSlot,
			steps: { assess: saying(say("hand over")) },
		});

		expect(given(trace)).toEqual([]);
	});

	it("holds nothing up where there is none, nor where DynamoDB fails", async () => {
		const broken = () => {
			throw fault("InternalServerError");
		};
		const none = await runDefinition({ item: record, untilSeconds: 10, steps: { assess: saying(say("hold")) } });
		const failed = await runDefinition({
			item: record,
			untilSeconds: 10,
			hasSlot: broken,
			steps: { assess: saying(say("hold")) },
		});

		expect(none.trace).toEqual(["0 heartbeat a", "0 assess", "0 heartbeat a"]);
		expect(failed.trace).toEqual(["0 heartbeat a", "0 assess", "1 heartbeat a"]);
	});
});

describe("Hold", () => {
	it("keeps the hooks alive and lets Assess look again every hour", async () => {
		const { trace } = await runDefinition({
			item: () => item(["a"], 900),
			untilSeconds: 7_300,
			steps: { assess: saying(say("hold", { tell }), say("hold")) },
		});

		expect(trace.filter((line) => !isHeartbeat(line))).toEqual([
			"0 assess",
			"0 notice: Evacuator: look here (maintenance i-0123456789abcdef0-1)",
			"3600 assess",
			"7200 assess",
		]);
		expect(trace.filter((line) => isHeartbeat(line) && second(line) > 3_600)).toEqual([
			"4500 heartbeat a",
			"5400 heartbeat a",
			"6300 heartbeat a",
			"7200 heartbeat a",
			"7200 heartbeat a",
		]);
	});

	it("hears of an order within a minute in its first hour", async () => {
		const { trace } = await runDefinition({
			item: ({ seconds }) => item(["a"], 900, { orders: seconds > 150 ? 1 : 0 }),
			untilSeconds: 200,
			steps: { assess: saying(say("hold")) },
		});

		expect(trace.filter((line) => line.endsWith("assess"))).toEqual(["0 assess", "180 assess"]);
	});

	it("has so many short rounds in all, however often it is come to", async () => {
		const { trace } = await runDefinition({
			item: () => item(["a"], 900),
			untilSeconds: 3 * 3_600,
			steps: { assess: failing("Broken") },
		});
		const beats = trace.filter(isHeartbeat).map(second);
		const short = beats.filter((at, index) => index > 0 && at - (beats[index - 1] ?? 0) === 60);

		expect(short).toHaveLength(60);
		expect(beats.at(-1)).toBeGreaterThan(9_000);
	});

	it("sends fewer heartbeats once the hook that needs the most has reached its limit", async () => {
		const { trace } = await runDefinition({
			item: () => item(["a", "b"], 50, { later: { at: 120, seconds: 900 } }),
			untilSeconds: 5_000,
			steps: { assess: saying(say("hold")) },
		});

		expect(
			trace
				.filter((line) => line.endsWith("heartbeat b"))
				.map(second)
				.slice(1, 6),
		).toEqual([0, 50, 100, 150, 210]);
		expect(
			trace
				.filter((line) => line.endsWith("heartbeat b"))
				.map(second)
				.at(-1),
		).toBe(4_650);
	});

	it("goes back to Assess straight after the heartbeat that finds an order", async () => {
		const { trace } = await runDefinition({
			item: ({ seconds }) => item(["a"], 100, { orders: seconds > 150 ? 1 : 0 }),
			untilSeconds: 200,
			steps: { assess: saying(say("hold")) },
		});

		expect(trace).toEqual([
			"0 heartbeat a",
			"0 assess",
			"0 heartbeat a",
			"60 heartbeat a",
			"120 heartbeat a",
			"180 heartbeat a",
			"180 assess",
			"180 heartbeat a",
		]);
	});

	it("does not miss an order that came while Assess decided to hold", async () => {
		let orders = 0;
		const assess = async () => {
			orders = 1;
			return say("hold");
		};

		const { trace } = await runDefinition({ item: () => item(["a"], 100, { orders }), untilSeconds: 50, steps: { assess } });

		expect(steps(trace)).toEqual(["assess", "assess"]);
	});

	it("tells of a fault after the first heartbeat, and tries again after five minutes, then ten, then fifteen", async () => {
		const { trace } = await runDefinition({ item: record, untilSeconds: 2_000, steps: { assess: failing("Broken") } });

		expect(trace.filter((line) => !isHeartbeat(line))).toEqual([
			"0 assess",
			expect.stringMatching(/^0 notice: Evacuator holds i-0123456789abcdef0 after a fault: Broken \(maintenance/),
			"300 assess",
			"900 assess",
			"1800 assess",
		]);
		expect(trace[2]).toBe("0 heartbeat a");
	});

	it("tells of a fault again, about once an hour, as long as it comes back", async () => {
		const { trace } = await runDefinition({ item: record, untilSeconds: 10 * 3_600, steps: { assess: failing("Broken") } });
		const told = trace.filter((line) => line.includes("notice")).map(second);
		const gaps = told.slice(1).map((at, index) => (at - (told[index] ?? 0)) / 60);

		expect(told[0]).toBe(0);
		expect(told).toHaveLength(11);
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(45);
		expect(Math.max(...gaps)).toBeLessThanOrEqual(75);
	});

	it("tells of a fault with the next try when it could not be told, until it could", async () => {
		const { trace } = await runDefinition({
			item: record,
			untilSeconds: 3_700,
			publish: ({ seconds }) => {
				if (seconds < 600) throw fault("Throttled");
			},
			steps: { assess: failing("Broken") },
		});

		expect(trace.filter((line) => line.includes("notice")).map(second)).toEqual([902]);
		expect(trace.filter((line) => line.endsWith("assess")).map(second)).toEqual([0, 301, 902, 1_802, 3_002]);
	});

	it("tells of another fault at once, however lately it told of the one before", async () => {
		let tries = 0;
		const assess = async () => {
			tries += 1;
			throw fault(tries === 1 ? "Broken" : "Otherwise");
		};
		const { trace } = await runDefinition({ item: record, untilSeconds: 1_000, steps: { assess } });

		expect(trace.filter((line) => line.includes("notice")).map(second)).toEqual([0, 300]);
	});

	it("tries again after five minutes even where heartbeats are rarer", async () => {
		const { trace } = await runDefinition({
			item: () => item(["a"], 900),
			untilSeconds: 400,
			steps: { assess: failing("Broken") },
		});

		expect(trace.filter((line) => line.endsWith("assess"))).toEqual(["0 assess", "300 assess"]);
	});

	it("tells of the same fault again once a step has worked in between", async () => {
		let tries = 0;
		const assess = async () => {
			tries += 1;
			if (tries === 2) return say("wait");
			throw fault("Broken");
		};

		const { trace } = await runDefinition({ item: record, untilSeconds: 400, steps: { assess } });

		expect(steps(trace).map((line) => line.slice(0, 6))).toEqual(["assess", "notice", "assess", "assess", "notice"]);
	});

	it("works without notices", async () => {
		const { trace } = await runDefinition({
			item: record,
			untilSeconds: 50,
			publish: () => {
				throw fault("Throttled");
			},
			steps: { assess: saying(say("hold", { tell })) },
		});

		expect(trace).toEqual(["0 heartbeat a", "0 assess", "1 heartbeat a"]);
	});

	it("goes on with the hooks it knew while DynamoDB does not answer, and hears of orders afterwards", async () => {
		const { trace, longestSilence } = await runDefinition({
			item: ({ seconds }) => {
				if (seconds > 50 && seconds < 1_000) throw fault("InternalServerError");
				return item(["a"], 100, { orders: seconds < 1_000 ? 0 : 1 });
			},
			untilSeconds: 1_050,
			steps: { assess: saying(say("hold")) },
		});

		expect(trace.filter((line) => isHeartbeat(line))).toHaveLength(20);
		expect(longestSilence).toBeLessThan(110);
		expect(steps(trace)).toEqual(["assess", "assess"]);
	});

	it("asks for the record every minute while it has never been read", async () => {
		const { trace } = await runDefinition({
			item: ({ seconds }) => {
				if (seconds < 150) throw fault("InternalServerError");
				return item(["a"], 100);
			},
			untilSeconds: 200,
			steps: { assess: failing("AwsUnavailable") },
		});

		const heard = trace.findIndex((line) => isHeartbeat(line));
		expect(trace[heard]).toMatch(/^1[5-9]\d /);
		expect(trace[heard + 1]?.split(" ")[1]).toBe("assess");
	});

	it.each(["released", "handed over"])("ends when the record is %s", async (state) => {
		const { end, trace } = await runDefinition({
			item: ({ seconds }) => item(["a"], 100, { state: seconds < 50 ? "open" : state }),
			untilSeconds: 1_000,
			steps: { assess: saying(say("hold")) },
		});

		expect(end.status).toBe("SUCCEEDED");
		expect(steps(trace)).toEqual(["assess"]);
	});
});

describe("the last word", () => {
	const closedAfter = (seconds: number, state: string) => (at: { readonly seconds: number }) =>
		item(["a"], 100, { state: at.seconds < seconds ? "open" : state });

	it.each(["gone", "restored"])("is asked for when Hold finds the record %s", async (state) => {
		const { end, trace } = await runDefinition({
			item: closedAfter(50, state),
			untilSeconds: 1_000,
			steps: { assess: saying(say("hold"), say("done", { tell })) },
		});

		expect(end.status).toBe("SUCCEEDED");
		expect(steps(trace)).toEqual(["assess", "assess", "notice: Evacuator: look here (maintenance i-0123456789abcdef0-1)"]);
	});

	it("is asked for again when it cannot be published", async () => {
		const { end, trace } = await runDefinition({
			item: closedAfter(1, "gone"),
			untilSeconds: 1_000,
			publish: ({ seconds }) => {
				if (seconds < 40) throw fault("Throttled");
			},
			steps: { assess: saying(say("done", { tell })) },
		});

		expect(end.status).toBe("SUCCEEDED");
		expect(steps(trace).map((line) => line.slice(0, 6))).toEqual(["assess", "assess", "assess", "notice"]);
	});

	it("is asked for ever more rarely, for two hours, and then never", async () => {
		const { end, trace, events } = await runDefinition({
			item: closedAfter(0, "gone"),
			untilSeconds: 10_000,
			steps: { assess: failing("Broken") },
		});

		expect(end.status).toBe("SUCCEEDED");
		expect(trace.filter((line) => line.endsWith("assess")).map(second)).toEqual([
			0, 15, 45, 105, 225, 465, 945, 1_905, 3_825, 7_665,
		]);
		expect(events).toBeLessThan(400);
	});
});
