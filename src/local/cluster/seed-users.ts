import { type AccessRule, type ApiUser, type Authenticate, administrator } from "./api/authorization.ts";

/** Who may ask the API server, by bearer token. */
export class Users {
	/** May do everything. */
	readonly adminToken: string;
	readonly authenticate: Authenticate;
	readonly #known = new Map<string, { readonly user: ApiUser; readonly expiresAt: number }>();

	constructor(cluster: string) {
		this.adminToken = `admin-of-${cluster}`;
		this.#known.set(this.adminToken, { user: administrator, expiresAt: Number.POSITIVE_INFINITY });
		this.authenticate = (token, now) => {
			const known = token === undefined ? undefined : this.#known.get(token);
			return known === undefined || known.expiresAt <= now ? undefined : known.user;
		};
	}

	/**
	 * Adds a user, or another token of one; the answer is the token. `expiresAt` is in epoch milliseconds. Service
	 * accounts are named `system:serviceaccount:<namespace>:<name>`.
	 */
	add(user: {
		readonly name: string;
		readonly rules: readonly AccessRule[];
		readonly token?: string;
		readonly expiresAt?: number;
	}): string {
		const { name, rules, token = `token-${this.#known.size}-of-${name}`, expiresAt = Number.POSITIVE_INFINITY } = user;
		this.#known.set(token, { user: { name, rules }, expiresAt });
		return token;
	}

	/** The token is not valid any more. */
	revoke(token: string): void {
		this.#known.delete(token);
	}
}
