import { BROKEN_OFF } from "./broken-off.ts";
import type { FaultKind } from "./fault.ts";
import type { Mishap } from "./mishap.ts";
import { LEAVING, type Stage } from "./stage.ts";
import { namespace } from "./world.ts";

/** Less than a message takes that has failed once. */
const STARTS_WITHIN_MS = 45_000;

const orderOf = (requestId: string, fields: Readonly<Record<string, unknown>>): string =>
	JSON.stringify({ kind: "drain", version: 1, requestId, instanceId: LEAVING, reason: "again", ...fields });

const running = ({ ground }: Stage): string | undefined =>
	ground.machine.list().findLast(({ status }) => status === "RUNNING")?.name;

const end =
	(status: "ABORTED" | "FAILED" | "TIMED_OUT"): Mishap =>
	(stage) => {
		const name = running(stage);
		if (name === undefined) return false;
		void stage.ground.machine.stop(name, BROKEN_OFF, "the execution ended in the middle", status);
		return true;
	};

/** What happens in the account and on the queues while an instance leaves. */
export const accountMishaps: Partial<Readonly<Record<FaultKind, Mishap>>> = {
	"execution aborted": end("ABORTED"),
	"execution failed": end("FAILED"),
	"execution timed out": end("TIMED_OUT"),

	"instance taken by someone else": ({ ground }) => {
		if (ground.aws.instance(LEAVING).ec2 !== "running") return false;
		ground.aws.reclaim(LEAVING);
		return true;
	},

	"message duplicated": (stage, { choice }) => {
		const { posted } = stage;
		const message = posted[Math.floor(choice * posted.length)];
		if (!message) return false;
		stage.post(message.queue, message.body);
		return true;
	},

	/** The same event under another id. */
	"EventBridge duplicate": (stage) => {
		const event = stage.posted.find(({ queue }) => queue === "events");
		if (!event) return false;
		const body = { ...(JSON.parse(event.body) as object), id: "00000000-0000-4000-8000-000000000000" };
		stage.post("events", JSON.stringify(body));
		return true;
	},

	"second hook token": (stage) => {
		const event = stage.untold();
		if (event === undefined) return false;
		stage.post("events", event);
		return true;
	},

	/** It may overtake an order that was given directly before it. */
	"cancel in between": (stage, { choice, seconds }) => {
		const requestId = `BACK-${stage.posted.length}`;
		const issuedAt = new Date(stage.clock.now()).toISOString();
		if (choice < 0.4)
			stage.clock.at(seconds * 1_000, () => stage.post("orders", orderOf(`CHG-before-${requestId}`, { issuedAt })));
		const cancel = { kind: "cancel", version: 1, requestId, instanceId: LEAVING, reason: "wrong host", issuedAt };
		stage.post("orders", JSON.stringify(cancel));
		return true;
	},

	/** It may come late, and must not be begun any more then. */
	"order in between": (stage, { choice, seconds }) => {
		const vms = stage.plan.world.vms.filter(({ may }) => may).map(({ name }) => `${namespace}/${name}`);
		const mayEnd = choice < 0.5 ? vms : [];
		for (const vm of mayEnd) stage.allow(vm);
		const now = stage.clock.now();
		const dated = { issuedAt: new Date(now).toISOString(), notAfter: new Date(now + STARTS_WITHIN_MS).toISOString() };
		const order = orderOf(`CHG-${stage.posted.length}`, { mayEnd, ...dated });
		if (choice < 0.7) stage.post("orders", order);
		else stage.clock.at(seconds * 1_000, () => stage.post("orders", order));
		return true;
	},
};
