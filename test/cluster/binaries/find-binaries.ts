import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import {
	type Binaries,
	folderOf,
	type KubevirtVersion,
	kubernetesPrograms,
	kubevirtManifests,
	kubevirtPrograms,
	type Part,
	type Product,
	partsOf,
} from "./parts.ts";

/** One thing that has to be built or copied yet. */
export type Missing = { readonly part: Part; readonly product: Product };

/** Where every file is or will be, what is not there yet, and what was wrong with folders that were named. */
type Search = {
	readonly binaries: Binaries;
	readonly missing: readonly Missing[];
	/** Sentences about folders that are not used. */
	readonly remarks: readonly string[];
};

type Places = {
	/** `KUBEBUILDER_ASSETS`, `KUBEVIRT_ASSETS`. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The folder of built programs. */
	readonly built: string;
};

type Files = Readonly<Record<string, string>>;

/** Looks in the folders that the environment names, then among the built. A folder counts when it has everything. */
export function findBinaries(kubevirt: KubevirtVersion, { env, built }: Places): Search {
	const [etcd, kubernetes, virt] = partsOf(kubevirt);
	const forKubernetes = search("KUBEBUILDER_ASSETS", kubernetesPrograms, env, built, [etcd, kubernetes]);
	const forKubevirt = search("KUBEVIRT_ASSETS", [...kubevirtPrograms, ...kubevirtManifests], env, built, [virt]);
	return {
		binaries: {
			kubernetes: forKubernetes.files as Binaries["kubernetes"],
			kubevirt: forKubevirt.files as Binaries["kubevirt"],
		},
		missing: [...forKubernetes.missing, ...forKubevirt.missing],
		remarks: [...forKubernetes.remarks, ...forKubevirt.remarks],
	};
}

function search(
	variable: string,
	names: readonly string[],
	env: Places["env"],
	built: string,
	parts: readonly Part[],
): { readonly files: Files; readonly missing: readonly Missing[]; readonly remarks: readonly string[] } {
	const named = env[variable] ?? "";
	const lacks = named === "" ? names : names.filter((name) => !isUsable(join(named, name)));
	if (lacks.length === 0)
		return { files: Object.fromEntries(names.map((name) => [name, join(named, name)])), missing: [], remarks: [] };
	const products = parts.flatMap((part) => part.products.map((product) => ({ part, product })));
	const place = ({ part, product }: Missing) => join(built, folderOf(part), product.file);
	return {
		files: Object.fromEntries(products.map((each) => [each.product.file, place(each)])),
		missing: products.filter((each) => !isUsable(place(each))),
		remarks: named === "" ? [] : [`${variable}=${named} is not used: it lacks ${lacks.join(", ")}`],
	};
}

/** Programs can be run, manifests read. */
function isUsable(path: string): boolean {
	try {
		accessSync(path, path.includes(".yaml") ? constants.R_OK : constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
