import { ClusterForbidden, ClusterRefused, ClusterUnauthorized, ClusterUnreachable, ConfigurationInvalid } from "../../faults.ts";
import { ScaledClock } from "../../local/clock/scaled-clock.ts";
import type { SimulationClock } from "../../local/clock/simulation-clock.ts";
import type { ContextAsked } from "../arguments.ts";
import type { Show } from "../show/show.ts";
import { confirmOn } from "./confirm.ts";
import { drainContext, showNodes } from "./drain-context.ts";
import { typedBy } from "./typed.ts";

type Surroundings = {
	readonly show: Show;
	readonly interrupted: Promise<void>;
	/** As they were typed. */
	readonly args: readonly string[];
	readonly process: Pick<NodeJS.Process, "env" | "stdin" | "stdout" | "stderr">;
	/** Default: real time. */
	readonly clock?: SimulationClock;
};

/** Drains the node that was asked for, or shows which there are; answers the exit code. */
export async function answerContext(asked: ContextAsked, surroundings: Surroundings): Promise<number> {
	const { show, interrupted, args, process, clock = new ScaledClock(1) } = surroundings;
	const { context, node, kubeconfig } = asked;
	const place = { environment: process.env, ...(kubeconfig !== undefined && { path: kubeconfig }) };
	try {
		if (node === undefined) {
			const nodes = await Promise.race([showNodes(context, place, clock), interrupted]);
			if (nodes === undefined) return 130;
			process.stderr.write(`cannot drain without --node NODE; context ${context} has these nodes:\n${nodes}`);
			return 2;
		}
		const confirm = confirmOn(process.stdin, process.stderr);
		const { tell, frame: onFrame } = show;
		const run = { clock, tell, onFrame, interrupted, confirm, environment: process.env, typed: typedBy(args, asked) };
		return await drainContext({ ...run, asked: { ...asked, node } });
	} catch (fault) {
		const exitCode = exitCodeOf(fault);
		if (exitCode === undefined) throw fault;
		process.stderr.write(`${(fault as Error).message}\n`);
		return exitCode;
	} finally {
		show.end();
	}
}

const ofCluster = [ClusterForbidden, ClusterRefused, ClusterUnauthorized, ClusterUnreachable];

/** Undefined for a defect. */
function exitCodeOf(fault: unknown): number | undefined {
	if (fault instanceof ConfigurationInvalid) return 2;
	return ofCluster.some((known) => fault instanceof known) ? 1 : undefined;
}
