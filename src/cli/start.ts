import { type Asked, defaultSpeed, readArguments } from "./arguments.ts";
import { kindsOfEvents } from "./demo-event.ts";
import { scenarios } from "./scenarios/scenarios.ts";
import { chooseShow } from "./show/choose-show.ts";

const asked = readArguments(process.argv.slice(2));
process.exit(await answer(asked));

async function answer(asked: Asked): Promise<number> {
	switch (asked.kind) {
		case "help":
			process.stdout.write(help());
			return 0;
		case "list":
			process.stdout.write(list());
			return 0;
		case "wrong":
			process.stderr.write(`${asked.says}\n`);
			return 2;
		case "run":
			return run(asked);
	}
}

async function run({ scenario, speed, json }: Asked & { readonly kind: "run" }): Promise<number> {
	const show = chooseShow(process.stdout, process.env, json);
	const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<void>();
	process.once("SIGINT", () => interrupt());
	process.once("SIGTERM", () => interrupt());
	// Whoever read the output has gone.
	process.stdout.on("error", () => interrupt());
	try {
		show.start();
		const [{ ScaledClock }, { runDemo }] = await Promise.all([import("../local/clock/scaled-clock.ts"), import("./run-demo.ts")]);
		const { tell, frame: onFrame } = show;
		return await runDemo({ scenario, speed, clock: new ScaledClock(speed), tell, onFrame, interrupted });
	} finally {
		show.end();
	}
}

function list(): string {
	const width = Math.max(...scenarios.map(({ name }) => name.length));
	return scenarios.map(({ name, says }, index) => `${name.padEnd(width)}  ${says}${index === 0 ? " (default)" : ""}\n`).join("");
}

function help(): string {
	const width = Math.max(...kindsOfEvents.map(([kind]) => kind.length));
	const kinds = kindsOfEvents.map(([kind, says]) => `  ${kind.padEnd(width)}  ${says}\n`).join("");
	return `Drains a node of a simulated EKS cluster with KubeVirt, from the event in the queue to the completed
lifecycle hook. Everything runs in this process; nothing leaves this machine.

npm start -- [OPTIONS]

  --scenario NAME  what to drain (see --list)
  --list           the scenarios
  --speed N        how many times as fast as real time, 1 to 200 (default ${defaultSpeed})
  --json           one JSON object per line instead of text
  --help           this text

Exit code: 0 released, 1 held or failed, 2 wrong arguments, 130 interrupted.

With --json each line has "at" (ISO 8601, by the demo's clock) and "kind":

${kinds}`;
}
