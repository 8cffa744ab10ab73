import { describe, expect, it } from "@jest/globals";
import { executionStatus, executionStatusWith, fromEvents } from "./samples.ts";

describe("the end of an execution", () => {
	it.each(["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED"])("names the maintenance: %s", (status) => {
		expect(fromEvents(executionStatusWith({ status }))).toStrictEqual({
			kind: "execution ended",
			instanceId: "i-1234567890abcdef0",
			generation: 2,
			status,
		});
	});

	it("is read without input and output, which Step Functions leaves out when they are long", () => {
		expect(fromEvents(executionStatusWith({ input: undefined, inputDetails: { included: false } }))).toMatchObject({
			kind: "execution ended",
			generation: 2,
		});
	});

	it.each(["RUNNING", "PENDING_REDRIVE"])("is none while the execution is %s", (status) => {
		expect(fromEvents(executionStatusWith({ status }))).toEqual({
			kind: "ignored",
			why: `execution "i-1234567890abcdef0-2" has not ended: ${status}`,
		});
	});

	it.each([
		"nightly-report",
		"i-1234567890abcdef0",
		"i-1234567890abcdef0-",
		"i-1234567890abcdef0-2-3",
		"i-12-1",
		"x/i-12345678-1",
	])("is another machine's when the execution is named %s", (name) => {
		expect(fromEvents(executionStatusWith({ name }))).toEqual({
			kind: "ignored",
			why: `execution "${name}" is not named <instance>-<generation>: another state machine's`,
		});
	});

	it.each([
		[{ name: undefined }, "detail.name is missing: it must be the execution's name"],
		[{ status: "TIRED" }, 'detail.status is "TIRED", not a status of an execution'],
		[{ status: undefined }, "detail.status is missing: it must be a status of an execution"],
	])("is malformed with %j", (detail, why) => {
		expect(fromEvents(executionStatusWith(detail))).toEqual({ kind: "malformed", why });
	});

	it("is the only event of Step Functions that is read", () => {
		expect(fromEvents({ ...executionStatus, "detail-type": "AWS API Call via CloudTrail" })).toEqual({
			kind: "unsupported",
			why: 'detail-type is "AWS API Call via CloudTrail": of Step Functions this version reads only "Step Functions Execution Status Change"',
		});
	});
});
