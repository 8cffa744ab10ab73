type Stated<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
	readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The properties that are stated: those with an undefined value are left out. */
export function stated<T extends object>(properties: T): Stated<T> {
	return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Stated<T>;
}
