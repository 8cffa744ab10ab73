import { describe, expect, it } from "@jest/globals";
import { chooseShow } from "../../src/cli/show/choose-show.ts";
import { fatesLines } from "../../src/cli/show/fates-lines.ts";
import { liveShow } from "../../src/cli/show/live-show.ts";
import { coloured, plain } from "../../src/cli/show/paint.ts";
import { plainShow } from "../../src/cli/show/plain-show.ts";
import { drain, fates } from "./events.ts";
import { Screen } from "./screen.ts";

const inLines = (text: string): readonly string[] => text.split("\n");

/** The whole drain on a terminal of this size; the second is the screen just before the proof. */
function onTerminal(rows: number, paint = plain) {
	const screen = new Screen();
	const written: string[] = [];
	const write = (text: string) => {
		written.push(text);
		screen.write(text);
	};
	const show = liveShow({ write, paint, size: () => ({ columns: 80, rows }) });
	let before = "";
	for (const event of drain) {
		if (event.kind === "proof") before = screen.text();
		show.tell(event);
		show.frame(event.at + 5_000);
	}
	const hiddenAtTheEnd = screen.cursorHidden;
	show.end();
	return { screen, before, written, hiddenAtTheEnd };
}

describe("the table of fates", () => {
	it("says what becomes of every VM and pod, and why where the strategy alone does not say it", () => {
		expect(fatesLines(fates, 80, plain)).toEqual([
			"",
			"  VM           strategy               owner    fate",
			"  shop/web     LiveMigrate            VM       migrates",
			"  shop/cache   LiveMigrateIfPossible  VM       restarts elsewhere",
			"               cannot migrate (CPUModeLiveMigratable: host-passthrough); its",
			"               VirtualMachine has run strategy Always",
			"  lab/scratch  None                   nothing  is lost",
			"               nothing owns it, so nothing starts it again; the written policy",
			"               lets it end",
			"",
			"  Pods that stay with the node and do not count: kube-system/aws-node",
			"  Pods that restart elsewhere: shop/api ×2",
			"",
			"  At most 6 min 30 s if no migration fails: 1 VM to migrate, 2 at a time, 2 VMs",
			"  to shut down.",
			"",
		]);
	});
});

describe("plain lines", () => {
	it("tell everything once, in order, in 80 columns and without escape sequences", () => {
		let text = "";
		const show = plainShow((more) => {
			text += more;
		});
		for (const event of drain) show.tell(event);
		const lines = inLines(text);
		expect(lines.slice(lines.indexOf("+00:50  Evict"))).toEqual([
			"+00:50  Evict",
			"+01:00  shop/web: KubeVirt refuses the eviction (429), so it will migrate",
			"          This refusal is the success: KubeVirt's webhook keeps the VM running",
			"          and marks it, and KubeVirt then migrates it. Had it been accepted, the",
			"          VM would be shut down.",
			"+01:10  shop/cache: eviction accepted, its guest is asked to shut down",
			"+01:20  Heartbeat: hook evacuator lets AWS wait 5 min more",
			"+01:30  shop/web: migrates to ip-10-0-2-31",
			"+01:40  shop/cache: has shut down on ip-10-0-1-23 (eviction)",
			"+01:50  pod shop/api-7-a: has left",
			"+02:00  lab/scratch: has shut down on ip-10-0-1-23 (eviction)",
			"+02:10  shop/cache: runs on ip-10-0-2-31",
			"+02:20  shop/web: has moved to ip-10-0-2-31, still running",
			"+02:30  pod shop/api-7-b: has left",
			"+02:40  Release",
			"+02:50  Release has looked twice, and both looks prove that nothing is left:",
			"          S1 holds: The Node is still this very one, and it is cordoned.",
			"+03:00  Hook evacuator answered: CONTINUE (completed)",
			"",
			"10 s here, 3 min there: 1 heartbeat, 40 requests to the API server, 5 of them",
			"for evictions.",
			"",
			"i-0f3c9a1b2d4e5f607 safe to terminate",
			"",
		]);
		expect(lines.filter((line) => line.length > 80)).toEqual([]);
		expect(text).not.toContain("\u001b");
	});
});

