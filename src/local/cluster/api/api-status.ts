import type { Fields } from "../store-object.ts";

export type StatusCause = { readonly reason?: string; readonly message: string; readonly field?: string };

type StatusDetails = {
	readonly name?: string;
	readonly group?: string;
	readonly kind?: string;
	readonly uid?: string;
	readonly causes?: readonly StatusCause[];
	readonly retryAfterSeconds?: number;
};

/** `meta/v1` Status in the order of fields in which the API server writes it. */
export type StatusBody = {
	readonly kind: "Status";
	readonly apiVersion: "v1";
	readonly metadata: Fields;
	readonly status: "Success" | "Failure";
	readonly message?: string;
	readonly reason?: string;
	readonly details?: StatusDetails;
	readonly code?: number;
};

/** What a refusal is about: `kind` is the resource in most messages and the Kind in a few. */
export type Subject = { readonly kind: string; readonly group: string; readonly name: string };

type Failure = { code: number; reason?: string; message: string; details?: StatusDetails; metadata?: Fields };

export function failure({ code, reason, message, details, metadata = {} }: Failure): StatusBody {
	return {
		kind: "Status",
		apiVersion: "v1",
		metadata,
		status: "Failure",
		message,
		...(reason === undefined ? {} : { reason }),
		...(details === undefined ? {} : { details }),
		code,
	};
}

/** An answer of the API server that is not success; thrown inside it and turned into the response at its edge. */
export class ApiRefusal extends Error {
	override readonly name = "ApiRefusal";
	readonly status: StatusBody;
	readonly code: number;
	constructor(failed: Failure) {
		super(failed.message);
		this.status = failure(failed);
		this.code = failed.code;
	}
}

const qualified = ({ kind, group }: Subject): string => (group === "" ? kind : `${kind}.${group}`);

const detailsOf = ({ name, group, kind }: Subject): StatusDetails => ({
	...(name === "" ? {} : { name }),
	...(group === "" ? {} : { group }),
	kind,
});

// https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go
export function notFound(subject: Subject): ApiRefusal {
	const message = `${qualified(subject)} "${subject.name}" not found`;
	return new ApiRefusal({ code: 404, reason: "NotFound", message, details: detailsOf(subject) });
}

export function alreadyExists(subject: Subject): ApiRefusal {
	const message = `${qualified(subject)} "${subject.name}" already exists`;
	return new ApiRefusal({ code: 409, reason: "AlreadyExists", message, details: detailsOf(subject) });
}

export function conflict(subject: Subject, why: string): ApiRefusal {
	const message = `Operation cannot be fulfilled on ${qualified(subject)} "${subject.name}": ${why}`;
	return new ApiRefusal({ code: 409, reason: "Conflict", message, details: detailsOf(subject) });
}

export function forbidden(subject: Subject, why: string, causes?: readonly StatusCause[]): ApiRefusal {
	const named = subject.name === "" ? qualified(subject) : `${qualified(subject)} "${subject.name}"`;
	const details = { ...detailsOf(subject), ...(causes === undefined ? {} : { causes }) };
	return new ApiRefusal({ code: 403, reason: "Forbidden", message: `${named} is forbidden: ${why}`, details });
}

export function badRequest(message: string): ApiRefusal {
	return new ApiRefusal({ code: 400, reason: "BadRequest", message });
}

/** Each cause's message is prefixed by its field, as `field.Error` prints. */
export function invalid(subject: Subject, causes: readonly (StatusCause & { readonly field: string })[]): ApiRefusal {
	const listed = causes.map(({ field, message }) => `${field}: ${message}`);
	const said = listed.length === 1 ? listed[0] : `[${listed.join(", ")}]`;
	const message = `${qualified(subject)} "${subject.name}" is invalid: ${said}`;
	return new ApiRefusal({ code: 422, reason: "Invalid", message, details: { ...detailsOf(subject), causes } });
}

export function internalError(message: string): ApiRefusal {
	const details = { causes: [{ message }] };
	return new ApiRefusal({ code: 500, reason: "InternalError", message: `Internal error occurred: ${message}`, details });
}

/** A plain error of Go code that nobody classified: 500 without a reason. */
export function unclassified(message: string): ApiRefusal {
	return new ApiRefusal({ code: 500, message });
}

export function resourceNotServed(): ApiRefusal {
	return new ApiRefusal({
		code: 404,
		reason: "NotFound",
		message: "the server could not find the requested resource",
		details: {},
	});
}

export function methodNotAllowed(): ApiRefusal {
	const message = "the server does not allow this method on the requested resource";
	return new ApiRefusal({ code: 405, reason: "MethodNotAllowed", message, details: {} });
}

export function notAcceptable(): ApiRefusal {
	const message = "only the following media types are accepted: application/json";
	return new ApiRefusal({ code: 406, reason: "NotAcceptable", message });
}

export function unsupportedMediaType(accepted: readonly string[]): ApiRefusal {
	const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`;
	return new ApiRefusal({ code: 415, reason: "UnsupportedMediaType", message });
}

export function unauthorized(): ApiRefusal {
	return new ApiRefusal({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
}

export function tooManyRequests(message: string, cause: string, retryAfterSeconds?: number): ApiRefusal {
	const causes = [{ reason: "DisruptionBudget", message: cause }];
	const details = { causes, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
	return new ApiRefusal({ code: 429, reason: "TooManyRequests", message, details });
}

/** 410: the version that was asked for is forgotten. */
export function expired(message: string, metadata?: Fields): ApiRefusal {
	return new ApiRefusal({ code: 410, reason: "Expired", message, ...(metadata === undefined ? {} : { metadata }) });
}
