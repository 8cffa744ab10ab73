import { createHash } from "node:crypto";
import { instanceOf, type NodeIdentity } from "../../domain/identity.ts";
import type { Look, NodeFacts } from "../../domain/look.ts";
import type { Cluster, Following } from "../../ports.ts";

/** As long as an EC2 instance id has hexadecimal digits. */
const DIGITS = 17;

/**
 * A provider id in AWS's form for a Node that has none, made from its uid: another Node of the same name gets another one,
 * and so is refused as on AWS.
 */
const madeFor = (uid: string): string => `aws:///none/i-${createHash("sha256").update(uid).digest("hex").slice(0, DIGITS)}`;

/**
 * The same cluster, in which every Node has a provider id that names an instance. A Node of AWS keeps its own; to the
 * cluster itself each goes by its true one.
 */
export function withOwnIdentities(cluster: Cluster): Cluster {
	const truly = new Map<string, string>();
	const namesByInstance = new Map<string, string>();
	const shown = (node: NodeFacts): NodeFacts => {
		if (instanceOf(node.providerId) !== undefined) return node;
		const providerId = madeFor(node.uid);
		truly.set(node.uid, node.providerId);
		namesByInstance.set(instanceOf(providerId) ?? "", node.name);
		return { ...node, providerId };
	};
	const shownIn = (look: Look): Look => ({
		...look,
		...(look.node && { node: shown(look.node) }),
		...(look.surroundings && { surroundings: { ...look.surroundings, nodes: look.surroundings.nodes.map(shown) } }),
	});
	const isMade = ({ providerId, uid }: NodeIdentity): boolean => providerId === madeFor(uid);
	const trueOf = (node: NodeIdentity): NodeIdentity => (isMade(node) ? { ...node, providerId: truly.get(node.uid) ?? "" } : node);
	return {
		...cluster,
		async findNodes(by) {
			if ("name" in by) return (await cluster.findNodes(by)).map(shown);
			const name = namesByInstance.get(by.instanceId);
			if (name === undefined) return cluster.findNodes(by);
			const found = (await cluster.findNodes({ name })).map(shown);
			return found.filter(({ providerId }) => instanceOf(providerId) === by.instanceId);
		},
		look: async (node, scope) => shownIn(await cluster.look(trueOf(node), scope)),
		follow: async (node, seconds) => followingShown(await cluster.follow(trueOf(node), seconds), shownIn),
		cordon: (node, annotations) => cluster.cordon(trueOf(node), annotations),
		announce: (node, event) => cluster.announce(trueOf(node), isMade(node) ? withoutInstance(event, node) : event),
	};
}

type NodeEvent = Parameters<Cluster["announce"]>[1];

/** What is said of an instance that exists nowhere would puzzle whoever reads the Node's events. */
const withoutInstance = (event: NodeEvent, { name }: NodeIdentity): NodeEvent =>
	event.reason === "SafeToTerminate"
		? { ...event, message: `Evacuator: nothing is left on Node ${name}, it is safe to terminate` }
		: event;

function followingShown(following: Following, shownIn: (look: Look) => Look): Following {
	return {
		get look() {
			return shownIn(following.look);
		},
		async next() {
			const look = await following.next();
			return look && shownIn(look);
		},
		close: () => following.close(),
	};
}
