// The plugin of Stryker that says on stderr how far it is, so that stdout holds the verdict alone.
import type { MutantResult } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import type { MutationTestingPlanReadyEvent, Reporter } from "@stryker-mutator/api/report";

const EVERY_MS = 5_000;

class Progress implements Reporter {
	#planned = 0;
	#tested = 0;
	#alive = 0;
	#saidAt = performance.now();

	onMutationTestingPlanReady({ mutantPlans }: MutationTestingPlanReadyEvent): void {
		this.#planned = mutantPlans.length;
		console.error(`${this.#planned} mutants`);
	}

	onMutantTested({ status }: Readonly<MutantResult>): void {
		this.#tested++;
		if (status === "Survived" || status === "NoCoverage") this.#alive++;
		if (performance.now() - this.#saidAt < EVERY_MS) return;
		this.#saidAt = performance.now();
		console.error(`${this.#tested} of ${this.#planned} tested, ${this.#alive} survived`);
	}
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, "progress-on-stderr", Progress)];
