/** Paths of Kubernetes' programs. */
export type KubernetesBinaries = Readonly<Record<KubernetesProgram, string>>;
export type KubernetesProgram = (typeof kubernetesPrograms)[number];
export const kubernetesPrograms = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"] as const;

/** Paths of KubeVirt's programs, and of the two manifests of its operator. */
export type KubevirtBinaries = Readonly<Record<KubevirtProgram | KubevirtManifest, string>>;
export type KubevirtProgram = (typeof kubevirtPrograms)[number];
export const kubevirtPrograms = ["virt-operator", "virt-api", "virt-controller"] as const;
type KubevirtManifest = (typeof kubevirtManifests)[number];
export const kubevirtManifests = ["kv-resource.yaml", "rbac-operator.authorization.k8s.yaml.in"] as const;

/** Everything that a control plane is started from. */
export type Binaries = { readonly kubernetes: KubernetesBinaries; readonly kubevirt: KubevirtBinaries };

/** The versions that a go.mod pins; of KubeVirt the first is the usual one. */
const ETCD_VERSION = "3.6.16";
const KUBERNETES_VERSION = "1.35.4";
export const KUBEVIRT_VERSIONS = ["1.7.0", "1.5.1"] as const;
export type KubevirtVersion = (typeof KUBEVIRT_VERSIONS)[number];

/** Something that one `go build` makes, or one copy out of a module. */
export type Product = {
	readonly file: string;
	/** Go package of a program. */
	readonly build?: string;
	/** Path in the module of the part's first package. */
	readonly copy?: string;
	/** Of a first build on two cores, in the order of this page: later ones find the packages that they share. */
	readonly seconds: number;
};

/** What one pinned go.mod gives. Its folder here and in the cache is called `<name>-<version>`. */
export type Part = {
	readonly name: "etcd" | "kubernetes" | "kubevirt";
	readonly version: string;
	/** The module whose release it is. */
	readonly module: string;
	readonly ldflags: string;
	readonly products: readonly Product[];
};

const STRIPPED = "-s -w";

const etcd: Part = {
	name: "etcd",
	version: ETCD_VERSION,
	module: "go.etcd.io/etcd/server/v3",
	ldflags: STRIPPED,
	products: [{ file: "etcd", build: "go.etcd.io/etcd/server/v3", seconds: 24 }],
};

const kubernetes: Part = {
	name: "kubernetes",
	version: KUBERNETES_VERSION,
	module: "k8s.io/kubernetes",
	ldflags: [STRIPPED, ...versionFlags(KUBERNETES_VERSION)].join(" "),
	products: [
		{ file: "kube-apiserver", build: "k8s.io/kubernetes/cmd/kube-apiserver", seconds: 174 },
		{ file: "kube-controller-manager", build: "k8s.io/kubernetes/cmd/kube-controller-manager", seconds: 48 },
		{ file: "kube-scheduler", build: "k8s.io/kubernetes/cmd/kube-scheduler", seconds: 8 },
		{ file: "kubectl", build: "k8s.io/kubernetes/cmd/kubectl", seconds: 16 },
	],
};

/** The parts of a control plane with this KubeVirt, in the order in which they are built. */
export function partsOf(kubevirt: KubevirtVersion): readonly [etcd: Part, kubernetes: Part, kubevirt: Part] {
	const module = "kubevirt.io/kubevirt";
	return [
		etcd,
		kubernetes,
		{
			name: "kubevirt",
			version: kubevirt,
			module,
			ldflags: STRIPPED,
			products: [
				{ file: "virt-operator", build: `${module}/cmd/virt-operator`, seconds: kubevirt === "1.7.0" ? 90 : 75 },
				{ file: "virt-api", build: `${module}/cmd/virt-api`, seconds: 16 },
				{ file: "virt-controller", build: `${module}/cmd/virt-controller`, seconds: 16 },
				...kubevirtManifests.map((file) => ({ file, copy: `manifests/generated/${file}`, seconds: 0 })),
			],
		},
	];
}

/** Where a part is, here and in the cache. */
export function folderOf({ name, version }: Part): string {
	return `${name}-${version}`;
}

/** Without them the API server says v0.0.0-master, and clients of it refuse what they think it is too old for. */
function versionFlags(version: string): string[] {
	const [major, minor] = version.split(".");
	const set = (variable: string, value: string | undefined) => `-X ${variable}=${value}`;
	return [
		set("k8s.io/component-base/version.gitVersion", `v${version}`),
		set("k8s.io/component-base/version.gitMajor", major),
		set("k8s.io/component-base/version.gitMinor", minor),
		set("k8s.io/client-go/pkg/version.gitVersion", `v${version}`),
	];
}
