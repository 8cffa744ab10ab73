/** A Node that is ours for the length of a maintenance: a namesake differs in uid, in provider id, or in both. */
export type NodeIdentity = { readonly name: string; readonly uid: string; readonly providerId: string };

/** The instance that a provider id of the form `aws:///<zone>/<instance>` names; undefined for any other form. */
export function instanceOf(providerId: string): string | undefined {
	return /^aws:\/\/\/[a-z0-9-]+\/(i-[0-9a-f]{8}(?:[0-9a-f]{9})?)$/.exec(providerId)?.[1];
}

export function isSameNode(a: NodeIdentity, b: NodeIdentity): boolean {
	return a.name === b.name && a.uid === b.uid && a.providerId === b.providerId;
}
