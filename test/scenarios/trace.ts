import type { AuditEntry } from "../../src/local/cluster/simulated-cluster.ts";
import type { ExecutionEvent } from "../../src/local/workflow/execution-event.ts";
import type { Clock } from "../../src/ports.ts";

export type Trace = {
	readonly lines: string[];
	add(line: string): void;
	execution(event: ExecutionEvent): void;
	request(entry: AuditEntry): void;
};

/** Everything that happened, a line each, with seconds of virtual time: two runs of one scenario give the same. */
export function traceOf(clock: Clock): Trace {
	const began = clock.now();
	const lines: string[] = [];
	const add = (line: string, at = clock.now()) => void lines.push(`${((at - began) / 1000).toFixed(3)} ${line}`);
	return {
		lines,
		add: (line) => add(line),
		execution: ({ type, state, execution }) => add(`${execution} ${type} ${state}`),
		request: ({ at, user, verb, path, code }) => add(`${user} ${verb} ${path} ${code}`, at),
	};
}
