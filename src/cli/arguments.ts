import { parseArgs } from "node:util";
import { nodeName, vmName } from "../events/fields.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { scenarios } from "./scenarios/scenarios.ts";

/** A node of a cluster in the user's kubeconfig. Without `node` there is nothing to drain, only nodes to choose from. */
export type ContextAsked = {
	readonly context: string;
	readonly node?: string;
	/** A file; else where kubectl looks. */
	readonly kubeconfig?: string;
	/** Drain without a question. */
	readonly yes: boolean;
	/** Go on when the drain is held, until it is not. */
	readonly wait: boolean;
	/** VMs, each as `namespace/name`, that may stop or be lost. */
	readonly mayEnd: readonly string[];
	readonly json: boolean;
};

/** What the command line asks for; `wrong`: nothing that can be done, with the possible values. */
export type Asked =
	| { readonly kind: "help" | "list" }
	| { readonly kind: "run"; readonly scenario: Scenario; readonly speed: number; readonly json: boolean }
	| ({ readonly kind: "context" } & ContextAsked)
	| { readonly kind: "wrong"; readonly says: string };

/** At this speed the whole run takes about twenty seconds. */
export const defaultSpeed = 15;
/** Much faster, and a moment on the way between two parts that work would outlast their time-outs. */
const fastest = 200;

const options = {
	scenario: { type: "string" },
	speed: { type: "string" },
	list: { type: "boolean" },
	context: { type: "string" },
	node: { type: "string" },
	kubeconfig: { type: "string" },
	yes: { type: "boolean", short: "y" },
	"may-end": { type: "string", multiple: true },
	"no-wait": { type: "boolean" },
	json: { type: "boolean" },
	help: { type: "boolean", short: "h" },
} as const;

const names = Object.keys(options).map((name) => `--${name}`);
const onlySimulated = ["scenario", "speed", "list"] as const;
const onlyWithContext = ["node", "kubeconfig", "yes", "may-end", "no-wait"] as const;

/** Reads the arguments behind `npm start --`. */
export function readArguments(args: readonly string[]): Asked {
	const read = parse(args);
	if ("says" in read) return { kind: "wrong", says: read.says };
	const { values } = read;
	if (values.help) return { kind: "help" };
	return values.context === undefined ? simulated(values) : inContext({ ...values, context: values.context });
}

type Values = Exclude<ReturnType<typeof parse>, { says: string }>["values"];

function simulated(values: Values): Asked {
	const stray = onlyWithContext.find((name) => values[name] !== undefined);
	if (stray) return { kind: "wrong", says: `cannot use --${stray} alone: it goes with --context CONTEXT --node NODE` };
	if (values.list) return { kind: "list" };
	const { scenario: name = scenarios[0].name, speed: written = String(defaultSpeed), json = false } = values;
	const scenario = scenarios.find((known) => known.name === name);
	if (!scenario) {
		const known = scenarios.map((one) => one.name).join(", ");
		return { kind: "wrong", says: `cannot find the scenario "${name}": choose one of ${known}` };
	}
	const speed = Number(written);
	if (!(speed >= 1 && speed <= fastest)) {
		return { kind: "wrong", says: `cannot run at the speed "${written}": give a number from 1 to ${fastest}` };
	}
	return { kind: "run", scenario, speed, json };
}

function inContext(values: Values & { readonly context: string }): Asked {
	const stray = onlySimulated.find((name) => values[name] !== undefined);
	if (stray) return { kind: "wrong", says: `cannot use --${stray} with --context: it belongs to the simulated cluster` };
	const empty = (["context", "node", "kubeconfig"] as const).find((name) => values[name] === "");
	if (empty) return { kind: "wrong", says: `cannot use an empty --${empty}: name one` };
	const { context, node, kubeconfig, yes = false, json = false, "may-end": mayEnd = [] } = values;
	if (node !== undefined && !nodeName.safeParse(node).success) {
		return { kind: "wrong", says: `cannot read --node "${node}": a node's name has lower-case letters, digits, - and .` };
	}
	const odd = mayEnd.find((vm) => !vmName.safeParse(vm).success);
	if (odd !== undefined) {
		return { kind: "wrong", says: `cannot read --may-end "${odd}": name one VM as NAMESPACE/NAME, without patterns` };
	}
	const asked = { kind: "context", context, yes, json, wait: values["no-wait"] !== true, mayEnd: [...new Set(mayEnd)] } as const;
	return { ...asked, ...(node !== undefined && { node }), ...(kubeconfig !== undefined && { kubeconfig }) };
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({ args: [...args], options });
	} catch (error) {
		const [first = ""] = String((error as Error).message).split(/\.\s|\n/);
		return { says: `cannot read the arguments: ${first}; the options are ${names.join(", ")}` };
	}
}
