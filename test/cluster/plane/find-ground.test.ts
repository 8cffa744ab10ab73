import { describe, expect, it } from "@jest/globals";
import { findGround, type Machine, type Ran } from "./find-ground.ts";

const namespaces = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
const fine: Ran = { code: 0, stderr: "", absent: false };
const absent: Ran = { code: null, stderr: "", absent: true };
const forbidden: Ran = { code: 1, stderr: "unshare: unshare failed: Operation not permitted\n", absent: false };

/** A machine on which the first command line that begins so ends so, and every other one well. */
function machine(root: boolean, answers: Readonly<Record<string, Ran>>, platform = "linux"): Machine {
	const find = (line: string) => Object.entries(answers).find(([start]) => line.startsWith(start))?.[1] ?? fine;
	return { platform, root, run: (command, args) => find([command, ...args].join(" ")) };
}

describe("the ground for a control plane", () => {
	it("is a set of namespaces of root's own, where the kernel allows them", () => {
		expect(findGround(machine(true, {}))).toEqual({ kind: "namespace", command: ["unshare", ...namespaces] });
	});

	it("is a user namespace for everybody else", () => {
		expect(findGround(machine(false, {}))).toEqual({ kind: "namespace", command: ["unshare", "--map-root-user", ...namespaces] });
	});

	it("is a user namespace for a root that may make no other", () => {
		expect(findGround(machine(true, { "unshare --net": forbidden }))).toEqual({
			kind: "namespace",
			command: ["unshare", "--map-root-user", ...namespaces],
		});
	});

	it("is this machine's lo for a root that may make no namespace at all", () => {
		const exists: Ran = { code: 2, stderr: "RTNETLINK answers: File exists\n", absent: false };
		expect(findGround(machine(true, { unshare: forbidden, "ip addr": exists }))).toEqual({ kind: "loopback" });
	});

	it.each([
		[
			"on another system",
			machine(false, {}, "darwin"),
			"it takes Linux's network namespaces, and this is darwin; run it on Linux",
		],
		["without ip", machine(true, { ip: absent }), "the command ip is not there; install iproute2"],
		[
			"without unshare",
			machine(false, { unshare: absent }),
			"the command unshare is not there; install util-linux; and you are not root. Allow user namespaces (sysctl user.max_user_namespaces, on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0), or run it as root",
		],
		[
			"where neither namespaces nor addresses are allowed",
			machine(true, {
				unshare: forbidden,
				"ip addr": { code: 2, stderr: "RTNETLINK answers: Operation not permitted\n", absent: false },
			}),
			"unshare: unshare failed: Operation not permitted; and root may not add addresses to lo here",
		],
	])("is refused in one line %s", (_, where, why) => {
		expect(findGround(where)).toEqual({ kind: "refused", says: `cannot give the control plane addresses of its own: ${why}` });
	});
});
