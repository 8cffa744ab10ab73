import { afterEach, describe, expect, it } from "@jest/globals";
import { ProvokedFaults } from "../../../src/local/cluster/api/provoked-faults.ts";
import { ObjectMissing } from "../../../src/local/cluster/store-errors.ts";
import { eventually, inPhase, type MirrorGround, mirrorGround, node, pod } from "./mirror-ground.ts";

let ground: MirrorGround;
afterEach(() => ground.stop());

const web = () => ground.store.get("pods", "x", "web");
const isSettled = () => ground.mirror.get("pods", "x", "web")?.metadata.resourceVersion === web()?.metadata.resourceVersion;

describe("the picture of an API server", () => {
	it("has the objects of the store, in its order and its indexes, as they come, change and go", async () => {
		ground = await mirrorGround([
			["nodes", node("node1")],
			["pods", pod("a", { labels: { app: "a" } })],
			["pods", pod("b", { spec: { nodeName: "node1" } })],
		]);
		const { store, mirror } = ground;
		store.create("pods", pod("c", { labels: { app: "a" } }));
		store.update("pods", "x", "a", inPhase("Failed"));
		store.remove("pods", "x", "b");
		await eventually(() => mirror.list("pods").length === 2 && mirror.get("pods", "x", "a")?.status?.phase === "Failed");
		expect(mirror.list("pods")).toEqual(store.list("pods"));
		expect(mirror.list("nodes")).toEqual(store.list("nodes"));
		expect(mirror.podsOn("node2")).toEqual(store.podsOn("node2"));
		expect(mirror.labelled("pods", "app", "a")).toEqual(store.labelled("pods", "app", "a"));
		expect(Object.isFrozen(mirror.get("pods", "x", "c")?.spec)).toBe(true);
	});

	it("shows a write at once, and tells of each state once and in order", async () => {
		ground = await mirrorGround([["pods", pod("web")]]);
		const { mirror, told } = ground;
		mirror.update("pods", "x", "web", inPhase("Succeeded"));
		expect(mirror.get("pods", "x", "web")?.status?.phase).toBe("Succeeded");
		expect(told).toEqual(["ADDED web Running", "MODIFIED web Succeeded"]);
		expect(mirror.update("pods", "x", "web", inPhase("Succeeded"))).toBe(mirror.get("pods", "x", "web"));
		await eventually(() => web()?.status?.phase === "Succeeded" && isSettled());
		// The last one is the same state with the version that it got.
		expect(told).toEqual(["ADDED web Running", "MODIFIED web Succeeded", "MODIFIED web Succeeded"]);
	});

	it("tells listeners in order also when one of them writes", async () => {
		ground = await mirrorGround([["pods", pod("web")]]);
		const { mirror } = ground;
		const seen: string[] = [];
		mirror.subscribe(({ object }) => {
			if (object.status?.phase === "Failed") mirror.update("pods", "x", "web", inPhase("Succeeded"));
		});
		mirror.subscribe(({ object }) => seen.push(String(object.status?.phase)));
		mirror.update("pods", "x", "web", inPhase("Failed"));
		expect(seen).toEqual(["Failed", "Succeeded"]);
	});

	it("goes on after a watch that breaks, and tells nothing twice", async () => {
		ground = await mirrorGround([["pods", pod("web")]]);
		const { store, told, mirror } = ground;
		store.create("pods", pod("one"));
		await eventually(() => mirror.get("pods", "x", "one") !== undefined);
		ground.breakWatch();
		store.create("pods", pod("two"));
		await eventually(() => mirror.get("pods", "x", "two") !== undefined);
		expect(told).toEqual(["ADDED web Running", "ADDED one Running", "ADDED two Running"]);
	});

	it("lists again when its version is forgotten, and tells what it missed: gone, new, and another of the same name", async () => {
		ground = await mirrorGround([
			["pods", pod("stays")],
			["pods", pod("goes")],
			["pods", pod("again")],
		]);
		const { store, faults, told, mirror } = ground;
		const before = mirror.get("pods", "x", "again")?.metadata.uid;
		const up = faults.add({ match: ({ path }) => path === "/api/v1/pods", effect: "reset" });
		ground.breakWatch();
		store.remove("pods", "x", "goes");
		store.remove("pods", "x", "again");
		store.create("pods", pod("again", { status: { phase: "Pending" } }));
		store.create("pods", pod("new"));
		store.compact();
		up();
		await eventually(() => mirror.get("pods", "x", "new") !== undefined);
		expect(told.slice(3)).toEqual(["DELETED again Running", "DELETED goes Running", "ADDED again Pending", "ADDED new Running"]);
		expect(mirror.get("pods", "x", "again")?.metadata.uid).not.toBe(before);
		expect(mirror.list("pods").length).toBe(3);
	});

	it("waits for a resource that is not served yet", async () => {
		const faults = new ProvokedFaults();
		const notFound = { status: 404, body: "404 page not found\n" };
		faults.add({ match: ({ path }) => path === "/api/v1/pods", times: 2, effect: notFound });
		ground = await mirrorGround([["pods", pod("web")]], faults);
		expect(ground.requests.filter((line) => line === "GET /api/v1/pods").length).toBe(3);
		expect(ground.mirror.list("pods")).toEqual(ground.store.list("pods"));
		expect(ground.failures).toEqual([]);
	});

	it("says that what it does not show cannot be written", async () => {
		ground = await mirrorGround();
		expect(() => ground.mirror.update("pods", "x", "web", inPhase("Failed"))).toThrow(ObjectMissing);
		expect(() => ground.mirror.remove("pods", "x", "web")).toThrow(ObjectMissing);
	});
});
