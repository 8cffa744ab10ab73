import { describe, expect, it } from "@jest/globals";
import { compare } from "./compare.ts";
import { type RecordedStep, type Recording, recordingsOf } from "./recording.ts";
import { replay } from "./replay.ts";

/** The recording of an experiment in which one step was otherwise than it was. */
function forged(experiment: string, record: number, forge: (step: RecordedStep) => RecordedStep): Recording {
	const found = recordingsOf("1.9.0").find((recording) => recording.experiment === experiment);
	if (found === undefined) throw new Error(`cannot forge ${experiment}: it is not among the recordings`);
	return { ...found, steps: found.steps.map((step, index) => (index === record ? forge(step) : step)) };
}

async function differing(recording: Recording): Promise<readonly string[]> {
	const verdicts = compare(await replay(recording, "1.9.0"));
	return verdicts.filter(({ difference }) => difference !== undefined).map(({ record, label }) => `${record}: ${label}`);
}

describe("a recording that was forged", () => {
	it("is found out by the code of an answer", async () => {
		const recording = forged("e01-dryrun", 6, (step) => (step.kind === "exchange" ? { ...step, status: 429 } : step));
		expect(await differing(recording)).toEqual(["6: dry-run on strategy None"]);
	});

	it("is found out by one word of a message", async () => {
		const recording = forged("e01-dryrun", 1, (step) => {
			return step.kind === "exchange"
				? JSON.parse(JSON.stringify(step).replace("triggered evacuation", "causes evacuation"))
				: step;
		});
		expect(await differing(recording)).toEqual(["1: dry-run via deleteOptions.dryRun"]);
	});

	it("is found out by a header that was not there", async () => {
		const recording = forged("e08-pdb-errors", 8, (step) => {
			return step.kind === "exchange" ? { ...step, headers: { ...step.headers, "retry-after": "10" } } : step;
		});
		expect(await differing(recording)).toEqual(["8: bare pod + maxUnavailable PDB, later"]);
	});

	it("is found out by a condition that nobody saw", async () => {
		const recording = forged("e02-strategies", 18, (step) => {
			return step.kind === "sight"
				? JSON.parse(JSON.stringify(step).replaceAll("EvictionRequested=True", "EvictionRequested=False"))
				: step;
		});
		expect(await differing(recording)).toEqual(["18: +2s ext"]);
	});

	it("is found out by the order in which things were seen", async () => {
		const { steps } = forged("e10-direct-delete", 5, (step) => step);
		const [scheduling, scheduled] = [steps[5], steps[6]];
		if (scheduling === undefined || scheduled === undefined) throw new Error("cannot swap: the recording is too short");
		const late = forged("e10-direct-delete", 5, ({ t }) => ({ ...scheduled, t }));
		const swapped = late.steps.map((step, index) => (index === 6 ? { ...scheduling, t: step.t } : step));
		expect(await differing({ ...late, steps: swapped })).toEqual(["6: timeline dd"]);
	});
});
