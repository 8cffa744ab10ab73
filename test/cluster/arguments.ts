import { totalmem } from "node:os";
import { parseArgs } from "node:util";
import { KUBEVIRT_VERSIONS, type KubevirtVersion } from "./binaries/parts.ts";

/** What the command line asks for; `wrong`: nothing that can be done, with the possible values. */
export type Asked =
	| { readonly kind: "help"; readonly command: Command }
	| { readonly kind: "wrong"; readonly says: string }
	| { readonly kind: "build"; readonly kubevirt: KubevirtVersion; readonly json: boolean }
	| { readonly kind: "up"; readonly kubevirt: KubevirtVersion }
	| {
			readonly kind: "test";
			readonly kubevirt: KubevirtVersion;
			/** Control planes side by side, each with its share of the scenarios. */
			readonly lanes: number;
			/** Text that a scenario's name contains. */
			readonly only?: string;
			/** Whether `kubectl drain` empties the same nodes as well. */
			readonly audit: boolean;
			readonly json: boolean;
	  };

/** `npm run test:cluster` and `npm run cluster`. */
type Command = "test" | "up";

const MOST_LANES = 8;
const USUAL_LANES = 4;
/** A lane takes 2 GB; the rest of the machine is somebody else's. */
const BYTES_A_LANE = 4 * 2 ** 30;

/** How many control planes side by side a machine with so much memory bears. */
export const usualLanes = (memoryBytes: number): number =>
	Math.max(1, Math.min(USUAL_LANES, Math.floor(memoryBytes / BYTES_A_LANE)));

const forBoth = {
	kubevirt: { type: "string", default: KUBEVIRT_VERSIONS[0] },
	help: { type: "boolean", short: "h", default: false },
} as const;
const forTest = {
	...forBoth,
	lanes: { type: "string" },
	only: { type: "string" },
	audit: { type: "boolean", default: false },
	"build-only": { type: "boolean", default: false },
	json: { type: "boolean", default: false },
} as const;

/** Reads the command (the npm script gives it) and the arguments behind `--`. */
export function readArguments([command, ...args]: readonly string[]): Asked {
	if (command === "up") return readUp(args);
	if (command === "test") return readTest(args);
	return wrong(`cannot run "${command ?? ""}": the commands are npm run test:cluster and npm run cluster`);
}

function readUp(args: readonly string[]): Asked {
	try {
		const { values } = parseArgs({ args: [...args], options: forBoth });
		if (values.help) return { kind: "help", command: "up" };
		const kubevirt = versionOf(values.kubevirt);
		return kubevirt === undefined ? unknownVersion(values.kubevirt) : { kind: "up", kubevirt };
	} catch (error) {
		return unreadable(error, forBoth);
	}
}

function readTest(args: readonly string[]): Asked {
	try {
		const { values } = parseArgs({ args: [...args], options: forTest });
		const { help, json, only, audit } = values;
		if (help) return { kind: "help", command: "test" };
		const kubevirt = versionOf(values.kubevirt);
		if (kubevirt === undefined) return unknownVersion(values.kubevirt);
		if (values["build-only"]) return { kind: "build", kubevirt, json };
		const lanes = values.lanes === undefined ? usualLanes(totalmem()) : Number(values.lanes);
		if (!(Number.isInteger(lanes) && lanes >= 1 && lanes <= MOST_LANES)) {
			return wrong(`cannot run ${values.lanes} lanes: give a whole number from 1 to ${MOST_LANES}`);
		}
		return { kind: "test", kubevirt, lanes, audit, json, ...(only === undefined ? {} : { only }) };
	} catch (error) {
		return unreadable(error, forTest);
	}
}

function versionOf(asked: string): KubevirtVersion | undefined {
	return KUBEVIRT_VERSIONS.find((version) => version === asked);
}

function unknownVersion(asked: string): Asked {
	return wrong(`cannot run KubeVirt "${asked}": choose one of ${KUBEVIRT_VERSIONS.join(", ")}`);
}

function unreadable(error: unknown, options: object): Asked {
	const [first = ""] = String((error as Error).message).split(/\.\s|\n/);
	const names = Object.keys(options).map((name) => `--${name}`);
	return wrong(`cannot read the arguments: ${first}; the options are ${names.join(", ")}`);
}

function wrong(says: string): Asked {
	return { kind: "wrong", says };
}

/** What `--help` prints. */
export function helpOf(command: Command): string {
	const versions = `  --kubevirt V  ${KUBEVIRT_VERSIONS.join(" or ")} (default ${KUBEVIRT_VERSIONS[0]})\n`;
	const grounds = `It needs Linux, about 1.7 GB of memory, and Go 1.26 for the first run (about 7 minutes on two cores, 1 GB kept in
the user's cache folder), or KUBEBUILDER_ASSETS and KUBEVIRT_ASSETS pointing at built programs.
`;
	if (command === "up") {
		return `Brings up a real control plane (etcd, Kubernetes, KubeVirt) with three nodes and a few VMs, prints its
kubeconfig, and leaves it up until Ctrl-C. Kubelets, virt-handlers and guests are stood in for.

npm run cluster -- [OPTIONS]

${versions}  --help        this text

${grounds}
Exit code: 0 ended by Ctrl-C, 1 something broke, 2 wrong arguments or something is missing.
`;
	}
	return `Runs the scenarios on a real control plane: etcd, Kubernetes and KubeVirt as processes of their own.
Kubelets, virt-handlers and guests are stood in for. Nothing but the cache folder is left behind.

npm run test:cluster -- [OPTIONS]

${versions}  --lanes N     so many control planes side by side, 1 to ${MOST_LANES} (default: as memory allows, ${USUAL_LANES} at most; 2 GB each)
  --only TEXT   the scenarios whose name contains this
  --audit       \`kubectl drain\` empties the same nodes as well, where it can: requests beside each other
  --build-only  builds what is missing, and ends
  --json        one JSON object per line instead of text
  --help        this text

${grounds}
Exit code: 0 passed, 1 failed, 2 wrong arguments or something is missing, 130 interrupted.
`;
}
