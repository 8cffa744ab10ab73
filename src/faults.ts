/**
 * Faults have a literal `name`: Step Functions matches `ErrorEquals` against it, and minifying would change a class name.
 * Every message begins with the verb that failed.
 */
export class ClusterUnreachable extends Error {
	override readonly name = "ClusterUnreachable";
}

/** 401 after a fresh token: the access entry is missing or wrong. */
export class ClusterUnauthorized extends Error {
	override readonly name = "ClusterUnauthorized";
}

/** 403: RBAC lacks a rule. */
export class ClusterForbidden extends Error {
	override readonly name = "ClusterForbidden";
}

/** Any other answer of the API server that is not an outcome. */
export class ClusterRefused extends Error {
	override readonly name = "ClusterRefused";
}

/** AWS did not answer, throttled, or failed. */
export class AwsUnavailable extends Error {
	override readonly name = "AwsUnavailable";
}

/** AWS refused us: IAM or a wrong name in the configuration. */
export class AwsRefused extends Error {
	override readonly name = "AwsRefused";
}

/** The record changed under a write too often, or is not there. */
export class RecordConflict extends Error {
	override readonly name = "RecordConflict";
}

/** Some of what Sweep looks after could not be looked after; the log says what. */
export class SweepIncomplete extends Error {
	override readonly name = "SweepIncomplete";
}

/** The environment of the function is incomplete or wrong. */
export class ConfigurationInvalid extends Error {
	override readonly name = "ConfigurationInvalid";
}

/** A stored record does not have the shape this version knows. */
export class RecordUnreadable extends Error {
	override readonly name = "RecordUnreadable";
}
