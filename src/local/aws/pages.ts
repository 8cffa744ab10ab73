import { ApiError } from "./api-error.ts";

/** One page of a list: the token is where it begins, as the answer before it said. */
export function pageOf<T>(
	all: readonly T[],
	{ token, size }: { readonly token: string | null; readonly size: number },
): { readonly items: readonly T[]; readonly next: string | undefined } {
	const from = token === null ? 0 : Number(/^from-(\d+)$/.exec(token)?.[1] ?? Number.NaN);
	if (Number.isNaN(from)) throw new ApiError("InvalidNextToken", "The token is not valid.");
	const end = from + size;
	return { items: all.slice(from, end), next: end < all.length ? `from-${end}` : undefined };
}

/** How many a caller wants on one page. Throws ValidationError when that is more than there can be. */
export function sizeOf(
	parameters: URLSearchParams,
	name: string,
	{ usual, most }: { readonly usual: number; readonly most: number },
): number {
	const wanted = Number(parameters.get(name) ?? usual);
	if (wanted >= 1 && wanted <= most) return wanted;
	throw new ApiError("ValidationError", `${name} must be between 1 and ${most}`);
}
