import { invalid } from "./api-status.ts";

/** Whether `dryRun=All` is set; anything else but nothing is refused (422). */
export function readDryRun(
	value: string | undefined,
	options: "CreateOptions" | "UpdateOptions" | "PatchOptions" | "DeleteOptions",
): boolean {
	if (value === undefined || value === "") return false;
	if (value === "All") return true;
	const message = `Unsupported value: ${JSON.stringify(value)}: supported values: "All"`;
	const cause = { reason: "FieldValueNotSupported", message, field: "dryRun" };
	throw invalid({ kind: options, group: "meta.k8s.io", name: "" }, [cause]);
}
