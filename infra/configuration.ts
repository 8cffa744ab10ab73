import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Environment, environmentSchema } from "../lambdas/environment.ts";

/** What a deployment says of its surroundings; `infra/example.config.json` shows one. */
export type Configuration = {
	/** Twelve digits. */
	readonly account: string;
	readonly region: string;
	readonly clusters: Environment["EVACUATOR_CLUSTERS"];
	readonly hookNames: Environment["EVACUATOR_HOOKS"];
	readonly policy: Environment["EVACUATOR_POLICY"];
	/** Auto Scaling groups that get a hook from the stack. */
	readonly groups?: readonly string[];
	/** Where the functions run, when the clusters' endpoints are private. */
	readonly vpc?: {
		readonly id: string;
		readonly availabilityZones: readonly string[];
		readonly privateSubnetIds: readonly string[];
	};
};

const isText = (value: unknown) => typeof value === "string" && value !== "";
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isVpc = (value: unknown) => {
	const { id, availabilityZones, privateSubnetIds } = (value ?? {}) as Record<string, unknown>;
	return isText(id) && isTexts(availabilityZones) && isTexts(privateSubnetIds);
};

/** The functions read these three from their environment, so that their own schema decides. */
const asFunctionsRead = (name: "EVACUATOR_CLUSTERS" | "EVACUATOR_HOOKS" | "EVACUATOR_POLICY") => (value: unknown) => {
	const read = environmentSchema.shape[name].safeParse(JSON.stringify(value ?? null));
	return read.error?.issues.map(({ path, message }) => `${path.map((step) => `.${String(step)}`).join("")}: ${message}`) ?? [];
};
const unless = (holds: (value: unknown) => boolean, wanted: string) => (value: unknown) =>
	holds(value) ? [] : [`: give ${wanted}`];
const orAbsent = (holds: (value: unknown) => boolean) => (value: unknown) => value === undefined || holds(value);

/** What is wrong with each key's value, as the rest of a sentence that the key begins. */
const problems: Readonly<Record<keyof Configuration, (value: unknown) => readonly string[]>> = {
	account: unless(
		(value) => typeof value === "string" && /^\d{12}$/.test(value),
		"the twelve digits of the AWS account, as a string",
	),
	region: unless((value) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(String(value)), "the AWS region, such as eu-central-1"),
	clusters: asFunctionsRead("EVACUATOR_CLUSTERS"),
	hookNames: asFunctionsRead("EVACUATOR_HOOKS"),
	policy: asFunctionsRead("EVACUATOR_POLICY"),
	groups: unless(orAbsent(isTexts), "a list of names of Auto Scaling groups, or leave it out"),
	vpc: unless(orAbsent(isVpc), "id, availabilityZones and privateSubnetIds, or leave it out"),
};

/** The configuration in a file. Throws an error that names the file and everything that is wrong in it. */
export function readConfiguration(path: string | undefined): Configuration {
	if (!path) {
		throw new Error(
			"cannot build the stack without a configuration: name its file with `-c config=<file>`, see infra/example.config.json",
		);
	}
	const file = resolve(path);
	const value = parse(file);
	const unknown = Object.keys(value).filter((key) => !(key in problems));
	const wrong = Object.entries(problems).flatMap(([key, of]) => of(value[key]).map((problem) => `${key}${problem}`));
	const all = [
		...wrong,
		...unknown.map((key) => `${key}: there is no such key; the keys are ${Object.keys(problems).join(", ")}`),
	];
	if (all.length > 0) throw new Error(`cannot use the configuration ${file}:\n${all.map((one) => `  ${one}`).join("\n")}`);
	return value as Configuration;
}

function parse(file: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(readFileSync(file, "utf8"));
		if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	} catch (cause) {
		throw new Error(`cannot read the configuration ${file}: ${(cause as Error).message}`, { cause });
	}
	throw new Error(`cannot use the configuration ${file}: it holds no JSON object`);
}
