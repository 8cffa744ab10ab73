import { realClock } from "../adapters/real-clock.ts";
import { type Asked, readArguments } from "./arguments.ts";
import { help, list } from "./help.ts";
import { chooseShow } from "./show/choose-show.ts";
import type { Show } from "./show/show.ts";

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
		case "context":
			return inContext(asked);
		default:
			return asked satisfies never;
	}
}

async function run({ scenario, speed, json }: Asked & { readonly kind: "run" }): Promise<number> {
	const show = chooseShow(process.stdout, process.env, json);
	const interrupted = interruption(show);
	try {
		show.start("Starting the simulated cluster, the queue, the functions and the state machine");
		const [{ ScaledClock }, { runDemo }] = await Promise.all([import("../local/clock/scaled-clock.ts"), import("./run-demo.ts")]);
		const { tell, frame: onFrame } = show;
		return await runDemo({ scenario, speed, clock: new ScaledClock(speed), tell, onFrame, interrupted });
	} finally {
		show.end();
	}
}

async function inContext(asked: Asked & { readonly kind: "context" }): Promise<number> {
	const show = chooseShow(process.stdout, process.env, asked.json);
	const interrupted = interruption(show);
	const { answerContext } = await import("./context/answer-context.ts");
	return answerContext(asked, { show, interrupted, args: process.argv.slice(2), process });
}

/** npm hands on what the terminal has sent to this process too: so soon after one another, they are one Ctrl-C. */
const SAME_SIGNAL_MS = 500;

/** Resolves when somebody wants to stop, or has gone; whoever asks a second time is not kept waiting. */
function interruption(show: Show): Promise<void> {
	const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<void>();
	let askedAt: number | undefined;
	const stop = (): void => {
		const now = realClock.now();
		if (askedAt !== undefined && now - askedAt > SAME_SIGNAL_MS) {
			show.end();
			process.exit(130);
		}
		askedAt ??= now;
		interrupt();
	};
	process.on("SIGINT", stop);
	process.on("SIGTERM", stop);
	// Whoever read the output has gone.
	process.stdout.on("error", () => interrupt());
	return interrupted;
}
