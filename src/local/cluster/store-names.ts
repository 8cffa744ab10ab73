import { createHash } from "node:crypto";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A UUID (version 4 in form) that depends on the seed alone. */
export function uidFrom(seed: string): string {
	const hex = digest(seed);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

// https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go#L83
const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** Five characters as Kubernetes appends to `generateName`, from the seed alone. */
export function suffixFrom(seed: string): string {
	const hex = digest(seed);
	let suffix = "";
	for (let at = 0; at < 10; at += 2) suffix += alphabet[Number.parseInt(hex.slice(at, at + 2), 16) % alphabet.length];
	return suffix;
}
