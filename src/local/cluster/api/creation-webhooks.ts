import type { NewObject } from "../store-object.ts";
import type { Resource, ResourceType } from "../store-resources.ts";

/** An object as it is to be stored, and what the answer warns of. */
export type AdmittedCreation = { readonly object: NewObject; readonly warnings: readonly string[] };

/** What stands before the creation of objects of one kind, as a mutating and a validating webhook together do. */
export interface CreationWebhook {
	readonly resource: Resource;
	/** Throws ApiRefusal when the object is denied or the webhook cannot be asked. */
	admit(object: NewObject): AdmittedCreation;
}

/** Asks the webhooks for this kind one after the other. */
export function admitCreation(webhooks: readonly CreationWebhook[], type: ResourceType, object: NewObject): AdmittedCreation {
	return webhooks
		.filter(({ resource }) => resource === type.resource)
		.reduce<AdmittedCreation>(
			(so, webhook) => {
				const admitted = webhook.admit(so.object);
				return { object: admitted.object, warnings: [...so.warnings, ...admitted.warnings] };
			},
			{ object, warnings: [] },
		);
}

/** The header that carries warnings. https://datatracker.ietf.org/doc/html/rfc7234#section-5.5 */
export function warningHeaders(warnings: readonly string[]): Readonly<Record<string, string>> {
	return warnings.length === 0 ? {} : { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(", ") };
}
