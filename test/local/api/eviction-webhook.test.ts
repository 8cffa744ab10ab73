import { describe, expect, it } from "@jest/globals";
import {
	type EvictionReview,
	type EvictionVerdict,
	type EvictionWebhook,
	WebhookUnreachable,
} from "../../../src/local/cluster/api/eviction-webhooks.ts";
import { fieldsAt } from "../../../src/local/cluster/store-object.ts";
import { eviction, ground, pod } from "./api-ground.ts";
import { evicted, evictionPath, refused } from "./eviction-answers.ts";

const interceptorName = "virt-launcher-eviction-interceptor.kubevirt.io";

/** A webhook that says this, and what it was asked. */
function interceptor(verdict: () => Promise<EvictionVerdict>, failurePolicy: "Fail" | "Ignore" = "Fail") {
	const asked: EvictionReview[] = [];
	const webhook: EvictionWebhook = {
		name: interceptorName,
		failurePolicy,
		matches: (podName) => podName.startsWith("virt-launcher"),
		review: (review) => {
			asked.push(review);
			return verdict();
		},
	};
	return { webhook, asked };
}

const deny = (message: string) => async (): Promise<EvictionVerdict> => ({ allowed: false, code: 429, message });

function guarded(verdict: () => Promise<EvictionVerdict>, failurePolicy?: "Fail" | "Ignore") {
	const { webhook, asked } = interceptor(verdict, failurePolicy);
	const made = ground({ admission: { evictionWebhooks: [webhook] } });
	made.store.create("validatingwebhookconfigurations", {
		apiVersion: "admissionregistration.k8s.io/v1",
		kind: "ValidatingWebhookConfiguration",
		metadata: { name: "virt-api-validator" },
		webhooks: [{ name: interceptorName }],
	});
	return { ...made, asked };
}

describe("KubeVirt's webhook", () => {
	it("refuses without reason and details, and sees a dry run of either kind", async () => {
		const { ask, asked } = guarded(deny('Eviction triggered evacuation of VMI "x/lm"'));
		const message = `admission webhook "${interceptorName}" denied the request: Eviction triggered evacuation of VMI "x/lm"`;
		const name = "virt-launcher-lm-qmh2v";
		expect(await ask("POST", evictionPath(name), eviction(name, { dryRun: ["All"] }))).toEqual(refused(429, { message }));
		expect(await ask("POST", `${evictionPath(name)}?dryRun=All`, eviction(name))).toEqual(refused(429, { message }));
		expect(await ask("POST", evictionPath(name), eviction(name))).toEqual(refused(429, { message }));
		expect(asked.map(({ dryRun }) => dryRun)).toEqual([true, true, false]);
	});

	it("is asked before anybody looks for the pod, and only about names it matches", async () => {
		const { ask, asked } = guarded(async () => ({ allowed: true }));
		const missing = (name: string) =>
			refused(404, { message: `pods "${name}" not found`, reason: "NotFound", details: { name, kind: "pods" } });
		expect(await ask("POST", evictionPath("virt-launcher-gone"), eviction("virt-launcher-gone"))).toEqual(
			missing("virt-launcher-gone"),
		);
		expect(await ask("POST", evictionPath("nope"), eviction("nope"))).toEqual(missing("nope"));
		expect(asked).toEqual([
			{ namespace: "x", name: "virt-launcher-gone", dryRun: false, request: eviction("virt-launcher-gone") },
		]);
	});

	it("fails the eviction when it cannot be reached, but not that of other pods", async () => {
		const unreachable = async () => {
			throw new WebhookUnreachable("dial tcp 10.250.0.10:8443: connect: connection refused");
		};
		const { store, ask } = guarded(unreachable);
		store.create("pods", pod("virt-launcher-va-ltjd7"));
		store.create("pods", pod("plain"));
		const said = `failed calling webhook "${interceptorName}": failed to call webhook: Post "https://virt-api.kubevirt.svc:443/pod-eviction-validate?timeout=10s": dial tcp 10.250.0.10:8443: connect: connection refused`;
		expect(await ask("POST", evictionPath("virt-launcher-va-ltjd7"), eviction("virt-launcher-va-ltjd7"))).toEqual(
			refused(500, {
				message: `Internal error occurred: ${said}`,
				reason: "InternalError",
				details: { causes: [{ message: said }] },
			}),
		);
		expect(await ask("POST", evictionPath("plain"), eviction("plain"))).toEqual(evicted);
	});

	it("counts as unreachable after ten seconds without an answer", async () => {
		const { clock, store, ask } = guarded(async () => {
			await clock.sleep(60_000);
			return { allowed: true };
		});
		store.create("pods", pod("virt-launcher-a"));
		const answer = await clock.run(() => clock.rest(ask("POST", evictionPath("virt-launcher-a"), eviction("virt-launcher-a"))));
		expect(answer.status).toBe(500);
		expect(fieldsAt(answer.body).message).toMatch(/\?timeout=10s": context deadline exceeded$/);
		expect(new Date(clock.now()).toISOString()).toBe("2026-11-22T09:43:34.000Z");
	});

	it("is passed over when it is unreachable and may be ignored", async () => {
		const { store, ask } = guarded(async () => {
			throw new WebhookUnreachable("connection refused");
		}, "Ignore");
		store.create("pods", pod("virt-launcher-a"));
		expect(await ask("POST", evictionPath("virt-launcher-a"), eviction("virt-launcher-a"))).toEqual(evicted);
	});

	it("is not called once its configuration is deleted", async () => {
		const { store, ask, asked } = guarded(deny("no"));
		store.create("pods", pod("virt-launcher-a"));
		await ask("DELETE", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/virt-api-validator");
		expect(await ask("POST", evictionPath("virt-launcher-a"), eviction("virt-launcher-a", { dryRun: ["All"] }))).toEqual(evicted);
		expect(asked).toEqual([]);
	});
});
