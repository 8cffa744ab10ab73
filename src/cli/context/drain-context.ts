import type { KubeConfigPlace } from "../../adapters/kubernetes/read-kube-config.ts";
import { nameOf } from "../../domain/namespaced-name.ts";
import { ConfigurationInvalid } from "../../faults.ts";
import type { SimulationClock } from "../../local/clock/simulation-clock.ts";
import type { ContextOutcome, ToType } from "../demo-event.ts";
import { createNarrator, type Narrator } from "../narrator.ts";
import type { ContextEnd, ContextOptions } from "./context-run.ts";
import { backIntoService } from "./left-behind.ts";
import { nodesShown } from "./nodes-shown.ts";
import { requirePermissions } from "./permissions.ts";
import { type Prospect, prospectOf } from "./prospect.ts";
import { kubernetesVersion, type Reach, reachContext } from "./reach.ts";
import { runDrain } from "./run-drain.ts";

const exitCodes: Readonly<Record<ContextOutcome, number>> = { safe: 0, held: 1, failed: 1, declined: 2, interrupted: 130 };

/** The nodes of a context's cluster to choose from, each with its VMs. */
export async function showNodes(context: string, place: KubeConfigPlace, clock: SimulationClock): Promise<string> {
	return clock.thread(async () => nodesShown((await reachContext(context, place, clock)).api));
}

/**
 * Shows what would become of everything on the node, asks, and drains it. Answers the exit code. Throws ConfigurationInvalid
 * for what the user can name otherwise, and a cluster's fault while nothing is touched yet.
 */
export async function drainContext(options: ContextOptions): Promise<number> {
	const { asked, clock, environment } = options;
	const narrator = createNarrator(options);
	const place = { environment, ...(asked.kubeconfig !== undefined && { path: asked.kubeconfig }) };
	try {
		return await clock.thread(async () => {
			const reach = await reachContext(asked.context, place, clock);
			const began = clock.now();
			const { outcome, because, toType, evictions } = await seeAndDrain(reach, narrator, options);
			const exitCode = exitCodes[outcome];
			const figures = { seconds: Math.round((clock.now() - began) / 1000), requests: reach.requests(), evictions };
			const { context, node } = asked;
			narrator.end({ kind: "end", outcome, exitCode, context, node, because, toType, figures });
			return exitCode;
		});
	} finally {
		narrator.end();
	}
}

const untouched = (outcome: ContextOutcome, because: readonly string[], toType: readonly ToType[] = []): ContextEnd => ({
	outcome,
	because,
	toType,
	evictions: 0,
});

async function seeAndDrain(reach: Reach, narrator: Narrator, options: ContextOptions): Promise<ContextEnd> {
	const { clock, interrupted, asked, typed } = options;
	const stop = interrupted.then(() => "interrupted" as const);
	const prospect = await clock.rest(Promise.race([clock.thread(() => lookAhead(reach, narrator, options)), stop]));
	if (prospect === "interrupted") return untouched("interrupted", ["Nothing was touched."]);
	const answer = await clock.rest(Promise.race([confirmed(prospect, options), stop]));
	if (answer === "interrupted") return untouched("interrupted", ["Nothing was touched."]);
	if (answer === "no") return untouched("declined", ["Nothing was touched."]);
	if (answer === "cannot ask") {
		const because = ["Nothing was touched: the question needs a terminal."];
		return untouched("declined", because, [{ says: "To drain it without the question", command: `${typed.again} --yes` }]);
	}
	await requirePermissions(reach.api, asked.context);
	const end = await runDrain(prospect, reach, narrator, options);
	if (end.outcome !== "safe") return end;
	return { ...end, toType: backIntoService("It stays cordoned. To take it back into service instead", asked.node, typed) };
}

/** Tells where this is and what would become of everything on the node; only reads. */
async function lookAhead({ api, server, cluster }: Reach, { tell }: Narrator, options: ContextOptions): Promise<Prospect> {
	const { asked, clock } = options;
	const { context, node: name, mayEnd } = asked;
	const kubernetes = (await kubernetesVersion(api)) ?? "unknown";
	const look = await cluster.look({ name, uid: "", providerId: "" }, "survey");
	const kubevirt = look.surroundings?.kubevirt?.version ?? "not installed";
	if (!look.node) {
		const names = look.surroundings?.nodes.map((node) => node.name) ?? [];
		throw new ConfigurationInvalid(`cannot find the node ${name} in context ${context}: it has ${names.join(", ") || "none"}`);
	}
	tell({ kind: "context", context, server, node: name, kubernetes, kubevirt, mayEnd });
	const prospect = prospectOf(look, look.node, context, mayEnd, clock.now());
	for (const telling of prospect.tellings) tell(telling);
	// No fault: when the same command is typed again, such a VM may have ended as it was allowed to.
	const absent = mayEnd.filter((vm) => !look.vmis.some((vmi) => nameOf(vmi) === vm));
	if (absent.length > 0) tell({ kind: "note", says: `--may-end names VMs that do not run: ${absent.join(", ")}.` });
	return prospect;
}

async function confirmed({ cordoned }: Prospect, { asked, confirm }: ContextOptions) {
	if (asked.yes) return "yes";
	const doing = cordoned === "by us" ? "Go on draining" : "Drain";
	return confirm(`${doing} node ${asked.node} of context ${asked.context}? [y/N] `);
}
