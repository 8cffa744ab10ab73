import { describe, expect, it } from "@jest/globals";
import { heartbeatsRefused, withBeatsRefused, withBeatTrouble } from "../../src/domain/heartbeats.ts";
import { withBeat } from "../../src/domain/hook-changes.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import { troublesOf } from "../../src/domain/trouble-of.ts";
import { aHook, aLook, aRecord, NOW } from "./builders.ts";

const MINUTE = 60_000;
const why = "AwsRefused: AccessDenied: explicit deny in a service control policy";
const refused = (hooks = ["token-1"], at = NOW) => ({ hooks, why, at });
/** Minutes ago the last heartbeats were all taken. */
const since = (minutes: number, some: Partial<MaintenanceRecord> = {}) =>
	aRecord({ lastBeatAt: NOW - minutes * MINUTE, refusedBeats: refused(), ...some });
const kinds = (record: MaintenanceRecord) => troublesOf(aLook(), record, strictPolicy, NOW).map(({ kind }) => kind);

describe("heartbeats that AWS does not take", () => {
	it("are trouble when half the hook's time-out has passed, with the instant of the lapse, the way out and AWS's words", () => {
		expect(heartbeatsRefused(since(29.9), NOW)).toEqual([]);
		expect(heartbeatsRefused(since(30), NOW)).toEqual([
			{
				kind: "heartbeat-refused",
				about: "drain",
				says: `AWS refuses the heartbeats of hook drain of group workers, and may take the instance from 2026-08-01T12:30:00.000Z on with all that runs on it; send them by hand (aws autoscaling record-lifecycle-action-heartbeat) until the reason is removed: ${why}`,
			},
		]);
	});

	it("are trouble of every drain, of a cancelled one too", () => {
		const cancel = { at: NOW, issuedAt: NOW, requestId: "op-1" };

		expect(kinds(since(30))).toEqual(["heartbeat-refused"]);
		expect(kinds(since(30, { cancel }))).toEqual(["cancel-held", "heartbeat-refused"]);
	});

	it("are that of each hook by its own time-out, and of none that is answered or is taken", () => {
		const hooks = [
			aHook({ hook: "short", token: "token-2", timeoutSeconds: 300 }),
			aHook({ hook: "taken", token: "token-3", timeoutSeconds: 300 }),
			aHook({ hook: "lost", token: "token-4", timeoutSeconds: 300, lostAt: NOW }),
			aHook(),
		];
		const about = (minutes: number) =>
			heartbeatsRefused(since(minutes, { hooks, refusedBeats: refused(["token-1", "token-2", "token-4"]) }), NOW).map(
				(trouble) => trouble.about,
			);

		expect(about(2.4)).toEqual([]);
		expect(about(2.5)).toEqual(["short"]);
		expect(about(30)).toEqual(["short", "drain"]);
	});

	it("count from the first before Hold, which tells nobody for an hour", () => {
		expect(heartbeatsRefused(since(1), NOW, true).map(({ kind }) => kind)).toEqual(["heartbeat-refused"]);
		expect(heartbeatsRefused(aRecord(), NOW, true)).toEqual([]);
	});

	it("are none any more a quarter of an hour after the last: Hold sends some of which nobody writes", () => {
		const asOf = (minutes: number) =>
			heartbeatsRefused(since(60, { refusedBeats: refused(["token-1"], NOW - minutes * MINUTE) }), NOW);

		expect(asOf(14.9)).toHaveLength(1);
		expect(asOf(15)).toEqual([]);
	});

	it("are written down once, again when they are those of other hooks, and every five minutes", () => {
		const first = withBeatsRefused(aRecord(), refused());
		const later = (minutes: number, hooks = ["token-1"]) => withBeatsRefused(first, refused(hooks, NOW + minutes * MINUTE));

		expect(first).toEqual(aRecord({ refusedBeats: refused() }));
		expect(later(4.9)).toBe(first);
		expect(later(5).refusedBeats?.at).toBe(NOW + 5 * MINUTE);
		expect(later(1, ["token-2"]).refusedBeats?.hooks).toEqual(["token-2"]);
		const two = withBeatsRefused(aRecord(), refused(["token-1", "token-2"]));
		expect(withBeatsRefused(two, refused(["token-1", "token-3"], NOW + MINUTE)).refusedBeats?.hooks).toEqual([
			"token-1",
			"token-3",
		]);
		expect(later(1, ["token-1", "token-2"]).refusedBeats?.hooks).toEqual(["token-1", "token-2"]);
		expect(withBeatsRefused(aRecord(), { ...refused(), why: "w".repeat(1_000) }).refusedBeats?.why).toHaveLength(300);
	});

	it("leave the time of the last heartbeats as it is, and are forgotten when all are taken", () => {
		expect(withBeatsRefused(aRecord(), refused()).lastBeatAt).toBe(aRecord().lastBeatAt);
		expect(withBeat(since(30), NOW)).toEqual(aRecord({ lastBeatAt: NOW }));
	});
});

describe("a step that does not look", () => {
	const [refusal] = heartbeatsRefused(since(30), NOW);
	const known = { kind: "no-room", about: "shop/db", says: "VM shop/db stays for now." } as const;

	it("adds what it knows of heartbeats to all other trouble, and takes off what is over", () => {
		const told = withBeatTrouble(since(30, { trouble: [known] }), NOW);

		expect(told.trouble).toEqual([known, refusal]);
		expect(withBeatTrouble(withBeat(told, NOW), NOW).trouble).toEqual([known]);
	});

	it("writes nothing where that is known, in whatever place", () => {
		const told = refusal ? since(30, { trouble: [refusal, known] }) : since(30);
		const quiet = aRecord({ trouble: [known] });

		expect(withBeatTrouble(told, NOW)).toBe(told);
		expect(withBeatTrouble(quiet, NOW)).toBe(quiet);
	});
});
