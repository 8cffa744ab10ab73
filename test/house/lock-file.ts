type Entry = {
	version?: string;
	dev?: boolean;
	optional?: boolean;
	os?: string[];
	cpu?: string[];
	libc?: string[];
	optionalDependencies?: Record<string, string>;
};
export type LockFile = { packages: Record<string, Entry> };
type MissingEntry = { readonly path: string; readonly wantedBy: string; readonly range: string };

const platforms = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "x64", "loong64", "mips64el", "ppc64", "ppc64le", "riscv64", "s390x", "wasm32"];

/** Where npm would look for `name` from the package at `from`, nearest first. */
function* lookUp(from: string, name: string): Generator<string> {
	for (let at = from; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
		yield `${at}/node_modules/${name}`;
		if (!at.includes("/node_modules/")) break;
	}
	yield `node_modules/${name}`;
}

/**
 * Optional dependencies that no entry of the lock file satisfies. npm leaves a platform's package out when the registry
 * it was run against lacks it, and then refuses its own lock file: "Missing: … from lock file".
 */
export function missingEntries(lock: LockFile): MissingEntry[] {
	return Object.entries(lock.packages).flatMap(([from, entry]) =>
		Object.entries(entry.optionalDependencies ?? {})
			.filter(([name]) => ![...lookUp(from, name)].some((path) => lock.packages[path]))
			.map(([name, range]) => ({ path: `node_modules/${name}`, wantedBy: from || "package.json", range })),
	);
}

/** The platform that a package of native code names in its own name, as npm's `os`, `cpu` and `libc` fields. */
function platformOf(name: string): Pick<Entry, "os" | "cpu" | "libc"> {
	const words = name.split(/[/.-]/);
	const os = platforms.find((platform) => words.includes(platform));
	const cpu = processors.find((processor) => words.includes(processor));
	const libc = words.includes("musl") ? "musl" : words.includes("gnu") ? "glibc" : undefined;
	return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) };
}

/** The lock file with an entry for each missing one. Throws on a range, for only the registry could choose from it. */
export function completeLockFile(lock: LockFile): LockFile {
	const packages = { ...lock.packages };
	for (const { path, wantedBy, range } of missingEntries(lock)) {
		if (!/^\d+\.\d+\.\d+[-+.\w]*$/.test(range))
			throw new Error(`cannot complete ${path}: ${wantedBy} asks for the range ${range}`);
		const dev = lock.packages[wantedBy]?.dev;
		packages[path] = { version: range, ...(dev && { dev }), optional: true, ...platformOf(path) };
	}
	const [root, ...rest] = Object.entries(packages);
	return { ...lock, packages: Object.fromEntries([...(root ? [root] : []), ...rest.sort(([a], [b]) => (a < b ? -1 : 1))]) };
}
