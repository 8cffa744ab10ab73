import { ourAnnotations } from "../../src/domain/cordon.ts";
import type { Judge } from "./evidence.ts";
import { LEAVING } from "./stage.ts";

/** A drain that was taken back has left nothing on its Node: every cordon of ours has an annotation of ours beside it. */
export const nothingStaysOfIt: Judge = async ({ cluster, node, recreated }, ground) => {
	const record = await ground.worldOf("intake").records.latest(LEAVING);
	if (record?.state !== "restored" || !record.node || recreated !== undefined) return [];
	const annotations = cluster.store.get("nodes", undefined, node)?.metadata.annotations ?? {};
	return ourAnnotations({ annotations }).map((name) => `the drain was taken back, and ${node} has the annotation ${name}`);
};
