import type { Survivor, Verdict } from "./verdict.ts";

/** Cut, not rounded: 89.99 is not 90. */
const percent = (score: number): string => (Math.floor(score * 10) / 10).toFixed(1);

const UNEXPLAINED = "not explained";

/** The verdict for the terminal. */
export function verdictAsText({ score, mutants, files, survivors, stale }: Verdict): string {
	return [
		...survivors.flatMap(({ file, line, mutator, original, replacement, fate, why = UNEXPLAINED }) => [
			`src/domain/${file}:${line}  ${mutator}, ${fate}: ${original}  →  ${replacement}`,
			`      ${why}`,
		]),
		...stale.map(
			({ file, mutator, original, replacement }) =>
				`test/mutation/survivors.ts explains what has not survived: ${file}, ${mutator}: ${original}  →  ${replacement}`,
		),
		"",
		...files.map(
			(one) => `${percent(one.score).padStart(5)} %  ${one.file.padEnd(24)} ${one.mutants - one.alive} of ${one.mutants}`,
		),
		`${percent(score).padStart(5)} %  of ${mutants} mutants were noticed; ${survivors.length} survived, ${unexplained(survivors)} of them unexplained`,
	].join("\n");
}

const unexplained = (survivors: readonly Survivor[]): number => survivors.filter(({ why }) => why === undefined).length;

/** The page docs/mutation.md. */
export const verdictAsPage = ({ score, mutants, files, survivors }: Verdict): string => `# What the tests of the domain notice

Written by \`npm run mutate\`, which makes small changes in \`src/domain\`, one at a time (Stryker calls them mutants), and runs
the tests of \`test/domain\` against each. A change that no test notices survives. The reasons stand in
\`test/mutation/survivors.ts\`.

${percent(score)} % of ${mutants} mutants were noticed; ${survivors.length} survived, ${unexplained(survivors)} of them unexplained.

| file | noticed | mutants | survived |
| --- | --- | --- | --- |
${files.map((one) => `| ${one.file} | ${percent(one.score)} % | ${one.mutants} | ${one.alive} |`).join("\n")}

## Survivors

| file | changed | into | why it may live |
| --- | --- | --- | --- |
${survivors.map(({ file, original, replacement, why = UNEXPLAINED }) => `| ${file} | ${code(original)} | ${code(replacement)} | ${why} |`).join("\n")}
`;

const code = (text: string): string => (text === "" ? "nothing" : `\`\` ${text.replaceAll("|", "\\|")} \`\``);
