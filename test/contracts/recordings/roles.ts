import { fieldsAt, textAt } from "../../../src/local/cluster/store-object.ts";
import type { RecordedStep, Sight } from "./recording.ts";

/** Names that a cluster makes up: a stem and five letters or digits. VMIs of a replica set have such a name themselves. */
const generated =
	/\b(virt-launcher-vmirs|virt-launcher-[a-z0-9-]+?-|kubevirt-(?:evacuation|migrate-vm|disruption-budget)-|(?:u|web)-[a-z0-9]{6,10}-)[bcdfghjklmnpqrstvwxz2456789]{5}(-[bcdfghjklmnpqrstvwxz2456789]{5})?(?![a-z0-9-])/g;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const nobody = "00000000-0000-0000-0000-000000000000";

/**
 * What the two sides call the same thing. Names and uids are made up on both; here each gets a role, its stem and the
 * how-manieth of that stem it is, so `virt-launcher-lm-96v48` is `virt-launcher-lm-#1` wherever it is the first.
 */
export class Roles {
	readonly #roles = new Map<string, string>();
	readonly #names = new Map<string, string>();
	readonly #counts = new Map<string, number>();

	/** The role of this name or uid; a new one is the next of its stem. */
	meet(stem: string, name: string): string {
		const known = this.#roles.get(name);
		if (known !== undefined) return known;
		const count = (this.#counts.get(stem) ?? 0) + 1;
		this.#counts.set(stem, count);
		const role = `${stem}#${count}`;
		this.#roles.set(name, role);
		this.#names.set(role, name);
		return role;
	}

	/** Meets every made-up name in a text, from left to right. */
	meetNames(text: string): void {
		for (const [name] of text.matchAll(generated)) this.meet(stemOf(name), name);
	}

	roleOf(name: string): string | undefined {
		return this.#roles.get(name);
	}

	nameOf(role: string): string | undefined {
		return this.#names.get(role);
	}

	/** The text with every made-up name and uid replaced by its role; a uid that has none is `<uid>`. */
	told(text: string): string {
		return text
			.replaceAll(uuid, (uid) => (uid === nobody ? uid : (this.roleOf(uid) ?? this.roleOf(uid.slice(0, 8)) ?? "<uid>")))
			.replaceAll(generated, (name) => this.#roles.get(name) ?? name);
	}

	/** The text with every made-up name of these roles replaced by the name of the same role in `other`. */
	translated(text: string, other: Roles): string {
		return text.replaceAll(generated, (name) => other.nameOf(this.#roles.get(name) ?? "") ?? name);
	}
}

function stemOf(name: string): string {
	if (name.startsWith("virt-launcher-vmirs")) return "virt-launcher-vmirs";
	const stem = name.slice(0, -5);
	return /^(u|web)-/.test(stem) ? stem.replace(/-.*/, "-") : stem;
}

/** The roles of a recording: in the order in which things are first seen, of two seen at once the one on the home node. */
export function rolesOf(steps: readonly RecordedStep[], homeNode: string): Roles {
	const roles = new Roles();
	for (const step of steps) {
		if (step.kind === "sight") {
			const atHome = step.state.pods.filter((pod) => pod.includes(`@${homeNode}:`));
			roles.meetNames(atHome.join(" "));
			roles.meetNames(JSON.stringify(step.state));
			meetMigration(roles, step.state.vmi);
		} else if (step.kind === "exchange") roles.meetNames(step.request.path);
		else if (!("events" in step.seen)) roles.meetNames(JSON.stringify(step.seen));
	}
	return roles;
}

function meetMigration(roles: Roles, vmi: Readonly<Record<string, unknown>> | null): void {
	const { uid } = fieldsAt(vmi, "mig");
	if (typeof uid === "string") roles.meet(migrationStem, uid);
}

export const migrationStem = "migration ";

/** The VMs that an experiment creates. */
export function vmsOf(steps: readonly RecordedStep[]): readonly string[] {
	return steps.flatMap((step) => {
		if (step.kind !== "exchange" || step.request.method !== "POST") return [];
		return step.request.path.endsWith("/virtualmachines") ? [textAt(step.request.body, "metadata", "name") ?? ""] : [];
	});
}

/** The VM that was looked at: its launchers have its name, else the label has, else it is the only one. */
export function subjectOf({ label, state }: Sight, vms: readonly string[]): string {
	const words = label.toLowerCase().split(/[ =]/);
	const ofPods = vms.find((vm) => state.pods[0]?.startsWith(`virt-launcher-${vm}-`));
	return ofPods ?? vms.find((vm) => words.includes(vm)) ?? vms[0] ?? "";
}
