import type { SourceFile } from "./imports.ts";

/** The clocks themselves, and the transport, which gives up on a silent connection. */
const mayKnowTime = [
	"src/local/clock/virtual-clock.ts",
	"src/local/clock/scaled-clock.ts",
	"src/adapters/real-clock.ts",
	"src/adapters/kubernetes/https-send.ts",
];

const tellsTime =
	/\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\bset(?:Timeout|Interval|Immediate)\b|\bperformance\.now\b|\bhrtime\b|node:timers|AbortSignal\.timeout|\bMath\.random\b|\brandomUUID\b/;

/** One sentence for each line that reads a clock, sets a timer or throws dice where the Clock port should be used. */
export function secretClocks(files: readonly SourceFile[]): string[] {
	return files
		.filter(({ path }) => /^(?:src|lambdas)\//.test(path) && !mayKnowTime.includes(path))
		.flatMap(({ path, text }) =>
			text.split("\n").flatMap((line, index) => (tellsTime.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
		);
}
