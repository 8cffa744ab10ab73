import { parseArgs } from "node:util";
import type { Scenario } from "./scenarios/scenario.ts";
import { scenarios } from "./scenarios/scenarios.ts";

/** What the command line asks for; `wrong`: nothing that can be done, with the possible values. */
export type Asked =
	| { readonly kind: "help" | "list" }
	| { readonly kind: "run"; readonly scenario: Scenario; readonly speed: number; readonly json: boolean }
	| { readonly kind: "wrong"; readonly says: string };

/** At this speed the whole run takes about twenty seconds. */
export const defaultSpeed = 15;
/** Much faster, and a moment on the way between two parts that work would outlast their time-outs. */
const fastest = 200;

const options = {
	scenario: { type: "string", default: scenarios[0].name },
	speed: { type: "string", default: String(defaultSpeed) },
	json: { type: "boolean", default: false },
	list: { type: "boolean", default: false },
	help: { type: "boolean", short: "h", default: false },
} as const;

const names = Object.keys(options).map((name) => `--${name}`);

/** Reads the arguments behind `npm start --`. */
export function readArguments(args: readonly string[]): Asked {
	const read = parse(args);
	if ("says" in read) return { kind: "wrong", says: read.says };
	const { values } = read;
	if (values.help) return { kind: "help" };
	if (values.list) return { kind: "list" };
	const scenario = scenarios.find(({ name }) => name === values.scenario);
	if (!scenario) {
		const known = scenarios.map(({ name }) => name).join(", ");
		return { kind: "wrong", says: `cannot find the scenario "${values.scenario}": choose one of ${known}` };
	}
	const speed = Number(values.speed);
	if (!(speed >= 1 && speed <= fastest)) {
		return { kind: "wrong", says: `cannot run at the speed "${values.speed}": give a number from 1 to ${fastest}` };
	}
	return { kind: "run", scenario, speed, json: values.json };
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({ args: [...args], options });
	} catch (error) {
		const [first = ""] = String((error as Error).message).split(/\.\s|\n/);
		return { says: `cannot read the arguments: ${first}; the options are ${names.join(", ")}` };
	}
}
