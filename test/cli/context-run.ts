import type { Answer } from "../../src/cli/context/confirm.ts";
import { drainContext } from "../../src/cli/context/drain-context.ts";
import { typedBy } from "../../src/cli/context/typed.ts";
import type { DemoEvent } from "../../src/cli/demo-event.ts";
import type { KubeConfigGround } from "./kubeconfig-ground.ts";

type ContextRun = {
	readonly context?: string;
	readonly node?: string;
	readonly answer?: Answer;
	readonly mayEnd?: readonly string[];
	/** Hears everything that is told, as it is told. */
	readonly hear?: (event: DemoEvent) => void;
};

/** Drains a node of the ground in this process, on the ground's own clock. */
export async function runInContext(ground: KubeConfigGround, run: ContextRun = {}) {
	const { context = "here", node = "node1", answer = "yes", mayEnd = [], hear = () => {} } = run;
	const { kubeconfig, clock } = ground;
	const told: DemoEvent[] = [];
	const questions: string[] = [];
	const code = await drainContext({
		clock,
		asked: { context, node, kubeconfig, yes: false, wait: true, json: false, mayEnd },
		environment: {},
		typed: typedBy(["--context", context, "--node", node], { context }),
		confirm: async (question) => {
			questions.push(question);
			return answer;
		},
		interrupted: new Promise(() => {}),
		tell: (event) => {
			told.push(event);
			hear(event);
		},
		onFrame: () => {},
	});
	return { code, told, questions };
}

type Kind = DemoEvent["kind"];

/** Those of one kind. */
export const ofKind = <K extends Kind>(told: readonly DemoEvent[], kind: K) =>
	told.filter((event): event is DemoEvent & { readonly kind: K } => event.kind === kind);
