import { describe, expect, it } from "@jest/globals";
import { readArguments } from "../../src/cli/arguments.ts";
import { kubectlLine, typedBy } from "../../src/cli/context/typed.ts";

describe("the arguments of a run in a context", () => {
	it("name a node and what may end, and wait by default", () => {
		const args = ["--context", "prod", "--node", "n1", "--may-end", "shop/a", "--may-end", "lab/b", "--may-end", "shop/a"];
		expect(readArguments(args)).toEqual({
			kind: "context",
			context: "prod",
			node: "n1",
			yes: false,
			json: false,
			wait: true,
			mayEnd: ["shop/a", "lab/b"],
		});
		expect(readArguments(["--context", "prod", "--kubeconfig", "k", "-y", "--json", "--no-wait"])).toEqual({
			kind: "context",
			context: "prod",
			kubeconfig: "k",
			yes: true,
			json: true,
			wait: false,
			mayEnd: [],
		});
	});

	it.each([
		[["--node", "n1"], "cannot use --node alone: it goes with --context CONTEXT --node NODE"],
		[["--yes"], "cannot use --yes alone: it goes with --context CONTEXT --node NODE"],
		[["--context", "c", "--speed", "2"], "cannot use --speed with --context: it belongs to the simulated cluster"],
		[["--context", ""], "cannot use an empty --context: name one"],
		[
			["--context", "c", "--node", "node/n1"],
			'cannot read --node "node/n1": a node\'s name has lower-case letters, digits, - and .',
		],
		[["--context", "c", "--may-end", "lab/*"], 'cannot read --may-end "lab/*": name one VM as NAMESPACE/NAME, without patterns'],
	])("are refused as %j", (args, says) => {
		expect(readArguments(args)).toEqual({ kind: "wrong", says });
	});

	it("come back as a shell takes them", () => {
		const context = "default/api-okd:6443/kube:admin";
		const typed = typedBy(["--context", context, "--node", "n1", "--kubeconfig", "my files/it's"], {
			context,
			kubeconfig: "my files/it's",
		});
		expect(typed.again).toBe(`npm start -- --context ${context} --node n1 --kubeconfig 'my files/it'\\''s'`);
		expect(kubectlLine(typed, ["uncordon", "n1"])).toBe(
			`kubectl --kubeconfig 'my files/it'\\''s' --context ${context} uncordon n1`,
		);
	});
});
