import type { Expression } from "./intrinsic.ts";
import { type Path, type ReferencePath, readPath, type Scope } from "./path.ts";

type Selected = { readonly InputPath?: Path | null | undefined; readonly OutputPath?: Path | null | undefined };
type Combined = { readonly ResultSelector?: Expression | undefined; readonly ResultPath?: ReferencePath | null | undefined };

/** The scope below InputPath; null gives an empty object. */
export function selectInput(state: Selected, scope: Scope): Scope {
	return { ...scope, input: select(state.InputPath, scope, "InputPath") };
}

/** A state's output when it has no result of its own. */
export function selectOutput(state: Selected, scope: Scope): unknown {
	return select(state.OutputPath, scope, "OutputPath");
}

/** A state's output: the result, selected, put into the raw input, and selected again. */
export function combineResult(state: Selected & Combined, result: unknown, raw: Scope): unknown {
	const selected = state.ResultSelector ? state.ResultSelector({ ...raw, input: result }) : result;
	return selectOutput(state, { ...raw, input: putResult(state.ResultPath, raw.input, selected) });
}

/** Where ResultPath puts a result: absent replaces the input, null keeps it. */
export function putResult(path: ReferencePath | null | undefined, input: unknown, result: unknown): unknown {
	if (path === null) return input;
	return path === undefined ? result : path.put(input, result);
}

function select(path: Path | null | undefined, scope: Scope, field: string): unknown {
	if (path === null) return {};
	return path === undefined ? scope.input : readPath(path, scope, field);
}
