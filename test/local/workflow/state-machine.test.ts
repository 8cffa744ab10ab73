import { describe, expect, it } from "@jest/globals";
import { MACHINE, machineUnderTest, only, outcomeOf, START, task } from "./machine-under-test.ts";

const wait = (seconds: number) => only({ Type: "Wait", Seconds: seconds, End: true });

describe("starting", () => {
	it("returns before the first state is entered, and tells the status when it starts and when it ends", async () => {
		const { machine, clock, statuses, trace } = machineUnderTest(wait(5));
		await clock.run(async () => {
			machine.start("one", { a: 1 });
			expect(trace()).toEqual([]);
			await clock.rest(machine.ended("one"));
		});
		const running = {
			executionArn: "arn:aws:states:eu-west-1:111122223333:execution:machine:one",
			stateMachineArn: MACHINE,
			name: "one",
			status: "RUNNING",
			startDate: START,
			stopDate: null,
			input: '{"a":1}',
			output: null,
			error: null,
			cause: null,
		};
		expect(statuses).toEqual([running, { ...running, status: "SUCCEEDED", stopDate: START + 5000, output: '{"a":1}' }]);
		expect(trace()).toEqual(["0 entered Only", "5 exited Only"]);
	});

	it("is the same execution for the same name and input while it runs", async () => {
		const { machine, clock, statuses } = machineUnderTest(wait(5));
		await clock.run(async () => {
			const first = machine.start("one", { a: 1 });
			await clock.sleep(1000);
			expect(machine.start("one", { a: 1 })).toEqual(first);
			expect(() => machine.start("one", { a: 2 })).toThrow("cannot start one: an execution of this name exists, RUNNING");
			await clock.rest(machine.ended("one"));
			expect(() => machine.start("one", { a: 1 })).toThrow("cannot start one: an execution of this name exists, SUCCEEDED");
		});
		expect(statuses.map(({ status }) => status)).toEqual(["RUNNING", "SUCCEEDED"]);
	});

	it.each(["", "a b", "a/b", "a\nb", "i-0:1", "x".repeat(81)])("refuses the name %j", (name) => {
		expect(() => machineUnderTest(wait(1)).machine.start(name, {})).toThrow("cannot name an execution");
	});

	it("refuses an input over 256 KiB", () => {
		const { machine } = machineUnderTest(wait(1));
		expect(() => machine.start("one", "x".repeat(262_143))).toThrow("cannot start an execution: the input has over 262144 bytes");
	});

	it("knows nothing of what was never started", async () => {
		const { machine } = machineUnderTest(wait(1));
		expect(machine.describe("one")).toBeUndefined();
		await expect(machine.stop("one")).rejects.toThrow("cannot find execution one");
	});
});

describe("ending from outside", () => {
	it("stop aborts at once, also inside a Wait, and only once", async () => {
		const { machine, clock, statuses } = machineUnderTest(wait(500));
		await clock.run(async () => {
			machine.start("one", {});
			await clock.sleep(3000);
			const stopped = await machine.stop("one", "Operator", "enough");
			expect(stopped).toMatchObject({ status: "ABORTED", stopDate: START + 3000, error: "Operator", cause: "enough" });
			expect(await machine.stop("one")).toEqual(stopped);
			await clock.sleep(1_000_000);
		});
		expect(statuses.map(({ status }) => status)).toEqual(["RUNNING", "ABORTED"]);
	});

	it("stop ends every item of a Map; what the functions are doing goes on", async () => {
		const done: string[] = [];
		const map = { Type: "Map", Iterator: { StartAt: "In", States: { In: task("slow") } }, End: true };
		const { machine, clock, trace } = machineUnderTest(only(map), {
			functions: {
				slow: async (item) => {
					await clock.sleep(10_000);
					done.push(String(item));
				},
			},
		});
		await clock.run(async () => {
			machine.start("one", ["a", "b"]);
			await clock.sleep(3000);
			expect((await machine.stop("one")).status).toBe("ABORTED");
			await clock.sleep(20_000);
		});
		expect(done).toEqual(["a", "b"]);
		expect(trace().slice(3)).toEqual(["10 late In", "10 late In"]);
	});

	it("the machine's own TimeoutSeconds ends it as TIMED_OUT", async () => {
		const { run } = machineUnderTest({ ...wait(500), TimeoutSeconds: 60 });
		expect(outcomeOf(await run())).toEqual({ status: "TIMED_OUT", output: null, error: "States.Timeout", cause: null });
	});
});

describe("many executions", () => {
	it("run side by side, each on its own", async () => {
		const { machine, clock } = machineUnderTest(only(task("double")), {
			functions: {
				double: async (n) => {
					await clock.sleep(1000);
					return 2 * Number(n);
				},
			},
		});
		await clock.run(async () => {
			for (let n = 0; n < 100; n++) machine.start(`n-${n}`, n);
			for (const { name } of machine.list()) await clock.rest(machine.ended(name));
		});
		expect(machine.list().map(({ output }) => output)).toEqual(Array.from({ length: 100 }, (_, n) => `${2 * n}`));
		expect(clock.now()).toBe(START + 1000);
	});
});
