import { rmSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesBinaries } from "../binaries/parts.ts";
import { type ApiClient, createApiClient } from "./api-request.ts";
import { ChildProgram, type ProgramDied, type ProgramSettings } from "./child-program.ts";
import { writeKubernetesFiles } from "./kubernetes-files.ts";
import { kubernetesPrograms } from "./kubernetes-programs.ts";
import type { Plane, PlaneProgram } from "./plane.ts";
import { freePorts, listens, type PlanePorts } from "./ports.ts";

type KubernetesSettings = {
	/** Made anew; everything of the plane is in it. */
	readonly folder: string;
	/** Where the programs' logs and the audit log go; they outlast the plane when it is not in its folder. Default `FOLDER/logs`. */
	readonly logs?: string;
	readonly binaries: KubernetesBinaries;
	readonly versions: Plane["versions"];
	/** A program ended by itself. Without it this process ends with the fault, and so do all that it started. */
	onDeath?(fault: ProgramDied): void;
};

/** A plane that further programs can be added to. */
export type KubernetesPlane = Plane & {
	/** Requests as the administrator. */
	readonly admin: ApiClient;
	/** Adds a program, starts it, and returns when it answers. */
	add(program: PlaneProgram, settings: Omit<ProgramSettings, "name" | "log">): Promise<void>;
};

/** Starts etcd, API server, controller manager and scheduler; returns when all answer. */
export async function startKubernetes(settings: KubernetesSettings): Promise<KubernetesPlane> {
	const { folder, logs = join(folder, "logs"), binaries, versions, onDeath = raise } = settings;
	const ports = await freePorts();
	const url = `https://127.0.0.1:${ports.apiServer}`;
	const { files, authority, admin } = await writeKubernetesFiles(folder, logs, url);
	const request = createApiClient(url, authority.cert, admin);
	const programs = new Map<PlaneProgram, ChildProgram>();
	const add: KubernetesPlane["add"] = async (name, program) => {
		// Whatever it wants to keep goes with the plane.
		const env = { HOME: folder, TMPDIR: folder, ...program.env };
		const child = new ChildProgram({ ...program, env, name, log: join(files.logs, `${name}.log`) }, onDeath);
		programs.set(name, child);
		await child.start();
	};
	const stop = async () => {
		await Promise.all([...programs.values()].map((program) => program.stop()));
		rmSync(folder, { recursive: true, force: true });
	};
	const ready = readiness(request, ports);
	try {
		for (const { name, binary, args } of kubernetesPrograms(binaries, files, ports)) {
			await add(name, { binary, args, ready: ready[name], restart: "never" });
		}
	} catch (fault) {
		await Promise.all([...programs.values()].map((program) => program.stop()));
		throw fault;
	}
	return {
		url,
		ca: authority.cert,
		versions,
		folder,
		auditLog: files.auditLog,
		kubeconfig: files.kubeconfigs.admin,
		identity: (user, groups) => authority.client(user, groups),
		stopProgram: (name) => programOf(programs, name).stop(),
		startProgram: (name) => programOf(programs, name).start(),
		stop,
		admin: request,
		add,
	};
}

function programOf(programs: ReadonlyMap<PlaneProgram, ChildProgram>, name: PlaneProgram): ChildProgram {
	const program = programs.get(name);
	if (program) return program;
	throw new Error(`cannot find ${name} in this plane: it has ${[...programs.keys()].join(", ")}`);
}

/** How each of Kubernetes' programs shows that it is up. */
function readiness(request: ApiClient, ports: PlanePorts) {
	const answers = () => request("GET", "/readyz").then(({ status }) => status === 200);
	return {
		etcd: () => listens("127.0.0.1", ports.etcd),
		"kube-apiserver": () => answers().catch(() => false),
		"kube-controller-manager": () => listens("127.0.0.1", ports.controllerManager),
		"kube-scheduler": () => listens("127.0.0.1", ports.scheduler),
	};
}

function raise(fault: ProgramDied): never {
	throw fault;
}
