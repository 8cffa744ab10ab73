import { listed, paths } from "./objects.ts";
import type { SharedStage } from "./shared-scenario.ts";

/** Until every VMI of the shop is marked for eviction from the node. */
export const untilAllAreMarked = (stage: SharedStage): Promise<void> =>
	stage.until("every VMI is marked", async () =>
		(await listed(stage, paths.vmis)).every(({ status }) => status?.evacuationNodeName === stage.node),
	);

/** Until the memory of every VM of the shop is on its way. */
export const untilAllMigrate = (stage: SharedStage): Promise<void> =>
	stage.until("every VM migrates", async () => {
		const migrations = await listed(stage, paths.migrations);
		const vmis = await listed(stage, paths.vmis);
		return vmis.every(({ metadata }) =>
			migrations.some(({ spec, status }) => spec.vmiName === metadata.name && status?.phase === "Running"),
		);
	});
