import { describe, expect, it } from "@jest/globals";
import { createWorkflow } from "../../../src/adapters/aws/workflow.ts";
import { AwsRefused, AwsUnavailable, ConfigurationInvalid } from "../../../src/faults.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { createStateMachine } from "../../../src/local/workflow/state-machine.ts";
import { ACCOUNT, INSTANCE, REGION, startAccount } from "./account-ground.ts";

const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:evacuator`;
const key = { instanceId: INSTANCE, generation: 3 };

/** An execution is one state that waits for a minute. */
const startWorkflow = () => {
	const clock = new VirtualClock();
	const definition = { StartAt: "Rest", States: { Rest: { Type: "Wait", Seconds: 60, End: true } } };
	const machine = createStateMachine({ clock, definition, arn: MACHINE, lambda: () => undefined, integrations: {} });
	const ground = startAccount({}, { clock, workflow: machine });
	return { ...ground, machine, workflow: createWorkflow(ground.clients, MACHINE) };
};

describe("the workflow", () => {
	it("starts one execution per instance and generation, with nothing but the two for its input", async () => {
		const { clock, machine, workflow } = startWorkflow();
		await clock.run(async () => {
			expect(await workflow.state(key)).toBe("none");
			await workflow.start(key);
			await workflow.start(key);
			expect(await workflow.state(key)).toBe("running");
		});
		const input = `{"instanceId":"${INSTANCE}","generation":"3"}`;
		expect(machine.list()).toMatchObject([{ name: `${INSTANCE}-3`, status: "RUNNING", input }]);
	});

	it("does not start again what has ended, or what has another input", async () => {
		const { clock, machine, workflow } = startWorkflow();
		await clock.run(async () => {
			await workflow.start(key);
			await clock.sleep(61_000);
			await workflow.start(key);
			expect(await workflow.state(key)).toBe("ended");
			machine.start(`${INSTANCE}-4`, {});
			await workflow.start({ ...key, generation: 4 });
			expect(await workflow.state({ ...key, generation: 4 })).toBe("running");
		});
		expect(machine.list()).toHaveLength(2);
	});

	it("says what failed when it cannot start or look", async () => {
		const { clock, aws, workflow } = startWorkflow();
		aws.faults.add({ operation: "StartExecution", kind: "throttled", times: 3 });
		aws.faults.add({ operation: "DescribeExecution", kind: "refused" });
		await clock.run(async () => {
			const unavailable = await workflow.start(key).catch((error: unknown) => error);
			expect(unavailable).toBeInstanceOf(AwsUnavailable);
			expect(String(unavailable)).toContain(`cannot start the execution ${INSTANCE}-3: ThrottlingException: Rate exceeded`);
			await expect(workflow.state(key)).rejects.toBeInstanceOf(AwsRefused);
		});
	});

	it("finds executions of a version or an alias, and refuses what is not a state machine", async () => {
		const { clock, clients, workflow } = startWorkflow();
		await clock.run(async () => {
			await workflow.start(key);
			expect(await createWorkflow(clients, `${MACHINE}:7`).state(key)).toBe("running");
		});
		expect(() => createWorkflow(clients, "evacuator")).toThrow(
			new ConfigurationInvalid("cannot use evacuator: it is not the ARN of a state machine"),
		);
	});
});
