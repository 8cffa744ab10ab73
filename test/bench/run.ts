// Run by `npm run bench`: what a drain costs, and what many at once cost.
import { verdictOf, verdictOfCrowds } from "./bounds.ts";
import { type CrowdFigures, drainCrowd } from "./crowd.ts";
import { drainFleet, type FleetFigures } from "./fleet.ts";
import { type BenchOptions, readOptions, usage } from "./options.ts";
import { otherDrainers, recordedOn } from "./other-drainers.ts";
import { pageOfCrowds, pageOfDrain, pageOfFleets, pageOfOthers } from "./page.ts";

const DEFAULT_HOOK_SECONDS = 3_600;
const SHORT_HOOK_SECONDS = 300;

async function bench({ clusters, nodes, json }: BenchOptions): Promise<number> {
	const show = (text: string): void => {
		if (!json) console.log(text);
	};
	const single: FleetFigures[] = [];
	for (const hookSeconds of [DEFAULT_HOOK_SECONDS, SHORT_HOOK_SECONDS]) {
		const fleet = await drainFleet(1, hookSeconds);
		single.push(fleet);
		show(pageOfDrain(fleet));
	}
	show(pageOfOthers(single));
	const fleets: FleetFigures[] = [];
	for (const count of clusters) fleets.push(await drainFleet(count, DEFAULT_HOOK_SECONDS));
	show(pageOfFleets(fleets));
	const crowds: CrowdFigures[] = [];
	for (const count of nodes) crowds.push(await drainCrowd(count));
	show(pageOfCrowds(crowds));
	const wrong = [...[...single, ...fleets].flatMap(verdictOf), ...verdictOfCrowds(crowds)];
	if (json) console.log(JSON.stringify({ single, fleets, crowds, others: { recordedOn, otherDrainers }, wrong }, null, "\t"));
	for (const says of wrong) console.error(`FAIL  ${says}`);
	if (wrong.length > 0) return 1;
	show("Every drain is completed, none twice, every VM is alive elsewhere, and no bound is exceeded.");
	return 0;
}

async function main(): Promise<number> {
	let options: BenchOptions;
	try {
		options = readOptions(process.argv.slice(2));
	} catch (error) {
		console.error(`${(error as Error).message}\n\n${usage}`);
		return 2;
	}
	if (options.help) {
		console.log(usage);
		return 0;
	}
	try {
		return await bench(options);
	} catch (error) {
		console.error(error instanceof Error ? error.message : String(error));
		return 1;
	}
}

process.exitCode = await main();
