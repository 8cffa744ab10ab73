import { ApiRefusal, internalError } from "../api/api-status.ts";
import type { AdmittedCreation, CreationWebhook } from "../api/creation-webhooks.ts";
import { conditionOf } from "../controllers/conditions.ts";
import type { Ground } from "../controllers/ground.ts";
import { hasEnded } from "../controllers/pods.ts";
import type { NewObject, ObjectStore } from "../store.ts";
import { fieldsAt, itemsAt, textAt } from "../store-object.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import { connectionRefused } from "./eviction-webhooks.ts";
import { isFinalMigration, migrationFinalizer, migrationsOf, vmiNameLabel } from "./kubevirt-objects.ts";

/** The validating webhook before the creation of migrations. */
export const migrationValidator = "migration-create-validator.kubevirt.io";
/** Where the validating webhook of migrations is served. */
export const migrationValidatorPath = "/migration-validate-create";

/**
 * KubeVirt's webhooks before a migration that a user creates. `reachable` says whether virt-api answers.
 * https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-api/webhooks/validating-webhook/admitters/migration-create-admitter.go
 */
export function migrationWebhook(ground: Ground, behaviour: KubeVirtBehaviour, reachable: () => boolean): CreationWebhook {
	return {
		resource: "virtualmachineinstancemigrations",
		admit: (object) => {
			if (!reachable()) throw unreachable;
			const { object: migration, warnings } = prune(behaviour, object);
			const vmiName = textAt(migration, "spec", "vmiName") ?? "";
			refuseIncomplete(behaviour, migration, vmiName);
			const why = whyNotMigrated(ground.store, migration.metadata.namespace ?? "", vmiName);
			if (why !== undefined && isValidated(ground.store)) throw denial({ code: 400, message: why });
			return { object: withMetadata(migration, vmiName), warnings };
		},
	};
}

/** A migration as the mutating webhook leaves it. */
export function withMetadata(migration: NewObject, vmiName: string): NewObject {
	const { labels, finalizers = [] } = migration.metadata;
	const added = { labels: { ...labels, [vmiNameLabel]: vmiName }, finalizers: [...finalizers, migrationFinalizer] };
	return { ...migration, metadata: { ...migration.metadata, ...added } };
}

/** Why a migration of this VMI cannot be created now, in the webhook's words; undefined when it can. */
export function whyNotMigrated(store: ObjectStore, namespace: string, vmiName: string): string | undefined {
	const vmi = store.get("virtualmachineinstances", namespace, vmiName);
	if (vmi === undefined) return `the VMI "${namespace}/${vmiName}" does not exist`;
	if (hasEnded(vmi)) return "Cannot migrate VMI in finalized state.";
	const migratable = conditionOf(vmi, "LiveMigratable");
	if (migratable?.status === "False") {
		return `Cannot migrate VMI, Reason: ${migratable.reason ?? ""}, Message: ${migratable.message ?? ""}`;
	}
	const active = migrationsOf(store, namespace, vmiName).find((vmim) => !isFinalMigration(vmim));
	if (active === undefined) return undefined;
	const job = `Active migration job (${active.metadata.uid}) is currently already in progress for VMI ${vmiName}.`;
	return `in-flight migration detected. ${job}`;
}

/** The whole message of the webhook's denial. */
export function deniedByValidator(message: string): string {
	return `admission webhook "${migrationValidator}" denied the request: ${message}`;
}

/** While virt-operator's ValidatingWebhookConfiguration is gone, nobody is asked. */
export function isValidated(store: ObjectStore): boolean {
	const configuration = store.get("validatingwebhookconfigurations", undefined, "virt-api-validator");
	return itemsAt(configuration, "webhooks").some((webhook) => textAt(webhook, "name") === migrationValidator);
}

const mutator = "migrations-mutator.kubevirt.io";
const mutatorUrl = "https://virt-api.kubevirt.svc:443/migration-mutate-create?timeout=10s";
const unreachable = internalError(
	`failed calling webhook "${mutator}": failed to call webhook: Post "${mutatorUrl}": ${connectionRefused}`,
);

/** Fields that the version's CRD does not know are dropped, with a warning. */
function prune({ priorityRefusal }: KubeVirtBehaviour, object: NewObject): AdmittedCreation {
	if (priorityRefusal !== undefined || fieldsAt(object, "spec").priority === undefined) return { object, warnings: [] };
	const { priority: _, ...spec } = object.spec ?? {};
	return { object: { ...object, spec }, warnings: ['unknown field "spec.priority"'] };
}

function refuseIncomplete({ priorityRefusal }: KubeVirtBehaviour, migration: NewObject, vmiName: string): void {
	if (vmiName === "") {
		const cause = { reason: "FieldValueRequired", message: "vmiName is missing", field: "spec.vmiName" };
		throw denial({ code: 422, message: cause.message, reason: "Invalid", details: { causes: [cause] } });
	}
	if (priorityRefusal === undefined || fieldsAt(migration, "spec").priority === undefined) return;
	const cause = { reason: "FieldValueForbidden", message: priorityRefusal, field: "spec.migrationPriority" };
	throw denial({ code: 422, message: priorityRefusal, reason: "Invalid", details: { causes: [cause] } });
}

function denial(refusal: ConstructorParameters<typeof ApiRefusal>[0]): ApiRefusal {
	return new ApiRefusal({ ...refusal, message: deniedByValidator(refusal.message) });
}
