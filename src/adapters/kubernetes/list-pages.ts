import { ClusterRefused } from "../../faults.ts";
import { answerOf, faultOf } from "./api-status.ts";

/** A whole list and the moment it shows, from which a watch can go on. */
export type Listed<T> = { readonly items: readonly T[]; readonly resourceVersion: string };

export type Page = { readonly items: readonly unknown[]; readonly next?: string | undefined; readonly resourceVersion: string };

/** How many objects a page holds: what kubectl asks for. */
export const PAGE_SIZE = 500;
const ATTEMPTS = 3;
const MOST_PAGES = 2_000;

/**
 * All pages of a list, or undefined when the API server does not know the resource. A continue token that has expired
 * (410) starts the list over, so that it never joins two moments.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
export async function listPages<T>(
	page: (next: string | undefined) => Promise<Page>,
	read: (object: unknown) => T,
	doing: string,
): Promise<Listed<T> | undefined> {
	for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
		const listed = await listOnce(page, read, doing);
		if (listed !== "expired") return listed;
	}
	throw new ClusterRefused(`cannot ${doing}: the list expired between two pages, ${ATTEMPTS} times`);
}

async function listOnce<T>(
	page: (next: string | undefined) => Promise<Page>,
	read: (object: unknown) => T,
	doing: string,
): Promise<Listed<T> | undefined | "expired"> {
	const items: T[] = [];
	let next: string | undefined;
	for (let pages = 0; pages < MOST_PAGES; pages++) {
		const answer = await answerOf(page(next));
		if ("status" in answer) {
			if (answer.status.code === 404) return undefined;
			if (answer.status.code === 410) return "expired";
			throw faultOf(answer.status, doing);
		}
		for (const item of answer.value.items) items.push(read(item));
		next = answer.value.next || undefined;
		if (next === undefined) return { items, resourceVersion: answer.value.resourceVersion };
	}
	throw new ClusterRefused(`cannot ${doing}: more than ${MOST_PAGES} pages`);
}
