import type { Binaries, KubevirtVersion } from "../binaries/parts.ts";
import { type Run, type RunTask, runEnclosed } from "../plane/run-enclosed.ts";
import { scenariosOf } from "../suite/share.ts";
import type { Tally } from "../task.ts";

type TestRun = Run & {
	readonly binaries: Binaries;
	readonly versions: { readonly kubernetes: string; readonly kubevirt: KubevirtVersion };
	readonly lanes: number;
	readonly only?: string;
	readonly audit: boolean;
	readonly json: boolean;
};

/** Plays the scenarios, each control plane its share; gives the worst exit code. */
export async function test(run: TestRun): Promise<number> {
	const { binaries, versions, json, only, audit, tell } = run;
	if (run.ground.kind === "loopback" && run.lanes > 1)
		run.remark("one lane only: without network namespaces there is room for one");
	const most = run.ground.kind === "loopback" ? 1 : run.lanes;
	const of = Math.min(most, scenariosOf(only).length);
	const share = { json, audit, ...(only === undefined ? {} : { only }) };
	const tallies: Tally[] = [];
	const codes = await Promise.all(
		Array.from({ length: of }, (_, index) => {
			const named = of > 1 && !json ? (line: string) => tell(`[lane ${index + 1}] ${line}`) : tell;
			const work = { kind: "test", lane: { index, of }, ...share } as const;
			const hear: RunTask["hear"] = (message) => message.kind === "tally" && tallies.push(message);
			return runEnclosed({ ...run, tell: named }, { lane: index, task: () => ({ binaries, versions, work }), hear });
		}),
	);
	const sum = (what: "passed" | "failed" | "inapplicable") => tallies.reduce((total, tally) => total + tally[what], 0);
	const total = { passed: sum("passed"), failed: sum("failed"), inapplicable: sum("inapplicable") };
	const { passed, failed, inapplicable } = total;
	if (json) tell(JSON.stringify({ kind: "total", kubevirt: versions.kubevirt, ...total }));
	else
		tell(
			`On real Kubernetes ${versions.kubernetes} with KubeVirt ${versions.kubevirt}: ${passed} scenarios passed, ${failed} failed${inapplicable > 0 ? `, ${inapplicable} do not apply` : ""}`,
		);
	return Math.max(...codes);
}

/** Says that nothing is called so, and what there is; undefined when there is something to play. */
export const noneNamed = (only: string | undefined): string | undefined =>
	scenariosOf(only).length > 0
		? undefined
		: [
				`cannot play a scenario whose name contains "${only}": there is none; those there are:`,
				...scenariosOf().map(({ name }) => `  ${name}`),
			].join("\n");
