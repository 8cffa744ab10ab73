import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ChildProgram, type ProgramSettings } from "./child-program.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "evacuator-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(script: string, rest: Partial<ProgramSettings> = {}): ProgramSettings {
	const log = join(folder, "etcd.log");
	const ready = async () => readFileSync(log, "utf8").includes("up");
	return { name: "etcd", binary: "/bin/sh", args: ["-c", script], log, ready, restart: "never", ...rest };
}

describe("a program of the plane", () => {
	it("is there when it answers, and gone when it is stopped", async () => {
		const etcd = new ChildProgram(program("echo up; exec sleep 60"), () => {});

		await etcd.start();
		const started = etcd.running;
		await etcd.stop();

		expect([started, etcd.running]).toEqual([true, false]);
	});

	it("that does not come up is a fault with the end of its log", async () => {
		const etcd = new ChildProgram(program("echo 'cannot bind'; exit 3"), () => {});

		await expect(etcd.start()).rejects.toThrow(/^cannot start etcd: it ended at once; the end of .*etcd\.log:\ncannot bind$/);
	});

	it("that ends by itself later is a fault, told once", async () => {
		const death = Promise.withResolvers<Error>();
		const etcd = new ChildProgram(program("echo up; sleep 0.5; exit 4"), death.resolve);
		await etcd.start();

		expect((await death.promise).message).toMatch(
			/^cannot keep up etcd: it ended by itself with exit code 4; the end of .*\nup$/,
		);
	});

	it("that counts on its kubelet is started again", async () => {
		const twice = `[ -e ${folder}/second ] && exec sleep 60; touch ${folder}/second; echo up; sleep 0.5`;
		const controller = new ChildProgram(program(twice, { restart: "kubelet" }), () => {});
		await controller.start();

		await new Promise((resolve) => setTimeout(resolve, 2_000));
		const running = controller.running;
		await controller.stop();

		expect(running).toBe(true);
	});
});
