import type { Binaries, KubevirtVersion } from "../binaries/parts.ts";
import { type Run, runEnclosed } from "../plane/run-enclosed.ts";

export type TestRun = Run & {
	readonly binaries: Binaries;
	readonly versions: { readonly kubernetes: string; readonly kubevirt: KubevirtVersion };
	readonly lanes: number;
	readonly only?: string;
	readonly json: boolean;
};

/** Plays the scenarios, each control plane its share; gives the worst exit code. */
export async function test(run: TestRun): Promise<number> {
	const { binaries, versions, json, only, tell } = run;
	if (run.ground.kind === "loopback" && run.lanes > 1) tell("one lane only: without network namespaces there is room for one");
	const of = run.ground.kind === "loopback" ? 1 : run.lanes;
	const share = { json, ...(only === undefined ? {} : { only }) };
	const codes = await Promise.all(
		Array.from({ length: of }, (_, index) => {
			const named = of > 1 && !json ? (line: string) => tell(`[lane ${index + 1}] ${line}`) : tell;
			const work = { kind: "test", lane: { index, of }, ...share } as const;
			return runEnclosed({ ...run, tell: named }, { lane: index, task: () => ({ binaries, versions, work }) });
		}),
	);
	return Math.max(...codes);
}
