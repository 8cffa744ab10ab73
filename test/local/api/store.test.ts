import { describe, expect, it } from "@jest/globals";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { type Change, Store } from "../../../src/local/cluster/store.ts";
import { node, pod, vmi } from "./api-ground.ts";

const made = (name?: string) => new Store(new VirtualClock(), name);

const shown = ({ type, object }: Change): string => `${type} ${object.metadata.name}@${object.metadata.resourceVersion}`;

describe("the store", () => {
	it("gives the same uids, names and versions each time, and other uids to another cluster", () => {
		const run = (name?: string) => {
			const store = made(name);
			const first = store.create("nodes", node("n1"));
			const second = store.create("pods", { ...pod("ignored"), metadata: { generateName: "web-", namespace: "x" } });
			return [first.metadata, second.metadata];
		};
		expect(run()).toEqual(run());
		expect(run("a")[0]?.uid).not.toBe(run("b")[0]?.uid);
		expect(run()[0]?.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
	});

	it("hands out frozen objects and keeps what callers gave it apart", () => {
		const store = made();
		const given = pod("p", { labels: { a: "b" } });
		const stored = store.create("pods", given);
		given.metadata.labels = { a: "c" };
		expect(store.get("pods", "x", "p")?.metadata.labels).toEqual({ a: "b" });
		expect(() => {
			stored.metadata.name = "other";
		}).toThrow(TypeError);
	});

	it("writes nothing when nothing differs, and shares what stays the same", () => {
		const store = made();
		const before = store.create("pods", pod("p"));
		const same = store.update("pods", "x", "p", (draft) => {
			draft.status = { ...draft.status, phase: "Running" };
		});
		expect(same).toBe(before);
		const after = store.update("pods", "x", "p", (draft) => {
			draft.status = { ...draft.status, phase: "Failed" };
		});
		expect([after.spec === before.spec, after.metadata.resourceVersion]).toEqual([true, "2"]);
	});

	it("raises the generation with the spec, and a VMI's with its status", () => {
		const store = made();
		store.create("pods", pod("p"));
		store.create("virtualmachineinstances", vmi("v", {}));
		store.create("nodes", node("n"));
		const touched = (resource: "pods" | "virtualmachineinstances" | "nodes", namespace: string | undefined, name: string) =>
			store.update(resource, namespace, name, (draft) => {
				draft.status = { touched: true };
			}).metadata.generation;
		expect([touched("pods", "x", "p"), touched("virtualmachineinstances", "x", "v"), touched("nodes", undefined, "n")]).toEqual([
			1,
			2,
			undefined,
		]);
	});

	it("tells every listener every change in order, also when a listener writes", () => {
		const store = made();
		const first: string[] = [];
		const second: string[] = [];
		store.subscribe((change) => {
			first.push(shown(change));
			if (change.type === "ADDED" && change.resource === "nodes") store.create("pods", pod("p"));
		});
		const stop = store.subscribe((change) => second.push(shown(change)));
		store.create("nodes", node("n1"));
		stop();
		store.remove("nodes", undefined, "n1");
		expect([first, second]).toEqual([
			["ADDED n1@1", "ADDED p@2", "DELETED n1@3"],
			["ADDED n1@1", "ADDED p@2"],
		]);
	});

	it("finds objects by node, namespace, label and owner, as they are now", () => {
		const store = made();
		const { uid } = store.create("virtualmachineinstances", vmi("v", {})).metadata;
		const owner = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", name: "v", uid };
		store.create("pods", {
			...pod("p", { labels: { l: "1" } }),
			metadata: { name: "p", namespace: "x", labels: { l: "1" }, ownerReferences: [owner] },
		});
		const found = () =>
			[
				store.podsOn("node2"),
				store.podsOn(""),
				store.inNamespace("pods", "x"),
				store.labelled("pods", "l", "1"),
				store.ownedBy("pods", uid),
			].map(({ length }) => length);
		expect(found()).toEqual([1, 0, 1, 1, 1]);
		store.update("pods", "x", "p", (draft) => {
			draft.spec = {};
			draft.metadata.labels = { l: "2" };
			draft.metadata.ownerReferences = [];
		});
		expect(found()).toEqual([0, 1, 1, 0, 0]);
		store.remove("pods", "x", "p");
		expect(found()).toEqual([0, 0, 0, 0, 0]);
	});

	it("keeps an object with finalizers until the last is gone", () => {
		const store = made();
		store.create("virtualmachineinstances", { ...vmi("v", {}), metadata: { name: "v", namespace: "x", finalizers: ["a", "b"] } });
		store.remove("virtualmachineinstances", "x", "v");
		expect(store.get("virtualmachineinstances", "x", "v")?.metadata.deletionTimestamp).toBe("2026-01-01T00:00:00Z");
		const drop = (finalizers: string[]) =>
			store.update("virtualmachineinstances", "x", "v", (draft) => {
				draft.metadata.finalizers = finalizers;
			});
		drop(["a"]);
		expect(store.list("virtualmachineinstances").length).toBe(1);
		drop([]);
		expect(store.list("virtualmachineinstances").length).toBe(0);
	});

	it("leaves a bound pod to its kubelet, also when its status changes", () => {
		const store = made();
		store.create("pods", pod("p"));
		store.beginDeletion("pods", "x", "p", 30);
		store.update("pods", "x", "p", (draft) => {
			draft.status = { phase: "Succeeded" };
		});
		expect(store.get("pods", "x", "p")?.metadata.deletionTimestamp).toBe("2026-01-01T00:00:30Z");
		store.remove("pods", "x", "p");
		expect(store.get("pods", "x", "p")).toBeUndefined();
	});

	it("removes an unbound pod at once", () => {
		const store = made();
		store.create("pods", { ...pod("p"), spec: {} });
		store.beginDeletion("pods", "x", "p", 30);
		expect(store.list("pods")).toEqual([]);
	});

	it("names what is missing or taken", () => {
		const store = made();
		store.create("nodes", node("n1"));
		expect(() => store.create("nodes", node("n1"))).toThrow("cannot create nodes n1: it already exists");
		expect(() => store.update("pods", "x", "p", () => {})).toThrow("cannot update pods x/p: it does not exist");
		expect(() => store.remove("pods", "x", "p")).toThrow("cannot remove pods x/p: it does not exist");
		expect(() => store.create("pods", { ...pod("p"), metadata: {} })).toThrow(
			"cannot create pods: neither name nor generateName is set",
		);
	});

	it("remembers changes for a while and says when it does not", () => {
		const store = made();
		for (const name of ["a", "b", "c"]) store.create("nodes", node(name));
		const since = store.changesSince(1);
		expect(since === "expired" ? since : since.map(shown)).toEqual(["ADDED b@2", "ADDED c@3"]);
		store.compact();
		expect([store.changesSince(2), store.changesSince(3)]).toEqual(["expired", []]);
	});
});
