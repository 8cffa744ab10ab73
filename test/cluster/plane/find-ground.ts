import { spawnSync } from "node:child_process";
import { PLANE_ADDRESSES } from "./kubevirt-addresses.ts";

/** Where a control plane can have addresses beside 127.0.0.1. */
export type Ground =
	/** In namespaces of its own, behind this command. */
	| { readonly kind: "namespace"; readonly command: readonly string[] }
	/** On this machine's own `lo`, to which root adds them. */
	| { readonly kind: "loopback" }
	/** Nowhere: one line that says what is missing. */
	| { readonly kind: "refused"; readonly says: string };

/** How a command ended. */
export type Ran = { readonly code: number | null; readonly stderr: string; readonly absent: boolean };

export type Machine = {
	readonly platform: string;
	readonly root: boolean;
	run(command: string, args: readonly string[]): Ran;
};

const NAMESPACES = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** Namespaces where the kernel allows them, else root, else why not. */
export function findGround(machine: Machine = thisMachine): Ground {
	const refused = (why: string): Ground => ({
		kind: "refused",
		says: `cannot give the control plane addresses of its own: ${why}`,
	});
	if (machine.platform !== "linux")
		return refused(`it takes Linux's network namespaces, and this is ${machine.platform}; run it on Linux`);
	if (machine.run("ip", ["-V"]).absent) return refused("the command ip is not there; install iproute2");
	const tries = [...(machine.root ? [NAMESPACES] : []), ["--map-root-user", ...NAMESPACES]];
	let said = "";
	for (const args of tries) {
		const { code, stderr, absent } = machine.run("unshare", [...args, "ip", "link", "set", "lo", "up"]);
		if (code === 0) return { kind: "namespace", command: ["unshare", ...args] };
		said ||= absent
			? "the command unshare is not there; install util-linux"
			: stderr.trim().split("\n")[0] || `unshare ended with ${code}`;
	}
	if (machine.root)
		return mayAddAddresses(machine) ? { kind: "loopback" } : refused(`${said}; and root may not add addresses to lo here`);
	return refused(
		`${said}; and you are not root. Allow user namespaces (sysctl user.max_user_namespaces, on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0), or run it as root`,
	);
}

/** Asks by an address that is already there: then nothing changes, and the answer is another one than "not permitted". */
function mayAddAddresses({ run }: Machine): boolean {
	const { code, stderr } = run("ip", ["addr", "add", "127.0.0.1/8", "dev", "lo"]);
	return code === 0 || /File exists|already assigned/.test(stderr);
}

/** Runs the commands here. */
export const thisMachine: Machine = {
	platform: process.platform,
	root: process.getuid?.() === 0,
	run(command, args) {
		const { status, stderr, error } = spawnSync(command, [...args], { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
		return { code: status, stderr: stderr ?? "", absent: (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT" };
	},
};

/** Inside namespaces of our own: brings `lo` up, with the plane's addresses. */
export function furnishNamespace({ run }: Machine = thisMachine): void {
	const commands = [
		["link", "set", "lo", "up"],
		...PLANE_ADDRESSES.map((address) => ["addr", "add", `${address}/32`, "dev", "lo"]),
	];
	for (const args of commands) {
		const { code, stderr } = run("ip", args);
		if (code !== 0) throw new Error(`cannot furnish the network namespace: ip ${args.join(" ")}: ${stderr.trim()}`);
	}
}
