import { beforeAll, describe, expect, it } from "@jest/globals";
import { compare, type Verdict } from "./compare.ts";
import { type KnownDifference, knownDifferences } from "./known-differences.ts";
import { type Recording, recordingsOf } from "./recording.ts";
import { replay } from "./replay.ts";

/** What of a version's recordings was walked. */
type Counts = {
	readonly experiments: number;
	/** Requests with their answers, and looks at what there was. */
	readonly records: number;
	readonly matched: number;
	/** In the list of known differences. */
	readonly listed: number;
};

/** Describes the simulated cluster of one version by what the real one of that version was asked and answered. */
export function describeContract(version: string, counts: Counts): void {
	describe(`the simulated cluster as KubeVirt ${version}, asked what the real one was asked`, () => {
		const recordings = recordingsOf(version);
		const listed = knownDifferences.filter(({ versions }) => versions.includes(version));
		const verdicts = new Map<string, readonly Verdict[]>();
		beforeAll(async () => {
			for (const recording of recordings) verdicts.set(recording.experiment, compare(await replay(recording, version)));
		}, 120_000);
		const all = (): readonly Verdict[] => [...verdicts.values()].flat();

		it.each(recordings.map(({ experiment }) => experiment))("answers as recorded in %s", (experiment) => {
			const differing = (verdicts.get(experiment) ?? []).filter(({ difference }) => difference !== undefined);
			expect(differing.filter((verdict) => !listed.some((one) => names(one, verdict)))).toEqual([]);
		});

		it("differs wherever the list of known differences says that it does", () => {
			const asRecorded = all().filter(({ difference }) => difference === undefined);
			const outdated = asRecorded.filter((verdict) => listed.some((one) => names(one, verdict)));
			expect(outdated.map(keyOf)).toEqual([]);
			expect(listed.flatMap(keysOf).filter((key) => !all().some((verdict) => keyOf(verdict) === key))).toEqual([]);
		});

		it("was asked every recorded question", () => {
			expect(all()).toHaveLength(recordings.flatMap(answersIn).length);
			const differing = all().filter(({ difference }) => difference !== undefined);
			expect({
				experiments: recordings.length,
				records: all().length,
				matched: all().length - differing.length,
				listed: differing.length,
			}).toEqual(counts);
		});
	});
}

const keyOf = ({ experiment, record, label }: Verdict): string => `${experiment} ${record}: ${label}`;
const keysOf = ({ experiment, records }: KnownDifference): readonly string[] =>
	records.map((record) => `${experiment} ${record}`);
const names = (known: KnownDifference, verdict: Verdict): boolean => keysOf(known).includes(keyOf(verdict));

/** Everything in a recording but the recorder's own remarks: events it printed, and what its scripts said. */
function answersIn({ steps }: Recording): readonly unknown[] {
	return steps.filter((step) => step.kind !== "note" || !("events" in step.seen || "out" in step.seen));
}
