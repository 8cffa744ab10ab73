import { ApiError } from "./api-error.ts";

/** A request of the Query protocol: `Action` and flat parameters, lists numbered from 1. */
export type QueryRequest = { readonly operation: string; readonly parameters: URLSearchParams };

/** What an answer's XML is made of. Lists become elements named as the service names its items. */
export type XmlValue = string | number | readonly XmlValue[] | { readonly [name: string]: XmlValue | undefined };

export function readQuery(body: string): QueryRequest {
	const parameters = new URLSearchParams(body);
	return { operation: parameters.get("Action") ?? "", parameters };
}

/** Throws ValidationError when it is missing. */
export function required(parameters: URLSearchParams, name: string): string {
	const value = parameters.get(name);
	if (value === null || value === "") throw new ApiError("ValidationError", `The request must contain the parameter ${name}`);
	return value;
}

/** The values of `<prefix>.1`, `<prefix>.2`, and so on. */
export function listed(parameters: URLSearchParams, prefix: string, field = ""): string[] {
	const values: string[] = [];
	for (let number = 1; ; number++) {
		const value = parameters.get(`${prefix}.${number}${field}`);
		if (value === null) return values;
		values.push(value);
	}
}

const escapeText = (text: string): string => text.replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The XML of `value`; `item` names the elements of lists: `member` in Auto Scaling, `item` in EC2. */
export function toXml(value: XmlValue, item: string): string {
	if (typeof value === "string") return escapeText(value);
	if (typeof value === "number") return String(value);
	if (Array.isArray(value)) return value.map((entry) => `<${item}>${toXml(entry, item)}</${item}>`).join("");
	return Object.entries(value)
		.map(([name, entry]) => (entry === undefined ? "" : `<${name}>${toXml(entry, item)}</${name}>`))
		.join("");
}
