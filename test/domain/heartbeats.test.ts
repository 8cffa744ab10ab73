import { describe, expect, it } from "@jest/globals";
import { withBeatsRefused } from "../../src/domain/heartbeats.ts";
import { withBeat } from "../../src/domain/record-changes.ts";
import { aRecord, NOW } from "./builders.ts";

const MINUTE = 60_000;
const why = "AwsRefused: AccessDenied: explicit deny in a service control policy";
const refused = (hooks = ["token-1"], at = NOW) => ({ hooks, why, at });

describe("heartbeats that AWS does not take", () => {
	it("are written down once, again when they are those of other hooks, and every five minutes", () => {
		const first = withBeatsRefused(aRecord(), refused());
		const later = (minutes: number, hooks = ["token-1"]) => withBeatsRefused(first, refused(hooks, NOW + minutes * MINUTE));

		expect(first).toEqual(aRecord({ refusedBeats: refused() }));
		expect(later(4.9)).toBe(first);
		expect(later(5).refusedBeats?.at).toBe(NOW + 5 * MINUTE);
		expect(later(1, ["token-2"]).refusedBeats?.hooks).toEqual(["token-2"]);
		expect(later(1, ["token-1", "token-2"]).refusedBeats?.hooks).toEqual(["token-1", "token-2"]);
		expect(withBeatsRefused(aRecord(), { ...refused(), why: "w".repeat(1_000) }).refusedBeats?.why).toHaveLength(300);
	});

	it("leave the time of the last heartbeats as it is, and are forgotten when all are taken", () => {
		expect(withBeatsRefused(aRecord(), refused()).lastBeatAt).toBe(aRecord().lastBeatAt);
		expect(withBeat(aRecord({ refusedBeats: refused() }), NOW)).toEqual(aRecord({ lastBeatAt: NOW }));
	});
});
