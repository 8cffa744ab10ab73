import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { inWords, secondsFor } from "./estimate.ts";
import { findBinaries } from "./find-binaries.ts";
import { findGo } from "./go-command.ts";
import { obtainBinaries } from "./obtain-binaries.ts";
import { kubernetesPrograms, kubevirtManifests, kubevirtPrograms } from "./parts.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "evacuator-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const forKubevirt = [...kubevirtPrograms, ...kubevirtManifests];

/** A folder with these files, all executable. */
function assets(name: string, files: readonly string[]): string {
	const made = join(folder, name);
	mkdirSync(made, { recursive: true });
	for (const file of files) {
		writeFileSync(join(made, file), "#!/bin/sh\n");
		chmodSync(join(made, file), 0o755);
	}
	return made;
}

const namesOf = (missing: ReturnType<typeof findBinaries>["missing"]) => missing.map(({ product }) => product.file);

describe("the control plane's binaries", () => {
	it("are those of the folders that the environment names, before those in the cache", () => {
		const env = { KUBEBUILDER_ASSETS: assets("k8s", kubernetesPrograms), KUBEVIRT_ASSETS: assets("kv", forKubevirt) };
		assets("built/kubevirt-1.7.0", forKubevirt);

		const { binaries, missing, remarks } = findBinaries("1.7.0", { env, built: join(folder, "built") });

		expect([binaries.kubernetes.etcd, binaries.kubevirt["virt-api"], missing, remarks]).toEqual([
			join(folder, "k8s", "etcd"),
			join(folder, "kv", "virt-api"),
			[],
			[],
		]);
	});

	it("come from the cache, by version, and what it lacks is to be built", () => {
		assets("built/kubevirt-1.5.1", forKubevirt);
		assets("built/kubernetes-1.35.4", ["kube-apiserver"]);

		const built = join(folder, "built");
		const { binaries, missing } = findBinaries("1.5.1", { env: {}, built });

		expect([binaries.kubevirt["virt-operator"], namesOf(missing)]).toEqual([
			join(built, "kubevirt-1.5.1", "virt-operator"),
			["etcd", "kube-controller-manager", "kube-scheduler", "kubectl"],
		]);
		expect(namesOf(findBinaries("1.7.0", { env: {}, built }).missing)).toEqual([
			...["etcd", "kube-controller-manager", "kube-scheduler", "kubectl"],
			...forKubevirt,
		]);
	});

	it("are not mixed: a named folder that lacks some of them is left alone, and that is said", () => {
		const env = { KUBEBUILDER_ASSETS: assets("envtest", ["etcd", "kube-apiserver", "kubectl"]) };

		const { binaries, remarks } = findBinaries("1.7.0", { env, built: join(folder, "built") });

		expect([binaries.kubernetes.etcd, remarks]).toEqual([
			join(folder, "built", "etcd-3.6.16", "etcd"),
			[`KUBEBUILDER_ASSETS=${join(folder, "envtest")} is not used: it lacks kube-controller-manager, kube-scheduler`],
		]);
	});

	it("are refused in one line where there is neither Go nor a folder of them", async () => {
		const env = { PATH: join(folder, "nothing"), XDG_CACHE_HOME: folder };

		const obtained = await obtainBinaries("1.7.0", { env, tell: () => {}, signal: new AbortController().signal });

		expect(obtained).toEqual({
			kind: "refused",
			says: expect.stringMatching(
				/^cannot build the control plane: there is no go command; install Go 1\.26 or newer \(.*\), or point KUBEBUILDER_ASSETS .* and KUBEVIRT_ASSETS .* have them$/,
			),
		});
	});

	it("are not built by a Go that is too old", () => {
		const old = assets("old", []);
		writeFileSync(join(old, "go"), "#!/bin/sh\necho go1.22.3\n");
		chmodSync(join(old, "go"), 0o755);

		expect(findGo({ PATH: `${old}:/usr/bin:/bin` })).toEqual({
			kind: "refused",
			says: expect.stringContaining("the go command is go1.22.3; install Go 1.26 or newer"),
		});
	});

	it("take so long to build", () => {
		const { missing } = findBinaries("1.7.0", { env: {}, built: join(folder, "built") });

		expect([1, 2, 8, 64].map((cores) => inWords(secondsFor(missing, cores)))).toEqual([
			"about 13 minutes",
			"about 6.5 minutes",
			"about 100 seconds",
			"about 100 seconds",
		]);
	});
});