describe("the live display", () => {
	it("redraws one block in place while the node drains", () => {
		const { before } = onTerminal(30);
		const lines = inLines(before);
		expect(lines.slice(lines.findIndex((line) => line.startsWith("Release")))).toEqual([
			"Release: 3 of 3 VMs and 2 of 2 pods are off the node",
			"Hook evacuator: AWS waits 3 min 35 s more for a heartbeat; 1 sent",
			"",
			"  shop/web     moved to ip-10-0-2-31, never stopped",
			"  shop/cache   runs again, on ip-10-0-2-31",
			"  lab/scratch  has ended, as the policy allows",
			"",
		]);
		expect(lines.filter((line) => /VMs and \d of \d pods are off the node/.test(line))).toHaveLength(1);
	});

	it("leaves the last block, the proof and the verdict behind, and the cursor as it was", () => {
		const { screen, hiddenAtTheEnd } = onTerminal(30);
		const lines = inLines(screen.text());
		expect(lines.slice(lines.findIndex((line) => line.startsWith("Release:")))).toEqual([
			"Release: 3 of 3 VMs and 2 of 2 pods are off the node",
			"Hook evacuator: AWS waits 3 min 30 s more for a heartbeat; 1 sent",
			"",
			"  shop/web     moved to ip-10-0-2-31, never stopped",
			"  shop/cache   runs again, on ip-10-0-2-31",
			"  lab/scratch  has ended, as the policy allows",
			"",
			"+02:50  Release has looked twice, and both looks prove that nothing is left:",
			"          S1 holds: The Node is still this very one, and it is cordoned.",
			"+03:00  Hook evacuator answered: CONTINUE (completed)",
			"",
			"10 s here, 3 min there: 1 heartbeat, 40 requests to the API server, 5 of them",
			"for evictions.",
			"",
			"i-0f3c9a1b2d4e5f607 safe to terminate",
			"",
		]);
		expect({ hiddenAtTheEnd, hiddenAfterwards: screen.cursorHidden }).toEqual({ hiddenAtTheEnd: true, hiddenAfterwards: false });
	});

	it("shows the same with colours, and never more lines than the terminal has", () => {
		expect(onTerminal(30, coloured).screen.text()).toBe(onTerminal(30).screen.text());
		const small = onTerminal(6).before.split("\n");
		const block = small.slice(small.findIndex((line) => line.startsWith("Release:")));
		expect(block.length).toBeLessThanOrEqual(6);
	});
});

describe("which display", () => {
	const output = (isTTY: boolean) => {
		const written: string[] = [];
		return { isTTY, columns: 80, rows: 30, written, write: (text: string) => written.push(text) };
	};
	const textOf = (isTTY: boolean, environment: Record<string, string>, json = false): string => {
		const out = output(isTTY);
		const show = chooseShow(out, environment, json);
		for (const event of drain) show.tell(event);
		show.end();
		return out.written.join("");
	};
	const colour = "\u001b[32m";
	const cursor = "\u001b[?25l";

	it("is live and in colours on a terminal, without colours where NO_COLOR is set, and plain everywhere else", () => {
		const has = (text: string) => ({ colours: text.includes(colour), redraws: text.includes(cursor) });
		expect(has(textOf(true, {}))).toEqual({ colours: true, redraws: true });
		expect(has(textOf(true, { NO_COLOR: "1" }))).toEqual({ colours: false, redraws: true });
		expect(has(textOf(true, { TERM: "dumb" }))).toEqual({ colours: false, redraws: false });
		expect(has(textOf(false, {}))).toEqual({ colours: false, redraws: false });
		expect(has(textOf(true, {}, true))).toEqual({ colours: false, redraws: false });
	});
});
