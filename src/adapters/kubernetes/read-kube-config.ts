import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { ConfigurationInvalid } from "../../faults.ts";

export type KubeConfigPlace = {
	/** A file that somebody named; nothing else is looked at then. */
	readonly path?: string;
	/** KUBECONFIG, HOME. */
	readonly environment: Readonly<Record<string, string | undefined>>;
};

/**
 * The kubeconfig with this context as its current one, found as kubectl finds it: the named file, else the files of
 * KUBECONFIG, of which missing ones are passed over, else ~/.kube/config. Throws ConfigurationInvalid that says where it
 * looked, or which contexts there are.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#the-kubeconfig-environment-variable
 */
export function readKubeConfig(context: string, place: KubeConfigPlace): KubeConfig {
	const kubeConfig = merged(filesOf(place));
	const contexts = kubeConfig.getContexts().map(({ name }) => name);
	if (!contexts.includes(context)) {
		const known = contexts.length === 0 ? "it has none" : `it has ${contexts.join(", ")}`;
		throw new ConfigurationInvalid(`cannot find the context ${JSON.stringify(context)} in the kubeconfig: ${known}`);
	}
	kubeConfig.setCurrentContext(context);
	return kubeConfig;
}

function filesOf({ path, environment }: KubeConfigPlace): readonly string[] {
	if (path !== undefined) {
		if (existsSync(path)) return [path];
		throw new ConfigurationInvalid(`cannot find the kubeconfig ${path}: name a file that is there`);
	}
	const listed = (environment.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
	const looked = listed.length > 0 ? listed : [join(environment.HOME ?? homedir(), ".kube", "config")];
	const found = looked.filter((file) => existsSync(file));
	if (found.length > 0) return found;
	const where = listed.length > 0 ? `KUBECONFIG names ${listed.join(", ")}` : `KUBECONFIG is not set, and no ${looked.join()}`;
	throw new ConfigurationInvalid(`cannot find a kubeconfig: ${where}; set KUBECONFIG or give --kubeconfig PATH`);
}

/** The first file that names a thing has the say, as with kubectl; client-node's own merge throws. */
function merged(files: readonly string[]): KubeConfig {
	const all = files.map(readOne);
	const kubeConfig = new KubeConfig();
	kubeConfig.loadFromOptions({
		clusters: firstOfEachName(all.flatMap(({ clusters }) => clusters)),
		users: firstOfEachName(all.flatMap(({ users }) => users)),
		contexts: firstOfEachName(all.flatMap(({ contexts }) => contexts)),
	});
	return kubeConfig;
}

function readOne(file: string): KubeConfig {
	const one = new KubeConfig();
	try {
		one.loadFromFile(file);
		return one;
	} catch (cause) {
		throw new ConfigurationInvalid(`cannot read the kubeconfig ${file}: ${(cause as Error).message}`, { cause });
	}
}

const firstOfEachName = <T extends { readonly name: string }>(things: readonly T[]): readonly T[] =>
	things.filter(({ name }, index) => things.findIndex((other) => other.name === name) === index);
