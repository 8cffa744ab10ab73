import type { SimulationClock } from "../../clock/simulation-clock.ts";
import type { Store } from "../store.ts";
import { itemsAt, textAt } from "../store-object.ts";
import { ApiRefusal, internalError } from "./api-status.ts";

export type EvictionReview = {
	readonly namespace: string;
	readonly name: string;
	/** From the request or from `deleteOptions` of its body. */
	readonly dryRun: boolean;
	/** The Eviction as it was sent. */
	readonly request: Readonly<Record<string, unknown>>;
};

export type EvictionVerdict =
	| { readonly allowed: true }
	| { readonly allowed: false; readonly code: number; readonly message: string; readonly reason?: string };

/** The webhook cannot be asked; the message is what Go's dialer says, `dial tcp 10.250.0.10:8443: connect: connection refused`. */
export class WebhookUnreachable extends Error {
	override readonly name = "WebhookUnreachable";
}

/**
 * A validating webhook on `pods/eviction`. It is called only while the ValidatingWebhookConfiguration that registers it
 * exists and names it.
 */
export interface EvictionWebhook {
	readonly name: string;
	readonly failurePolicy: "Fail" | "Ignore";
	/** Default `virt-api-validator`. */
	readonly configuration?: string;
	/** Where the API server posts reviews; shown in its error messages. */
	readonly url?: string;
	/** Default 10. */
	readonly timeoutSeconds?: number;
	/** The CEL match condition: sees the name in the request alone, whether or not such a pod exists. */
	matches(podName: string): boolean;
	/** Throws WebhookUnreachable when it cannot be asked. */
	review(review: EvictionReview): Promise<EvictionVerdict>;
}

const registeredIn = "virt-api-validator";
const reviewUrl = "https://virt-api.kubevirt.svc:443/pod-eviction-validate";

/** Asks every registered webhook that matches, all at once; throws the refusal of the first that objects. */
export async function askWebhooks(
	context: { readonly store: Store; readonly clock: SimulationClock },
	webhooks: readonly EvictionWebhook[],
	review: EvictionReview,
): Promise<void> {
	const asked = webhooks.filter((webhook) => webhook.matches(review.name) && isRegistered(context.store, webhook));
	const refusals = await Promise.all(asked.map((webhook) => ask(context.clock, webhook, review)));
	const refusal = refusals.find((answer) => answer !== undefined);
	if (refusal !== undefined) throw refusal;
}

function isRegistered(store: Store, webhook: EvictionWebhook): boolean {
	const configuration = store.get("validatingwebhookconfigurations", undefined, webhook.configuration ?? registeredIn);
	if (configuration === undefined) return false;
	return itemsAt(configuration, "webhooks").some((listed) => textAt(listed, "name") === webhook.name);
}

async function ask(clock: SimulationClock, webhook: EvictionWebhook, review: EvictionReview): Promise<ApiRefusal | undefined> {
	const seconds = webhook.timeoutSeconds ?? 10;
	try {
		const asked = clock.thread(() => webhook.review(review));
		const verdict = await clock.within(asked, seconds * 1000);
		if (verdict === undefined) throw new WebhookUnreachable("context deadline exceeded");
		return verdict.allowed ? undefined : denial(webhook, verdict);
	} catch (error) {
		if (!(error instanceof WebhookUnreachable)) throw error;
		if (webhook.failurePolicy === "Ignore") return undefined;
		const url = `${webhook.url ?? reviewUrl}?timeout=${seconds}s`;
		return internalError(`failed calling webhook "${webhook.name}": failed to call webhook: Post "${url}": ${error.message}`);
	}
}

function denial(webhook: EvictionWebhook, verdict: { code: number; message: string; reason?: string }): ApiRefusal {
	const message = `admission webhook "${webhook.name}" denied the request: ${verdict.message}`;
	return new ApiRefusal({ code: verdict.code, message, ...(verdict.reason === undefined ? {} : { reason: verdict.reason }) });
}
