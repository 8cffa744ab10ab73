import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const fields = z.record(z.string(), z.unknown());

const exchange = z.object({
	t: z.number(),
	/** When the answer was there; of the drain, whose requests overlap, it was kept. */
	done: z.number().optional(),
	label: z.string(),
	request: z.object({ method: z.string(), path: z.string(), body: z.unknown().optional() }),
	status: z.number(),
	/** Of the drain no headers were kept. */
	headers: z.record(z.string(), z.string()).optional(),
	response: z.unknown(),
});

const conditions = z.array(z.string());

const picture = z.object({
	vm: fields.and(z.object({ conds: conditions })).nullable(),
	vmi: fields.and(z.object({ conds: conditions })).nullable(),
	vmims: z.array(z.string()),
	pods: z.array(z.string()),
});

/** What the recorder read of one VM: the VM, its VMI, its migrations and its launchers, in short. */
export type Picture = z.infer<typeof picture>;

const sight = z.object({ t: z.number(), label: z.string(), state: picture });
const note = fields.and(z.object({ t: z.number(), label: z.string() }));

/** A request and its answer; `t` in seconds since the experiment began. */
export type Exchange = z.infer<typeof exchange> & { readonly kind: "exchange" };
/** What the recorder saw of one VM at `t`. */
export type Sight = z.infer<typeof sight> & { readonly kind: "sight" };
/** Anything else that the recorder read or wrote down. */
export type Note = { readonly kind: "note"; readonly t: number; readonly label: string; readonly seen: Record<string, unknown> };
export type RecordedStep = Exchange | Sight | Note;

export type Recording = {
	readonly experiment: string;
	/** When it began, as the recorder's clock had it. */
	readonly at: string;
	readonly steps: readonly RecordedStep[];
};

const folder = new URL("../../fixtures/recordings/", import.meta.url);

/** Every recording of this version of KubeVirt, in the order of the experiments. */
export function recordingsOf(version: string): readonly Recording[] {
	const files = readdirSync(fileURLToPath(new URL(`${version}/`, folder)))
		.filter((name) => name.endsWith(".ndjson"))
		.sort();
	return files.map((name) => readRecording(new URL(`${version}/${name}`, folder)));
}

function readRecording(file: URL): Recording {
	const [first = "", ...lines] = readFileSync(fileURLToPath(file), "utf8").trimEnd().split("\n");
	const { experiment, at } = z.object({ experiment: z.string(), at: z.string() }).parse(JSON.parse(first));
	return { experiment, at, steps: lines.map((line) => readStep(JSON.parse(line))) };
}

function readStep(line: object): RecordedStep {
	if ("request" in line) return { kind: "exchange", ...exchange.parse(line) };
	if ("state" in line) return { kind: "sight", ...sight.parse(line) };
	const { t, label, ...seen } = note.parse(line);
	return { kind: "note", t, label, seen };
}

/** The moment at which a step is played: of a request that took its time, half-way. */
export function momentOf(step: RecordedStep): number {
	return step.kind === "exchange" && step.done !== undefined ? (step.t + step.done) / 2 : step.t;
}
