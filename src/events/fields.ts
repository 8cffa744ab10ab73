import * as z from "zod";

/** An object out of a message, before anything about it is known. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/** The error is a noun phrase that says what the field must be; `complaintsOf` makes a clause of it. */
const matching = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html: 17 digits, 8 on instances from before 2018. */
export const instanceId = matching(/^i-[0-9a-f]{8}(?:[0-9a-f]{9})?$/, "an EC2 instance id (i- and 8 or 17 hexadecimal digits)");

/**
 * New groups take ASCII 33 to 126 without the colon; the API's own pattern allows spaces and all of Unicode, and old groups
 * use it. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
 */
export const groupName = matching(
	/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,255}$/u,
	"an Auto Scaling group name (1 to 255 characters, no control characters)",
);

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html */
export const hookName = matching(/^[A-Za-z0-9\-_/]{1,255}$/, "a lifecycle hook name (1 to 255 letters, digits, -, _ and /)");

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html */
export const actionToken = matching(
	/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
	"a lifecycle action token (36 characters, a UUID), without which the action can be neither kept alive nor completed",
);

export const account = matching(/^\d{12}$/, "an AWS account id (12 digits)");

export const region = matching(/^[a-z]{2,4}(?:-[a-z]{1,20}){1,3}-\d{1,2}$/, "an AWS region such as eu-west-1");

/** A word of AWS's own, such as AutoScalingGroup. */
export const awsWord = matching(/^[A-Za-z0-9]{1,64}$/, "a word of up to 64 letters and digits");

const LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(?:\\.${LABEL})*`;

/**
 * The length is looked at first, so that a long name costs no backtracking.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export const nodeName = matching(
	new RegExp(`^(?=[^]{1,253}$)${SUBDOMAIN}$`),
	"a Kubernetes node name (up to 253 lower-case letters, digits, - and .)",
);

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html */
export const clusterName = matching(
	/^[0-9A-Za-z][A-Za-z0-9\-_]{0,99}$/,
	"an EKS cluster name (up to 100 letters, digits, - and _)",
);

/** `namespace/name`, no patterns: an order names each VM that it gives up. */
export const vmName = matching(
	new RegExp(`^(?=[^/]{1,63}/[^]{1,253}$)${LABEL}/${SUBDOMAIN}$`),
	"the namespace/name of one VM (no patterns)",
);

/** A line that a human wrote for other humans. */
export const line = (longest: number) =>
	matching(
		new RegExp(`^(?=[^]*\\S)[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]{1,${longest}}$`, "u"),
		`one line of 1 to ${longest} characters, not all of them blank`,
	);

const TIME = "a time with its zone, such as 2026-01-01T00:00:00Z";

/** RFC 3339 to epoch milliseconds. */
export const instant = z.iso.datetime({ offset: true, error: TIME }).transform((text) => Date.parse(text));

/** The same object for types that tell an absent field from an undefined one. */
export const withoutUndefined = <T extends object>(value: T) =>
	Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as {
		[K in keyof T]: Exclude<T[K], undefined>;
	};
