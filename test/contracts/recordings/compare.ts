import { isDeepStrictEqual } from "node:util";
import { fieldsAt, isFields } from "../../../src/local/cluster/store-object.ts";
import { factsOf } from "./readings.ts";
import type { Exchange } from "./recording.ts";
import type { Answer, Replay } from "./replay.ts";
import type { Roles } from "./roles.ts";
import { Sights } from "./sights.ts";
import { type Difference, toldOf } from "./told.ts";

/** One record that was walked; `difference` says what was recorded and what came here, and is absent when they agree. */
export type Verdict = {
	readonly experiment: string;
	/** Index of the record in its file, from 0. */
	readonly record: number;
	readonly label: string;
	readonly difference?: Difference;
};

/** Every record of a replayed recording that is a request with its answer, or something that was read. */
export function compare(replay: Replay): readonly Verdict[] {
	const { experiment, steps } = replay.recording;
	const sights = new Sights(replay);
	return steps.flatMap((step, record) => {
		const difference = differenceOf(replay, record, sights);
		if (difference === "no answer") return [];
		return [{ experiment, record, label: step.label, ...(difference === undefined ? {} : { difference }) }];
	});
}

function differenceOf(replay: Replay, record: number, sights: Sights): Difference | "no answer" | undefined {
	const step = replay.recording.steps[record];
	if (step === undefined) return "no answer";
	if (step.kind === "exchange") return unlike(replay, step, replay.answers.get(record));
	if (step.kind === "sight") return sights.missing(step);
	if ("s" in step.seen) return sights.missingPhases(step);
	const facts = factsOf(step, replay.readings.get(record));
	if (facts === undefined) return "no answer";
	return unequal(toldOf(facts.recorded, replay.recorded), toldOf(facts.here, replay.simulated));
}

const unequal = (recorded: unknown, here: unknown): Difference | undefined =>
	isDeepStrictEqual(recorded, here) ? undefined : { recorded, here };

function unlike({ recorded, simulated }: Replay, step: Exchange, answer: Answer | undefined): Difference | undefined {
	const { status, headers, response: body } = step;
	const kept = headers === undefined ? [] : ["content-type", "warning", "retry-after"];
	const wanted = answerFacts({ status, headers: headers ?? {}, body }, recorded, kept);
	return unequal(wanted, answer === undefined ? undefined : answerFacts(answer, simulated, kept));
}

/** Code, the headers that the recorder kept, and the body: a Status whole, of an object what the recorder kept of it. */
function answerFacts({ status, headers, body }: Answer, roles: Roles, kept: readonly string[]): unknown {
	const facts = Object.fromEntries(kept.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
	return toldOf({ status, headers: facts, body: bodyFacts(body) }, roles);
}

function bodyFacts(body: unknown): unknown {
	if (!isFields(body) || body.kind === "Status") return body;
	return { kind: body.kind, metadata: { name: fieldsAt(body, "metadata").name } };
}
