import type { NodeIdentity } from "../domain/identity.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import type { World } from "../ports.ts";
import { clusterOfRecord } from "./step.ts";

/**
 * Says in the cluster that the instance may go. An Event is for readers: that it cannot be written, or that a webhook keeps it
 * waiting, must keep neither an instance nor its mark in between. So it comes when all is done.
 */
export async function announceSafe(record: MaintenanceRecord & { readonly node: NodeIdentity }, world: World): Promise<void> {
	const maintenance = executionName(record);
	try {
		await clusterOfRecord(record, world).announce(record.node, {
			type: "Normal",
			reason: "SafeToTerminate",
			message: `Evacuator ${maintenance}: nothing is left on instance ${record.instanceId}, AWS may terminate it`,
		});
	} catch (fault) {
		world.notices.say({ event: "announcement failed", maintenance, why: String(fault) });
	}
}
