import type { Resource } from "./store-resources.ts";

const path = (resource: Resource, namespace: string | undefined, name: string): string =>
	`${resource} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

/** The object a write is for is not there (any more). */
export class ObjectMissing extends Error {
	override readonly name = "ObjectMissing";
	constructor(verb: string, resource: Resource, namespace: string | undefined, name: string) {
		super(`cannot ${verb} ${path(resource, namespace, name)}: it does not exist`);
	}
}

/** An object of this name exists already. */
export class ObjectExists extends Error {
	override readonly name = "ObjectExists";
	constructor(resource: Resource, namespace: string | undefined, name: string) {
		super(`cannot create ${path(resource, namespace, name)}: it already exists`);
	}
}
