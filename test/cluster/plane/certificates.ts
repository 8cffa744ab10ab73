import "reflect-metadata";
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, webcrypto } from "node:crypto";
import {
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	ExtendedKeyUsage,
	ExtendedKeyUsageExtension,
	KeyUsageFlags,
	KeyUsagesExtension,
	Name,
	SubjectAlternativeNameExtension,
	SubjectKeyIdentifierExtension,
	type X509Certificate,
	X509CertificateGenerator,
} from "@peculiar/x509";
import type { Identity } from "./plane.ts";

/** Signs certificates; `cert` is its own, PEM. */
export type Authority = {
	readonly cert: string;
	/** For a server under these DNS names and addresses, usable as a client too (etcd talks to itself). */
	server(names: readonly string[]): Promise<Identity>;
	/** For a client: Kubernetes reads the user from the common name and the groups from the organizations. */
	client(user: string, groups?: readonly string[]): Promise<Identity>;
};

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
/** A plane lives for minutes or a working day; an hour before, for clocks that are set back meanwhile. */
const VALID_FROM_MS = -3_600_000;
const VALID_UNTIL_MS = 30 * 86_400_000;

/** A new certificate authority of its own. */
export async function createAuthority(name: string): Promise<Authority> {
	const keys = await newKeys();
	const root = await X509CertificateGenerator.createSelfSigned({
		...validity(),
		name: new Name([{ CN: [name] }]),
		keys,
		signingAlgorithm: SIGNING,
		extensions: [
			new BasicConstraintsExtension(true, undefined, true),
			new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true),
			await SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	const authority = { root, key: keys.privateKey };
	return {
		cert: pem(root),
		server: (names) => issue(authority, [{ CN: [names[0] ?? name] }], { names }),
		client: (user, groups = []) => issue(authority, [...groups.map((group) => ({ O: [group] })), { CN: [user] }], { names: [] }),
	};
}

/** A private key, PEM, that signs service-account tokens; the API server takes its public half from it. */
export function createSigningKey(): string {
	const { privateKey } = generateKeyPairSync("ec", { namedCurve: CURVE.namedCurve });
	// The form that the API server reads a public key from; of PKCS #8 it takes the private key only.
	return privateKey.export({ type: "sec1", format: "pem" }).toString();
}

async function issue(
	{ root, key }: { readonly root: X509Certificate; readonly key: webcrypto.CryptoKey },
	subject: ConstructorParameters<typeof Name>[0],
	{ names }: { readonly names: readonly string[] },
): Promise<Identity> {
	const keys = await newKeys();
	const usages = names.length > 0 ? [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth] : [ExtendedKeyUsage.clientAuth];
	const certificate = await X509CertificateGenerator.create({
		...validity(),
		subject: new Name(subject),
		issuer: root.subjectName,
		publicKey: keys.publicKey,
		signingKey: key,
		signingAlgorithm: SIGNING,
		extensions: [
			new BasicConstraintsExtension(false, undefined, true),
			new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
			new ExtendedKeyUsageExtension(usages),
			await AuthorityKeyIdentifierExtension.create(root),
			...(names.length > 0 ? [new SubjectAlternativeNameExtension(names.map(alternativeName))] : []),
		],
	});
	const exported = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
	const privateKey = createPrivateKey({ key: Buffer.from(exported), format: "der", type: "pkcs8" });
	return { cert: pem(certificate), key: pkcs8(privateKey) };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
	return webcrypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
}

function validity() {
	const now = Date.now();
	return {
		// The first bit clear: a serial number is a positive integer.
		serialNumber: `4${randomBytes(16).toString("hex").slice(1)}`,
		notBefore: new Date(now + VALID_FROM_MS),
		notAfter: new Date(now + VALID_UNTIL_MS),
	};
}

function alternativeName(name: string) {
	return { type: /^[\d.]+$/.test(name) ? ("ip" as const) : ("dns" as const), value: name };
}

function pem(certificate: X509Certificate): string {
	return `${certificate.toString("pem").trim()}\n`;
}

function pkcs8(key: KeyObject): string {
	return key.export({ type: "pkcs8", format: "pem" }).toString();
}
