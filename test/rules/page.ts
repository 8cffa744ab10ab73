import { replayOf } from "../faults/report.ts";
import type { Verdict } from "./judge-scenario.ts";
import type { SeedVerdict } from "./judge-seed.ts";
import { takenOut } from "./rules.ts";

const table = (verdicts: readonly Verdict[]): string => `# The rules, and what goes wrong without each

Written by \`npm run test:rules\`, which takes each rule out of the source by name, plays its scenario and asks the monitor of
the two laws. With the rule in place the monitor says nothing.

| rule | what it says | scenario | with it | without it |
| --- | --- | --- | --- | --- |
${verdicts.map(({ rule, wrong }) => `| ${rule.name} | ${rule.says} | ${rule.scenario} | ${rule.ends} | ${wrong} |`).join("\n")}
`;

/** Lines of a story at most. */
const LINES = 24;

const never = (name: string): never => {
	throw new Error(`cannot tell of ${name}: it has no seed`);
};

const chapter = (verdict: SeedVerdict): string => {
	const { name, found, story, wrong } = verdict;
	const { seed, ...part } = found ?? never(name);
	return `
### ${name}

Without the rule that ${takenOut(name).says}: ${wrong}.

\`${replayOf(seed, part, name)}\`

\`\`\`
${(story.length <= LINES ? story : [...story.slice(0, LINES / 2), "…", ...story.slice(-LINES / 2)]).map((line) => line.slice(0, 150)).join("\n")}
\`\`\`
`;
};

const chapters = (verdicts: readonly SeedVerdict[]): string =>
	verdicts.length === 0
		? ""
		: `
## Found by the fault simulation

Each of these seeds passes with the whole program, and fails without the rule; the faults are shrunk to what is needed for it.
${verdicts.map(chapter).join("")}`;

/** docs/rules.md as a whole. */
export const pageOf = (verdicts: readonly Verdict[], bySeed: readonly SeedVerdict[]): string =>
	`${table(verdicts)}${chapters(bySeed)}`;
