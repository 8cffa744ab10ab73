import { type Answer, json } from "./api-ground.ts";

/** 201 of every eviction that was allowed. */
export const evicted = {
	status: 201,
	headers: json,
	body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 },
};

/** A refusal with this rest of the Status. */
export function refused(code: number, rest: object, headers: object = {}): Answer {
	const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", ...rest, code };
	return { status: code, headers: { ...json, ...headers }, body };
}

/** The refusal by a disruption budget. */
export const budgetSays = (message: string) => ({
	message: "Cannot evict pod as it would violate the pod's disruption budget.",
	reason: "TooManyRequests",
	details: { causes: [{ reason: "DisruptionBudget", message }] },
});

/** The eviction path of a pod in namespace `x`. */
export const evictionPath = (name: string) => `/api/v1/namespaces/x/pods/${name}/eviction`;
