/**
 * Every request of everybody, reads included, so that requests can be counted; never a body, so no secret and no token
 * gets into the log. Only what no drainer sends is left out: probes, leases, and the API server's talk with itself.
 */
export const auditPolicy = {
	apiVersion: "audit.k8s.io/v1",
	kind: "Policy",
	omitStages: ["RequestReceived"],
	rules: [
		{ level: "None", nonResourceURLs: ["/healthz*", "/livez*", "/readyz*"] },
		{ level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
		{ level: "None", users: ["system:apiserver"] },
		{ level: "Metadata" },
	],
} as const;
