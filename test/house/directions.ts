import { type Import, importsOf, type SourceFile } from "./imports.ts";

/** What a part may import: prefixes of paths in the repository, and of packages. Dependencies point inward. */
const allowed: readonly { readonly part: string; readonly imports: readonly string[] }[] = [
	{ part: "src/domain/", imports: ["src/domain/"] },
	{ part: "src/events/", imports: ["src/events/", "src/domain/", "zod"] },
	{ part: "src/ports.ts", imports: ["src/domain/"] },
	{ part: "src/faults.ts", imports: [] },
	{ part: "src/app/", imports: ["src/app/", "src/domain/", "src/events/", "src/ports.ts", "src/faults.ts"] },
	{
		part: "src/adapters/kubernetes/",
		imports: [
			"src/adapters/kubernetes/",
			"src/domain/",
			"src/ports.ts",
			"src/faults.ts",
			"node:",
			"@kubernetes/",
			"@smithy/",
			"@aws-crypto/",
			"@aws-sdk/credential-provider-node",
			"zod",
		],
	},
	{
		part: "src/adapters/aws/",
		imports: ["src/adapters/aws/", "src/domain/", "src/ports.ts", "src/faults.ts", "node:", "@aws-sdk/", "@smithy/", "zod"],
	},
	{ part: "src/adapters/", imports: ["src/ports.ts", "node:"] },
	{
		part: "src/local/cluster/",
		imports: ["src/local/cluster/", "src/local/clock/", "node:"],
	},
	{ part: "src/local/clock/", imports: ["src/local/clock/", "src/ports.ts", "src/adapters/real-clock.ts"] },
	{ part: "src/local/workflow/", imports: ["src/local/workflow/", "src/local/clock/", "node:", "zod"] },
	{
		part: "src/local/",
		imports: [
			"src/local/",
			"src/adapters/",
			"src/domain/",
			"src/ports.ts",
			"src/faults.ts",
			"node:",
			"@aws-sdk/",
			"@smithy/",
			"dynalite",
			"fauxqs",
			"zod",
		],
	},
	{
		part: "lambdas/",
		imports: [
			"lambdas/",
			"src/app/",
			"src/domain/",
			"src/events/",
			"src/adapters/",
			"src/ports.ts",
			"src/faults.ts",
			"node:",
			"@aws-sdk/",
			"@middy/",
			"aws-lambda",
			"zod",
		],
	},
	{
		part: "infra/",
		imports: ["infra/", "lambdas/environment.ts", "src/domain/", "node:", "aws-cdk-lib", "constructs", "esbuild"],
	},
	{ part: "src/cli/", imports: ["src/", "lambdas/", "infra/", "node:", "@aws-sdk/", "aws-lambda", "zod"] },
	{ part: "test/monitor/", imports: ["test/monitor/", "node:"] },
];

const isAllowed = ({ to, typeOnly }: Import, part: string, imports: readonly string[]) =>
	imports.some((prefix) => to === prefix || to.startsWith(prefix)) || (part === "test/monitor/" && typeOnly);

/** One sentence for each import that points outward. */
export function wrongDirections(files: readonly SourceFile[]): string[] {
	return files.flatMap((file) => {
		// Whoever tries a judge has to set the stage for it.
		if (file.path.startsWith("test/monitor/") && file.path.endsWith(".test.ts")) return [];
		const rule = allowed.find(({ part }) => file.path === part || file.path.startsWith(part));
		if (!rule)
			return file.path.startsWith("test/")
				? []
				: [`${file.path}: belongs to no part of the house; name one in test/house/directions.ts`];
		return importsOf(file)
			.filter((one) => !isAllowed(one, rule.part, rule.imports))
			.map(({ to }) => `${file.path}: ${rule.part} may not import ${to}`);
	});
}
