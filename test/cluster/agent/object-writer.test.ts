import { afterEach, describe, expect, it } from "@jest/globals";
import { vmi } from "../../local/api/api-ground.ts";
import { eventually, inPhase, labelled, type MirrorGround, mirrorGround, node, pod } from "./mirror-ground.ts";

let ground: MirrorGround;
afterEach(() => ground.stop());

const web = () => ground.store.get("pods", "x", "web");
const isWrite = (line: string): boolean => !line.startsWith("GET");

describe("what is written to the picture of an API server", () => {
	it("goes to the object and to its status, each in one request", async () => {
		ground = await mirrorGround([["pods", pod("web")]]);
		ground.mirror.update("pods", "x", "web", (draft) => {
			labelled("tier", "front")(draft);
			inPhase("Failed")(draft);
		});
		await eventually(() => web()?.status?.phase === "Failed");
		expect(web()?.metadata.labels).toEqual({ tier: "front" });
		expect(ground.requests.filter(isWrite)).toEqual([
			"PATCH /api/v1/namespaces/x/pods/web",
			"PATCH /api/v1/namespaces/x/pods/web/status",
		]);
	});

	it("goes as the whole object, in the handler's name, for VMIs, which have no status of their own", async () => {
		ground = await mirrorGround([["virtualmachineinstances", vmi("vm", {})]]);
		const { mirror, store, requests } = ground;
		mirror.update("virtualmachineinstances", "x", "vm", inPhase("Running"));
		await eventually(() => store.get("virtualmachineinstances", "x", "vm")?.status?.phase === "Running");
		expect(requests.filter(isWrite)).toEqual(["PUT /apis/kubevirt.io/v1/namespaces/x/virtualmachineinstances/vm"]);
	});

	it("is made again on what somebody else wrote meanwhile", async () => {
		ground = await mirrorGround([["pods", pod("web", { labels: { of: "theirs" } })]]);
		const { mirror, store, faults } = ground;
		const before = () => store.update("pods", "x", "web", labelled("by", "them"));
		faults.add({ match: ({ method }) => method === "PATCH", times: 1, effect: { before } });
		mirror.update("pods", "x", "web", labelled("and", "ours"));
		await eventually(() => web()?.metadata.labels?.and === "ours");
		expect(web()?.metadata.labels).toEqual({ of: "theirs", by: "them", and: "ours" });
		expect(ground.failures).toEqual([]);
	});

	it("is not lost when it comes while the write before it is under way", async () => {
		ground = await mirrorGround([["virtualmachineinstances", vmi("vm", {})]]);
		const { mirror, store, faults } = ground;
		const write = (name: string) => mirror.update("virtualmachineinstances", "x", "vm", labelled(name, "yes"));
		faults.add({ match: ({ method }) => method === "PUT", times: 1, effect: { after: () => write("second") } });
		write("first");
		const stored = () => store.get("virtualmachineinstances", "x", "vm");
		await eventually(() => stored()?.metadata.labels?.second === "yes");
		expect(stored()?.metadata.labels).toEqual({ first: "yes", second: "yes" });
	});

	it("waits for an API server that does not answer", async () => {
		ground = await mirrorGround([["pods", pod("web")]]);
		const { mirror, faults, failures } = ground;
		faults.add({ match: ({ method }) => method === "PATCH", times: 3, effect: "reset" });
		mirror.update("pods", "x", "web", inPhase("Failed"));
		await eventually(() => web()?.status?.phase === "Failed");
		expect(failures).toEqual(Array(3).fill("writing pods x/web: cannot reach cluster simulated: read ECONNRESET"));
	});

	it("is given up when it is refused again and again, and the picture shows the truth again", async () => {
		ground = await mirrorGround([["pods", pod("web")]]);
		const { mirror, faults, failures } = ground;
		const message = "pods is forbidden";
		const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", reason: "Forbidden", message, code: 403 };
		faults.add({ match: ({ method }) => method === "PATCH", effect: { status: 403, body } });
		mirror.update("pods", "x", "web", inPhase("Failed"));
		await eventually(() => mirror.get("pods", "x", "web")?.status?.phase === "Running");
		expect(failures).toEqual(Array(8).fill("writing pods x/web: pods is forbidden (403)"));
	});

	it("is dropped with an object that goes", async () => {
		ground = await mirrorGround([["pods", pod("web")]]);
		const { mirror, store, faults, told } = ground;
		faults.add({
			match: ({ method }) => method === "PATCH",
			times: 1,
			effect: { before: () => store.remove("pods", "x", "web") },
		});
		mirror.update("pods", "x", "web", inPhase("Failed"));
		await eventually(() => mirror.get("pods", "x", "web") === undefined);
		expect(told.at(-1)).toMatch(/^DELETED web/);
		expect(ground.failures).toEqual([]);
	});

	it("comes before the deletion that follows it, which names this very object and is asked for once", async () => {
		ground = await mirrorGround([["pods", pod("web")]]);
		const { mirror, requests, told } = ground;
		mirror.update("pods", "x", "web", inPhase("Succeeded"));
		mirror.remove("pods", "x", "web");
		mirror.remove("pods", "x", "web");
		await eventually(() => mirror.get("pods", "x", "web") === undefined);
		expect(requests.filter(isWrite)).toEqual([
			"PATCH /api/v1/namespaces/x/pods/web/status",
			"DELETE /api/v1/namespaces/x/pods/web",
		]);
		expect(told.at(-1)).toBe("DELETED web Succeeded");
	});

	it("makes new objects, which are in the picture when the API server has them", async () => {
		ground = await mirrorGround([["nodes", node("node2")]]);
		const { mirror, store } = ground;
		const made = mirror.create("pods", pod("web"));
		expect(made.metadata).toMatchObject({ name: "web", namespace: "x", uid: "" });
		expect(mirror.get("pods", "x", "web")).toBeUndefined();
		await eventually(() => mirror.get("pods", "x", "web") !== undefined);
		expect(mirror.list("pods")).toEqual(store.list("pods"));
	});
});
