export default {
	testEnvironment: "node",
	extensionsToTreatAsEsm: [".ts"],
	transform: {
		"^.+\\.ts$": [
			"@swc/jest",
			{
				jsc: { parser: { syntax: "typescript" }, target: "es2024" },
				module: { type: "es6" },
				sourceMaps: "inline",
			},
		],
	},
	testMatch: ["<rootDir>/test/**/*.test.ts"],
	maxWorkers: 2,
};
