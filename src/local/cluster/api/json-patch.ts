import { isDeepStrictEqual } from "node:util";
import { copyOf, type Fields, isFields } from "../store-object.ts";
import { ApiRefusal, badRequest } from "./api-status.ts";

/** A merge patch (RFC 7386): null removes, objects merge, all else replaces. Returns a new value. */
export function mergePatch(target: unknown, patch: unknown): unknown {
	if (!isFields(patch)) return patch;
	const merged: Fields = isFields(target) ? { ...target } : {};
	for (const [field, value] of Object.entries(patch)) {
		if (value === null) delete merged[field];
		else merged[field] = mergePatch(merged[field], value);
	}
	return merged;
}

/** A JSON patch (RFC 6902). Throws the 422 of the API server when a step cannot be done or a test fails. */
export function jsonPatch(target: unknown, patch: unknown): unknown {
	if (!Array.isArray(patch))
		throw badRequest("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
	const document = { root: copyOf(target) };
	for (const step of patch) applyStep(document, step);
	return document.root;
}

function cannot(): ApiRefusal {
	const message = "the server rejected our request due to an error in our request";
	return new ApiRefusal({ code: 422, reason: "Invalid", message, details: {} });
}

type Document = { root: unknown };

type Step = { readonly path: readonly string[]; readonly from: readonly string[]; readonly value: unknown };

const operations: Readonly<Record<string, (document: Document, step: Step) => void>> = {
	test: (document, { path, value }) => {
		if (!isDeepStrictEqual(read(document, path), value)) throw cannot();
	},
	add: (document, { path, value }) => add(document, path, copyOf(value)),
	replace: (document, { path, value }) => {
		remove(document, path);
		add(document, path, copyOf(value));
	},
	remove: (document, { path }) => {
		remove(document, path);
	},
	move: (document, { path, from }) => add(document, path, remove(document, from)),
	copy: (document, { path, from }) => add(document, path, copyOf(read(document, from))),
};

function applyStep(document: Document, step: unknown): void {
	if (!isFields(step) || typeof step.path !== "string") throw cannot();
	const operation = operations[String(step.op)];
	if (operation === undefined) throw cannot();
	const from = typeof step.from === "string" ? pointer(step.from) : [];
	operation(document, { path: pointer(step.path), from, value: step.value });
}

function pointer(path: string): readonly string[] {
	const unescaped = path.split("/").slice(1);
	return unescaped.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function read(document: Document, path: readonly string[]): unknown {
	let at: unknown = document.root;
	for (const part of path) {
		if (Array.isArray(at)) at = at[Number(part)];
		else if (isFields(at)) at = at[part];
		else throw cannot();
	}
	return at;
}

function add(document: Document, path: readonly string[], value: unknown): void {
	const last = path.at(-1);
	if (last === undefined) {
		document.root = value;
		return;
	}
	const parent = read(document, path.slice(0, -1));
	if (isFields(parent)) {
		parent[last] = value;
		return;
	}
	if (!Array.isArray(parent)) throw cannot();
	const index = last === "-" ? parent.length : Number(last);
	if (!Number.isInteger(index) || index < 0 || index > parent.length) throw cannot();
	parent.splice(index, 0, value);
}

function remove(document: Document, path: readonly string[]): unknown {
	const last = path.at(-1);
	if (last === undefined) throw cannot();
	const parent = read(document, path.slice(0, -1));
	if (Array.isArray(parent) && Number(last) < parent.length) return parent.splice(Number(last), 1)[0];
	if (!isFields(parent) || !Object.hasOwn(parent, last)) throw cannot();
	const value = parent[last];
	delete parent[last];
	return value;
}
