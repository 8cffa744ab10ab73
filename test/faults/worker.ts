// Plays seeds for the process that forked it, one after the other: each message names one, with or without an order to shrink.
import { shrinkSeed, trySeed } from "./try-seed.ts";

export type Errand = { readonly seed: number; readonly shrinkTo?: string };

process.on("message", ({ seed, shrinkTo }: Errand) => {
	const done = shrinkTo === undefined ? trySeed(seed).then(({ trace: _, ...tried }) => tried) : shrinkSeed(seed, shrinkTo);
	done.then(
		(answer) => process.send?.(answer),
		(fault: unknown) => {
			console.error(fault);
			process.exit(1);
		},
	);
});
