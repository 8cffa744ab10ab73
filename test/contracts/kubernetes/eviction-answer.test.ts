import { describe, expect, it } from "@jest/globals";
import { statusOf } from "../../../src/adapters/kubernetes/api-status.ts";
import { evictionAnswer } from "../../../src/adapters/kubernetes/eviction.ts";

const webhook = 'admission webhook "virt-launcher-eviction-interceptor.kubevirt.io" denied the request: ';
const inTheWay = "Cannot evict pod as it would violate the pod's disruption budget.";

function answer(code: number, status: object | string, headers: Record<string, string> = {}) {
	const body =
		typeof status === "string" ? status : JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", ...status });
	return evictionAnswer(statusOf(code, body, headers));
}

describe("what the eviction API says, as recorded", () => {
	it("is guarded when KubeVirt's webhook refuses, for its launchers and their hotplugged volumes", () => {
		const message = `${webhook}Eviction triggered evacuation of VMI "x/lm"`;
		expect(answer(429, { message, code: 429 })).toEqual({
			kind: "guarded",
			says: 'Eviction triggered evacuation of VMI "x/lm"',
		});
		const hotplug = 'admission webhook "hotplug-pod-eviction-interceptor.kubevirt.io" denied the request: cannot evict';
		expect(answer(429, { message: hotplug })).toEqual({ kind: "guarded", says: "cannot evict" });
	});

	it("is not guarded when another webhook refuses, whatever it is called", () => {
		for (const name of ["pods.policy.example", "kubevirt.io.example", "notkubevirt.io"]) {
			const message = `admission webhook "${name}" denied the request: not on a Sunday`;
			expect(answer(403, { message, reason: "Forbidden" })).toEqual({ kind: "later", says: message });
		}
	});

	it("is later when an admission policy refuses, with whatever code", () => {
		const message = "pods \"db\" is forbidden: ValidatingAdmissionPolicy 'freeze' with binding 'all' denied request: frozen";
		expect(answer(422, { message, reason: "Invalid" })).toEqual({ kind: "later", says: message });
		expect(answer(403, { message, reason: "Forbidden" })).toEqual({ kind: "later", says: message });
	});

	it("is budget when a PodDisruptionBudget refuses, with the budget's own words", () => {
		const causes = [{ reason: "DisruptionBudget", message: "The disruption budget a1 does not allow evicting pods currently" }];
		expect(answer(429, { message: inTheWay, reason: "TooManyRequests", details: { causes } })).toEqual({
			kind: "budget",
			says: "The disruption budget a1 does not allow evicting pods currently",
		});
	});

	it("is budget with a pause when the budget is still being processed", () => {
		const message = "The disruption budget web is still being processed by the server.";
		const details = { causes: [{ reason: "DisruptionBudget", message }], retryAfterSeconds: 10 };
		expect(answer(429, { message: inTheWay, reason: "TooManyRequests", details }, { "retry-after": "10" })).toEqual({
			kind: "budget",
			says: message,
			retryAfterSeconds: 10,
		});
	});

	it("is budget when two of them match", () => {
		const message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
		expect(answer(500, { message, code: 500 })).toEqual({ kind: "budget", says: message });
	});

	it("is unreachable when the webhook could not be asked", () => {
		const message =
			'Internal error occurred: failed calling webhook "virt-launcher-eviction-interceptor.kubevirt.io": failed to call webhook: connection refused';
		expect(answer(500, { message, reason: "InternalError" })).toEqual({ kind: "unreachable", says: message });
	});

	it("is gone when there is no such pod", () => {
		const details = { name: "nope", kind: "pods" };
		expect(answer(404, { message: 'pods "nope" not found', reason: "NotFound", details })).toEqual({ kind: "gone" });
	});

	it("is changed when the pod has another uid now, and later at any other conflict", () => {
		const uid =
			'Operation cannot be fulfilled on Pod "p3": the UID in the precondition (0) does not match the UID in record (7a89). The object might have been deleted and then recreated';
		expect(answer(409, { message: uid, reason: "Conflict" })).toEqual({ kind: "changed" });
		const version = 'Operation cannot be fulfilled on Pod "p": the ResourceVersion in the precondition (1) does not match';
		expect(answer(409, { message: version, reason: "Conflict" })).toEqual({ kind: "later", says: version });
	});

	it("is later under overload, also in bare text", () => {
		const text = "Too many requests, please try again later.";
		expect(answer(429, `${text}\n`, { "retry-after": "1" })).toEqual({ kind: "later", says: text, retryAfterSeconds: 1 });
		expect(answer(503, "<html>no healthy upstream</html>")).toEqual({ kind: "later", says: "<html>no healthy upstream</html>" });
		const timeout = {
			message: 'Timeout: could not update PodDisruptionBudget "x"',
			reason: "Timeout",
			details: { retryAfterSeconds: 10 },
		};
		expect(answer(504, timeout)).toEqual({ kind: "later", says: timeout.message, retryAfterSeconds: 10 });
	});

	it("is later while the namespace ends or a budget is out of order: those 403s are not RBAC's", () => {
		const ending = { message: "forbidden", reason: "Forbidden", details: { causes: [{ reason: "NamespaceTerminating" }] } };
		expect(answer(403, ending)).toEqual({ kind: "later", says: "forbidden" });
		const message = 'poddisruptionbudget.policy "x" is forbidden: pdb disruptions allowed is negative';
		expect(answer(403, { message, reason: "Forbidden" })).toEqual({ kind: "later", says: message });
	});

	it("is no answer but a fault when RBAC forbids it or the request is wrong", () => {
		const message = 'pods "p" is forbidden: User "u" cannot create resource "pods/eviction" in API group "" in the namespace "x"';
		expect(answer(403, { message, reason: "Forbidden", details: { name: "p", kind: "pods" } })).toBeUndefined();
		expect(answer(400, { message: "name in URL does not match name in Eviction object", reason: "BadRequest" })).toBeUndefined();
		expect(answer(404, "404 page not found")).toBeUndefined();
	});
});
