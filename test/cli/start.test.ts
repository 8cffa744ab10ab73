import { describe, expect, it } from "@jest/globals";
import { kindsOfEvents } from "../../src/cli/demo-event.ts";
import { type Line, linesOf, runStart } from "./run-start.ts";

/** Fast, and slow enough for a busy machine. */
const speed = ["--speed", "60"];
const options =
	"the options are --scenario, --speed, --list, --context, --node, --kubeconfig, --yes, --may-end, --no-wait, --json, --help";
const minutes = (count: number) => count * 60_000;
const indexOf = (lines: readonly Line[], kind: string): number => lines.findIndex((line) => line.kind === kind);

describe("npm start", () => {
	it(
		"drains the node and ends with the proof, the completed hook and exit code 0",
		async () => {
			const { code, stdout, stderr } = await runStart([...speed, "--json"]);
			const lines = linesOf(stdout);
			const known = kindsOfEvents.map(([kind]) => kind as string);
			expect(lines.filter(({ kind }) => !known.includes(kind))).toEqual([]);
			const order = ["begin", "message", "fates", "eviction", "migration began", "proof", "marked", "hook completed", "result"];
			const positions = order.map((kind) => indexOf(lines, kind));
			expect(positions).toEqual(positions.toSorted((a, b) => a - b));
			expect(positions).not.toContain(-1);
			const proof = lines.find(({ kind }) => kind === "proof")?.rules as { readonly rule: string; readonly holds: boolean }[];
			expect(proof.map(({ rule, holds }) => `${rule} ${holds}`)).toEqual(
				["S1", "S2", "S3", "S4", "S5", "S6", "S7"].map((rule) => `${rule} true`), //
			);
			expect(lines.at(-1)).toMatchObject({ kind: "result", outcome: "released", exitCode: 0, because: [] });
			expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		},
		minutes(3),
	);

	it(
		"tells the fate of every VM before the node is touched, and each comes true",
		async () => {
			const { stdout } = await runStart([...speed, "--json"]);
			const lines = linesOf(stdout);
			const states = lines.filter(({ kind }) => kind === "state");
			expect(indexOf(lines, "fates")).toBeLessThan(lines.indexOf(states.find(({ state }) => state === "Cordon") as Line));
			const rows = lines[indexOf(lines, "fates")]?.vms as { readonly vm: string; readonly fate: string }[];
			const named = (fate: string) => rows.filter((row) => row.fate === fate).map(({ vm }) => vm);
			const told = (kind: string) => lines.filter((line) => line.kind === kind).map(({ vm }) => vm as string);
			expect(rows).toHaveLength(12);
			expect(told("migration ended").toSorted()).toEqual(named("migrates"));
			expect(told("vm ended").toSorted()).toEqual(
				[...named("restarts elsewhere"), ...named("is replaced"), ...named("stops"), ...named("is lost")].toSorted(),
			);
			expect(told("vm started")).toEqual(expect.arrayContaining(named("restarts elsewhere")));
		},
		minutes(3),
	);

	it(
		"holds a node whose VM cannot migrate, and says why, the way out, and exit code 1",
		async () => {
			const { code, stdout } = await runStart([...speed, "--scenario", "blocked"]);
			expect(code).toBe(1);
			expect(stdout).toContain("Hold: i-0f3c9a1b2d4e5f607 is NOT safe to terminate\n");
			expect(stdout.replaceAll(/\s+/g, " ")).toContain(
				"Why, and the way out: VM shop/ledger will not leave: eviction strategy LiveMigrate, but it cannot migrate: " +
					"DisksNotLiveMigratable: cannot migrate VMI: PVC ledger-data is not shared, live migration requires that all PVCs " +
					"must be shared (using ReadWriteMany access mode); change that, or stop the VM.",
			);
			expect(stdout).not.toContain("\u001b");
			expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
		},
		minutes(3),
	);

	it(
		"ends cleanly when it is interrupted",
		async () => {
			const { code, stdout, stderr } = await runStart([...speed, "--json"], { until: '"migration began"' });
			expect(linesOf(stdout).at(-1)).toMatchObject({ kind: "result", outcome: "interrupted", exitCode: 130 });
			expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
		},
		minutes(3),
	);

	it("lists the scenarios", async () => {
		expect(await runStart(["--list"])).toEqual({
			code: 0,
			stdout:
				"demo     twelve VMs, none of which blocks, and the pods beside them leave a node (default)\n" +
				"blocked  a LiveMigrate VM whose disk cannot migrate: the instance is held, exit 1\n",
			stderr: "",
		});
	});

	it("explains every option, every exit code and every kind of JSON line", async () => {
		const { code, stdout } = await runStart(["--help"]);
		expect(code).toBe(0);
		for (const [kind] of kindsOfEvents) expect(stdout).toContain(`\n  ${kind} `);
		for (const option of [...options.matchAll(/--[a-z-]+/g)].map(([option]) => option))
			expect(stdout).toContain(`\n  ${option} `);
	});

	it.each([
		[["--scenario", "x"], 'cannot find the scenario "x": choose one of demo, blocked\n'],
		[["--speed", "0"], 'cannot run at the speed "0": give a number from 1 to 200\n'],
		[["--speed", "fast"], 'cannot run at the speed "fast": give a number from 1 to 200\n'],
		[["--fast"], `cannot read the arguments: Unknown option '--fast'; ${options}\n`],
		[["demo"], `cannot read the arguments: Unexpected argument 'demo'; ${options}\n`],
	])("refuses %j with the possible values", async (args, stderr) => {
		expect(await runStart(args)).toEqual({ code: 2, stdout: "", stderr });
	});
});
