import { describe, expect, it } from "@jest/globals";
import { createWorkflow } from "../../../src/adapters/aws/workflow.ts";
import { AwsRefused, AwsUnavailable, ConfigurationInvalid } from "../../../src/faults.ts";
import type { LocalExecution } from "../../../src/local/aws/states-api.ts";
import { ACCOUNT, INSTANCE, REGION, startAccount } from "./account-ground.ts";

const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:evacuator`;
const key = { instanceId: INSTANCE, generation: 3 };

const startWorkflow = () => {
	const executions = new Map<string, LocalExecution>();
	const local = {
		start: (name: string, input: string) => void executions.set(name, { status: "RUNNING", input, startedAt: 0 }),
		describe: (name: string) => executions.get(name),
	};
	const ground = startAccount({}, local);
	return { ...ground, executions, workflow: createWorkflow(ground.clients, MACHINE) };
};

describe("the workflow", () => {
	it("starts one execution per instance and generation, with nothing but the two for its input", async () => {
		const { clock, executions, workflow } = startWorkflow();
		await clock.run(async () => {
			expect(await workflow.state(key)).toBe("none");
			await workflow.start(key);
			await workflow.start(key);
			expect(await workflow.state(key)).toBe("running");
		});
		expect([...executions]).toEqual([
			[`${INSTANCE}-3`, { status: "RUNNING", input: `{"instanceId":"${INSTANCE}","generation":"3"}`, startedAt: 0 }],
		]);
	});

	it("does not start again what has ended", async () => {
		const { clock, executions, workflow } = startWorkflow();
		await clock.run(async () => {
			const ended: LocalExecution = { status: "FAILED", input: "{}", startedAt: 0, stoppedAt: 1 };
			executions.set(`${INSTANCE}-3`, ended);
			await workflow.start(key);
			expect(await workflow.state(key)).toBe("ended");
			expect(executions.get(`${INSTANCE}-3`)).toBe(ended);
		});
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
