import { brokenLine } from "../faults/report.ts";
import { type FoundSeed, foundSeeds } from "./found-seeds.ts";
import { playSeed } from "./play-seed.ts";

/** What the seed of a rule ends in without it, or why it does not show that the rule is needed. */
export type SeedVerdict = {
	readonly name: string;
	readonly found?: FoundSeed;
	readonly story: readonly string[];
	readonly wrong?: string;
	readonly complaint?: string;
};

/** Whatever changes the faults that seeds draw makes found seeds stale. */
const howToFind = (name: string): string =>
	`npm run test:faults -- --seeds 10000 --without-rule ${name} finds one for test/rules/found-seeds.ts`;

/** Plays the seed of a rule with the whole program and without the rule. */
export async function judgeSeed(name: string): Promise<SeedVerdict> {
	const found = foundSeeds[name];
	if (!found) return { name, story: [], complaint: `no seed is known that needs it; ${howToFind(name)}` };
	const [whole, without] = await Promise.all([playSeed(found, undefined), playSeed(found, name)]);
	const { story } = without;
	const [broken] = whole.violations;
	if (broken) return { name, found, story, complaint: `seed ${found.seed} fails even with it: ${broken.says}` };
	const [first] = without.violations;
	if (!first) return { name, found, story, complaint: `seed ${found.seed} passes without it; ${howToFind(name)}` };
	return { name, found, story, wrong: brokenLine(first) };
}
