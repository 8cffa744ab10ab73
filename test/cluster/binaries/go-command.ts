import { execFileSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";

/** The user's Go, or what stands in its way: one line with the way out. */
type Go = { readonly kind: "found" } | { readonly kind: "refused"; readonly says: string };

const NEEDED = { major: 1, minor: 26 };
const WAYS_OUT =
	"or point KUBEBUILDER_ASSETS (etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl) and KUBEVIRT_ASSETS " +
	"(virt-operator, virt-api, virt-controller, kv-resource.yaml, rbac-operator.authorization.k8s.yaml.in) at folders that have them";

/** Whether `go` can build the control plane; `env` has its PATH. */
export function findGo(env: Env): Go {
	const version = versionOf(env);
	const needed = `Go ${NEEDED.major}.${NEEDED.minor} or newer`;
	const refused = (why: string): Go => ({
		kind: "refused",
		says: `cannot build the control plane: ${why}; install ${needed} (https://go.dev/dl/), ${WAYS_OUT}`,
	});
	if (version === undefined) return refused("there is no go command");
	const [, major = 0, minor = 0] = /go(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
	if (major > NEEDED.major || (major === NEEDED.major && minor >= NEEDED.minor)) return { kind: "found" };
	return refused(`the go command is ${version}`);
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The user's own settings of Go (`go env -w`) count, but what it counts about itself goes into our cache folder: it would
 * leave files in the user's configuration otherwise. https://go.dev/doc/telemetry
 */
export function goEnvironment(env: Env): Env {
	const { HOME = homedir(), XDG_CONFIG_HOME = join(HOME, ".config"), GOENV = join(XDG_CONFIG_HOME, "go", "env") } = env;
	return { ...env, GOENV, XDG_CONFIG_HOME: join(cacheFolder(env), "go", "config"), GOTOOLCHAIN: "local" };
}

/** `go1.26.8`; undefined without Go. */
function versionOf(env: Env): string | undefined {
	try {
		const stdio = ["ignore", "pipe", "ignore"] as const;
		return execFileSync("go", ["env", "GOVERSION"], { env: goEnvironment(env), stdio: [...stdio] })
			.toString()
			.trim();
	} catch {
		return undefined;
	}
}
