// The plugin of Stryker that runs the tests of test/domain: without jest, in the one process, thousands of tests a second.
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
	type DryRunResult,
	DryRunStatus,
	determineHitLimitReached,
	type MutantRunOptions,
	type MutantRunResult,
	MutantRunStatus,
	type TestResult,
	type TestRunner,
	TestStatus,
} from "@stryker-mutator/api/test-runner";
import { type CollectedTest, collectTests } from "./collected-tests.ts";
import { freshModulesBelow } from "./fresh-modules.ts";

const TESTS = "test/domain/**/*.test.ts";
const STAND_INS = { "@jest/globals": new URL("./collected-tests.ts", import.meta.url).href };

/** What Stryker and the source with mutants in it share. The source keeps the object, so only its fields may change. */
const switches: InstrumenterContext = {};
Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: switches });

class DomainTestRunner implements TestRunner {
	readonly #modules = freshModulesBelow(process.cwd(), STAND_INS);
	/** Loaded while no mutant was active. */
	#tests: readonly CollectedTest[] = [];

	capabilities() {
		return { reloadEnvironment: true };
	}

	async init(): Promise<void> {
		this.#tests = await this.#loadTests();
	}

	async dryRun(): Promise<DryRunResult> {
		const tests: TestResult[] = [];
		for (const test of this.#tests) {
			switches.currentTestId = test.id;
			tests.push(await resultOf(test));
		}
		delete switches.currentTestId;
		const { mutantCoverage } = switches;
		return { status: DryRunStatus.Complete, tests, ...(mutantCoverage && { mutantCoverage }) };
	}

	async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
		const { activeMutant, mutantActivation, hitLimit, testFilter } = options;
		Object.assign(switches, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
		try {
			const tests = mutantActivation === "static" ? await this.#loadTests() : this.#tests;
			const chosen = testFilter ? tests.filter(({ id }) => testFilter.includes(id)) : tests;
			return await runUntilKilled(chosen, hitLimit);
		} catch (error) {
			return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: `does not load: ${error}`, nrOfTests: 0 };
		} finally {
			Object.assign(switches, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
		}
	}

	#loadTests(): Promise<readonly CollectedTest[]> {
		this.#modules.startOver();
		return collectTests(globSync(TESTS).toSorted(), (path) => this.#modules.load(resolve(path)));
	}
}

async function runUntilKilled(tests: readonly CollectedTest[], hitLimit: number | undefined): Promise<MutantRunResult> {
	for (const [index, test] of tests.entries()) {
		const result = await resultOf(test);
		if (determineHitLimitReached(switches.hitCount, hitLimit)) return { status: MutantRunStatus.Timeout };
		if (result.status !== TestStatus.Failed) continue;
		const { id, failureMessage } = result;
		return { status: MutantRunStatus.Killed, killedBy: [id], failureMessage, nrOfTests: index + 1 };
	}
	return { status: MutantRunStatus.Survived, nrOfTests: tests.length };
}

async function resultOf({ id, fileName, run }: CollectedTest): Promise<TestResult> {
	const began = performance.now();
	const result = (): Omit<TestResult, "status"> => ({ id, name: id, fileName, timeSpentMs: performance.now() - began });
	try {
		await run();
		return { ...result(), status: TestStatus.Success };
	} catch (error) {
		return { ...result(), status: TestStatus.Failed, failureMessage: String(error) };
	}
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "domain", DomainTestRunner)];
