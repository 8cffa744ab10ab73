import { ApiError } from "./api-error.ts";
import type { Ec2State, Instance } from "./instance.ts";
import { pageOf, sizeOf } from "./pages.ts";
import { listed, type QueryRequest, toXml, type XmlValue } from "./query-protocol.ts";

const NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";
const STATE_CODES: Readonly<Record<Ec2State, number>> = { running: 16, "shutting-down": 32, terminated: 48 };

/** What the API reads, and whom it tells of changed tags. */
export type Ec2Account = {
	readonly instances: ReadonlyMap<string, Instance>;
	readonly onTag: (instanceId: string, key: string, value: string | undefined) => void;
};

const find = (instances: ReadonlyMap<string, Instance>, instanceId: string): Instance => {
	const instance = instances.get(instanceId);
	if (instance) return instance;
	if (/^i-[0-9a-f]{8}([0-9a-f]{9})?$/.test(instanceId)) {
		throw new ApiError("InvalidInstanceID.NotFound", `The instance ID '${instanceId}' does not exist`);
	}
	throw new ApiError("InvalidInstanceID.Malformed", `Invalid id: "${instanceId}"`);
};

const describe = ({ instanceId, ec2, tags }: Instance): XmlValue => ({
	instanceId,
	instanceState: { code: STATE_CODES[ec2], name: ec2 },
	tagSet: [...tags].map(([key, value]) => ({ key, value })),
});

/** The filters that exist here. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
const filters: Readonly<Record<string, (instance: Instance, values: readonly string[]) => boolean>> = {
	"tag-key": ({ tags }, values) => values.some((key) => tags.has(key)),
	"instance-state-name": ({ ec2 }, values) => values.includes(ec2),
};

const filtersOf = (parameters: URLSearchParams): readonly ((instance: Instance) => boolean)[] =>
	listed(parameters, "Filter", ".Name").map((name, index) => {
		const fits = Object.hasOwn(filters, name) ? filters[name] : undefined;
		if (!fits) throw new ApiError("InvalidParameterValue", `The embedded EC2 does not know the filter ${name}`);
		const values = listed(parameters, `Filter.${index + 1}.Value`);
		return (instance) => fits(instance, values);
	});

const operations: Readonly<Record<string, (state: Ec2Account, parameters: URLSearchParams) => XmlValue>> = {
	DescribeInstances: ({ instances }, parameters) => {
		const ids = listed(parameters, "InstanceId");
		const asked = ids.length === 0 ? [...instances.values()] : ids.map((id) => find(instances, id));
		const fitting = filtersOf(parameters).reduce((left, fits) => left.filter(fits), asked);
		const size = sizeOf(parameters, "MaxResults", { usual: 1_000, most: 1_000 });
		const { items, next } = pageOf(fitting, { token: parameters.get("NextToken"), size });
		return { reservationSet: items.map((instance) => ({ instancesSet: [describe(instance)] })), nextToken: next };
	},
	CreateTags: ({ instances, onTag }, parameters) => {
		const keys = listed(parameters, "Tag", ".Key");
		const values = listed(parameters, "Tag", ".Value");
		for (const instance of listed(parameters, "ResourceId").map((id) => find(instances, id))) {
			keys.forEach((key, index) => {
				instance.tags.set(key, values[index] ?? "");
				onTag(instance.instanceId, key, values[index] ?? "");
			});
		}
		return { return: "true" };
	},
	DeleteTags: ({ instances, onTag }, parameters) => {
		const keys = listed(parameters, "Tag", ".Key");
		const values = listed(parameters, "Tag", ".Value");
		if (values.length > 0 && values.length < keys.length)
			throw new ApiError("InvalidParameter", "The embedded EC2 deletes either by key alone or by a value for each key");
		for (const instance of listed(parameters, "ResourceId").map((id) => find(instances, id))) {
			keys.forEach((key, index) => {
				const goes = values.length === 0 || instance.tags.get(key) === values[index];
				if (goes && instance.tags.delete(key)) onTag(instance.instanceId, key, undefined);
			});
		}
		return { return: "true" };
	},
};

/** The names of the operations that exist here. */
export const EC2_OPERATIONS: readonly string[] = Object.keys(operations);

/** The body of EC2's answer. Throws ApiError. */
export function answerEc2(state: Ec2Account, { operation, parameters }: QueryRequest, requestId: string): string {
	const answer = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
	if (!answer) throw new ApiError("InvalidAction", `The embedded EC2 does not know the operation ${operation}`);
	const result = toXml(answer(state, parameters), "item");
	return `<${operation}Response xmlns="${NAMESPACE}"><requestId>${requestId}</requestId>${result}</${operation}Response>`;
}

/** The body of a refusal. */
export function refuseEc2({ code, message }: ApiError, requestId: string): string {
	const errors = toXml({ Errors: { Error: { Code: code, Message: message } } }, "item");
	return `<?xml version="1.0" encoding="UTF-8"?><Response>${errors}<RequestID>${requestId}</RequestID></Response>`;
}
