import { type GroupSettings, globalTimeoutSeconds, type HookSettings } from "./account.ts";
import { ApiError } from "./api-error.ts";
import type { Instance } from "./instance.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { pageOf, sizeOf } from "./pages.ts";
import { listed, type QueryRequest, required, toXml, type XmlValue } from "./query-protocol.ts";

const NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/";
const TOKEN_LENGTH = 36;

/** What the API reads and acts on. */
export type AutoScalingState = {
	readonly groups: ReadonlyMap<string, GroupSettings>;
	readonly instances: ReadonlyMap<string, Instance>;
	readonly lifecycle: Lifecycle;
};

const describeInstance = ({ instanceId, group, lifecycle }: Instance): XmlValue => ({
	InstanceId: instanceId,
	AutoScalingGroupName: group?.name,
	AvailabilityZone: "",
	LifecycleState: lifecycle,
	HealthStatus: "HEALTHY",
	ProtectedFromScaleIn: "false",
});

/** As a group lists its own. */
const describeMember = ({ instanceId, lifecycle }: Instance): XmlValue => ({
	InstanceId: instanceId,
	AvailabilityZone: "",
	LifecycleState: lifecycle,
	HealthStatus: "Healthy",
	ProtectedFromScaleIn: "false",
});

const describeHook = (group: string, hook: HookSettings): XmlValue => ({
	LifecycleHookName: hook.name,
	AutoScalingGroupName: group,
	LifecycleTransition: `autoscaling:EC2_INSTANCE_${(hook.transition ?? "terminating").toUpperCase()}`,
	NotificationMetadata: hook.metadata,
	HeartbeatTimeout: hook.heartbeatTimeoutSeconds,
	GlobalTimeout: globalTimeoutSeconds(hook),
	DefaultResult: hook.defaultResult,
});

const groupOf = (state: AutoScalingState, name: string): GroupSettings => {
	const group = state.groups.get(name);
	if (group) return group;
	throw new ApiError("ValidationError", `AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
};

const actionOf = (parameters: URLSearchParams) => {
	const token = parameters.get("LifecycleActionToken") ?? undefined;
	if (token !== undefined && token.length !== TOKEN_LENGTH) {
		const fault = `Value '${token}' at 'lifecycleActionToken' failed to satisfy constraint: Member must have length equal to 36`;
		throw new ApiError("ValidationError", `1 validation error detected: ${fault}`);
	}
	return {
		group: required(parameters, "AutoScalingGroupName"),
		hook: required(parameters, "LifecycleHookName"),
		instanceId: required(parameters, "InstanceId"),
		...(token !== undefined && { token }),
	};
};

const operations: Readonly<Record<string, (state: AutoScalingState, parameters: URLSearchParams) => XmlValue>> = {
	DescribeAutoScalingInstances: ({ instances }, parameters) => {
		const ids = listed(parameters, "InstanceIds.member");
		if (ids.length > 50)
			throw new ApiError("ValidationError", "The number of instance ids that may be passed in is limited to 50");
		// Unknown ids are left out, without an error.
		const known = ids.length === 0 ? [...instances.values()] : ids.flatMap((id) => instances.get(id) ?? []);
		return { AutoScalingInstances: known.filter(({ lifecycle }) => lifecycle !== undefined).map(describeInstance) };
	},
	DescribeAutoScalingGroups: ({ groups, instances }, parameters) => {
		const names = listed(parameters, "AutoScalingGroupNames.member");
		const asked = [...groups.values()].filter(({ name }) => names.length === 0 || names.includes(name));
		const { items, next } = pageOf(asked, {
			token: parameters.get("NextToken"),
			size: sizeOf(parameters, "MaxRecords", { usual: 50, most: 100 }),
		});
		const described = items.map(({ name }) => ({
			AutoScalingGroupName: name,
			Instances: [...instances.values()].filter(({ group, lifecycle }) => lifecycle && group?.name === name).map(describeMember),
		}));
		return { AutoScalingGroups: described, NextToken: next };
	},
	DescribeLifecycleHooks: (state, parameters) => {
		const { name, hooks } = groupOf(state, required(parameters, "AutoScalingGroupName"));
		const names = listed(parameters, "LifecycleHookNames.member");
		const asked = hooks.filter((hook) => names.length === 0 || names.includes(hook.name));
		return { LifecycleHooks: asked.map((hook) => describeHook(name, hook)) };
	},
	RecordLifecycleActionHeartbeat: (state, parameters) => {
		const action = actionOf(parameters);
		groupOf(state, action.group);
		state.lifecycle.heartbeat(state.instances.get(action.instanceId), action);
		return {};
	},
	CompleteLifecycleAction: (state, parameters) => {
		const action = actionOf(parameters);
		groupOf(state, action.group);
		state.lifecycle.complete(state.instances.get(action.instanceId), action, required(parameters, "LifecycleActionResult"));
		return {};
	},
};

/** The names of the operations that exist here. */
export const AUTO_SCALING_OPERATIONS: readonly string[] = Object.keys(operations);

/** The body of Auto Scaling's answer. Throws ApiError. */
export function answerAutoScaling(state: AutoScalingState, { operation, parameters }: QueryRequest, requestId: string): string {
	const answer = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
	if (!answer) throw new ApiError("InvalidAction", `The embedded Auto Scaling does not know the operation ${operation}`);
	const result = toXml(answer(state, parameters), "member");
	const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
	return `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${result}</${operation}Result>${metadata}</${operation}Response>`;
}

/** The body of a refusal. */
export function refuseAutoScaling({ code, message, status }: ApiError, requestId: string): string {
	const error = toXml({ Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message } }, "member");
	return `<ErrorResponse xmlns="${NAMESPACE}">${error}<RequestId>${requestId}</RequestId></ErrorResponse>`;
}
