import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { binariesFolder } from "./cache-folder.ts";
import { obtainBinaries } from "./obtain-binaries.ts";
import { kubernetesPrograms, kubevirtManifests } from "./parts.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "evacuator-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * A go that notes what it is asked, makes the file behind -o, and knows a module with manifests; `onBuild` is shell for what
 * it does before. The real one takes minutes.
 */
function fakeGo(onBuild = ""): Readonly<Record<string, string>> {
	const bin = join(folder, "bin");
	const script = `#!/bin/sh
case $1 in
env) echo go1.26.8 ;;
list) echo ${folder}/module ;;
build) echo "$(basename $PWD) $6 $GOFLAGS" >>${folder}/asked
  mkdir -p $GOCACHE
  ${onBuild}
  echo "#!/bin/sh" >$5; chmod +x $5 ;;
esac
`;
	const manifests = join(folder, "module", "manifests", "generated");
	for (const made of [bin, manifests]) rmSync(made, { recursive: true, force: true });
	const write = (path: string, text: string) => {
		writeFileSync(path, text);
		chmodSync(path, 0o755);
	};
	mkdirSync(bin, { recursive: true });
	mkdirSync(manifests, { recursive: true });
	write(join(bin, "go"), script);
	for (const name of kubevirtManifests) write(join(manifests, name), "kind: ClusterRole\n");
	return { PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: folder };
}

const asked = () => readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
const never = () => new AbortController().signal;

describe("building the control plane", () => {
	it("makes every file from its own go.mod, one after the other, and then keeps nothing else", async () => {
		const env = fakeGo();
		const told: string[] = [];

		const obtained = await obtainBinaries("1.5.1", { env, tell: (line) => told.push(line), signal: never() });

		const flags = "-mod=readonly -trimpath -modcacherw -buildvcs=false";
		expect([obtained.kind, asked(), readdirSync(join(folder, "evacuator"))]).toEqual([
			"ready",
			[
				`etcd-3.6.16 go.etcd.io/etcd/server/v3 ${flags}`,
				`kubernetes-1.35.4 k8s.io/kubernetes/cmd/kube-apiserver ${flags}`,
				`kubernetes-1.35.4 k8s.io/kubernetes/cmd/kube-controller-manager ${flags}`,
				`kubernetes-1.35.4 k8s.io/kubernetes/cmd/kube-scheduler ${flags}`,
				`kubernetes-1.35.4 k8s.io/kubernetes/cmd/kubectl ${flags}`,
				`kubevirt-1.5.1 kubevirt.io/kubevirt/cmd/virt-operator ${flags}`,
				`kubevirt-1.5.1 kubevirt.io/kubevirt/cmd/virt-api ${flags}`,
				`kubevirt-1.5.1 kubevirt.io/kubevirt/cmd/virt-controller ${flags}`,
			],
			["binaries"],
		]);
		expect(told[0]).toMatch(/^building 10 files of the control plane, once for this machine: about /);
		expect(told[1]).toMatch(/^\[1\/10\] etcd of etcd 3\.6\.16 \(about .* left\)$/);
	});

	it("is not done twice, and another KubeVirt adds only its own files", async () => {
		const env = fakeGo();
		await obtainBinaries("1.7.0", { env, tell: () => {}, signal: never() });
		await obtainBinaries("1.7.0", { env, tell: () => {}, signal: never() });
		await obtainBinaries("1.5.1", { env, tell: () => {}, signal: never() });

		expect(asked().map((line) => line.split(" ")[0])).toEqual([
			"etcd-3.6.16",
			...kubernetesPrograms.slice(1).map(() => "kubernetes-1.35.4"),
			...["kubevirt-1.7.0", "kubevirt-1.7.0", "kubevirt-1.7.0", "kubevirt-1.5.1", "kubevirt-1.5.1", "kubevirt-1.5.1"],
		]);
	});

	it("goes on where an interrupted one ended; nothing half done counts, and Go's caches wait for it", async () => {
		const interrupting = new AbortController();
		const slow = fakeGo("case $5 in *kube-apiserver*) echo half >$5; sleep 60 ;; esac");
		const interrupted = obtainBinaries("1.7.0", { env: slow, tell: () => {}, signal: interrupting.signal }).catch(
			(fault: Error) => fault.message,
		);
		while (!existsSync(join(folder, "asked")) || asked().length < 2) await sleep(20);
		interrupting.abort();
		const said = await interrupted;
		const built = binariesFolder(join(folder, "evacuator"));
		const between = [existsSync(join(folder, "evacuator", "go")), existsSync(join(built, "kubernetes-1.35.4", "kube-apiserver"))];

		const again = await obtainBinaries("1.7.0", { env: fakeGo(), tell: () => {}, signal: never() });

		expect([said, between, again.kind, asked().filter((line) => line.startsWith("etcd")).length]).toEqual([
			"cannot build the control plane: interrupted; the next run goes on from here",
			[true, false],
			"ready",
			1,
		]);
	});

	it("that fails says what Go said", async () => {
		const env = fakeGo("echo 'go: downloading x' >&2; echo 'no space left on device' >&2; exit 1");

		await expect(obtainBinaries("1.7.0", { env, tell: () => {}, signal: never() })).rejects.toThrow(
			/^cannot build etcd 3\.6\.16: go build failed:\nno space left on device$/,
		);
	});

	it("waits while another run builds", async () => {
		const env = fakeGo("sleep 0.2");
		const told: string[] = [];
		const first = obtainBinaries("1.7.0", { env, tell: () => {}, signal: never() });
		while (!existsSync(join(folder, "asked"))) await sleep(20);

		await obtainBinaries("1.7.0", { env, tell: (line) => told.push(line), signal: never() });
		await first;

		expect([told, asked().length]).toEqual([["waiting for another run, which is building the control plane"], 8]);
	});
});
