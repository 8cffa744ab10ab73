import { copyOf, type Fields, fieldsAt, isFields, type KubeObject, type NewObject, textAt } from "../store-object.ts";
import { apiVersionOf, type ResourceType } from "../store-resources.ts";
import type { ApiRequest } from "./api-request.ts";
import { badRequest, invalid, type StatusCause } from "./api-status.ts";

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainRule =
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** The body as an object of this kind; throws 400 when it is another, or of another namespace. */
export function readObject(type: ResourceType, request: ApiRequest, body: unknown): Fields {
	if (!isFields(body)) throw badRequest(`the object provided is unrecognized (must be of type ${type.kind})`);
	const { kind = type.kind, apiVersion = apiVersionOf(type) } = body;
	if (kind !== type.kind || apiVersion !== apiVersionOf(type)) {
		throw badRequest(`${String(kind)} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${type.kind}`);
	}
	const namespace = textAt(body, "metadata", "namespace") ?? "";
	if (type.namespaced && namespace !== "" && namespace !== request.namespace) {
		throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
	}
	return body;
}

/** The object as it is stored when it is created through the API: defaults in, status and server's fields out. */
export function newObject(type: ResourceType, request: ApiRequest, body: Fields): NewObject {
	const metadata = copyOf(fieldsAt(body, "metadata"));
	for (const field of [
		"uid",
		"resourceVersion",
		"creationTimestamp",
		"deletionTimestamp",
		"deletionGracePeriodSeconds",
		"generation",
	]) {
		delete metadata[field];
	}
	const { status, ...rest } = copyOf(body);
	const object: NewObject = { ...rest, apiVersion: apiVersionOf(type), kind: type.kind, metadata };
	if (type.namespaced) object.metadata.namespace = request.namespace;
	if (!type.statusSubresource && isFields(status)) object.status = status;
	if (type.resource === "pods") applyPodDefaults(object);
	if (type.resource === "namespaces") {
		object.spec = { finalizers: ["kubernetes"] };
		object.status = { phase: "Active" };
	}
	return tidy(object);
}

function applyPodDefaults(pod: NewObject): void {
	pod.spec = { restartPolicy: "Always", terminationGracePeriodSeconds: 30, schedulerName: "default-scheduler", ...pod.spec };
	pod.status = { phase: "Pending" };
}

/** Leaves out what the API server leaves out: `spec.unschedulable: false` is never written. */
export function tidy<T extends NewObject | KubeObject>(object: T): T {
	if (object.kind === "Node" && object.spec?.unschedulable === false) delete object.spec.unschedulable;
	return object;
}

/** Throws 422 with every rule that the new object breaks. */
export function validateNew(type: ResourceType, object: NewObject): void {
	const { name = "", generateName = "" } = object.metadata;
	const causes: (StatusCause & { field: string })[] = [];
	if (name === "" && generateName === "") {
		causes.push({
			reason: "FieldValueRequired",
			message: "Required value: name or generateName is required",
			field: "metadata.name",
		});
	} else if (name !== "" && (!subdomain.test(name) || name.length > 253)) {
		causes.push({
			reason: "FieldValueInvalid",
			message: `Invalid value: ${JSON.stringify(name)}: ${subdomainRule}`,
			field: "metadata.name",
		});
	}
	if (type.resource === "events") causes.push(...eventCauses(object));
	if (causes.length > 0) throw invalid({ kind: type.kind, group: type.group, name }, causes);
}

/** An event about a cluster-wide object belongs into `default`, any other into the namespace of what it is about. */
function eventCauses(event: NewObject): (StatusCause & { field: string })[] {
	const about = textAt(event, "involvedObject", "namespace") ?? "";
	const expected = about === "" ? "default" : about;
	if (event.metadata.namespace === expected) return [];
	const message = `Invalid value: ${JSON.stringify(about)}: does not match event.namespace`;
	return [{ reason: "FieldValueInvalid", message, field: "involvedObject.namespace" }];
}
