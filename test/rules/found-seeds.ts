/** A part of a seed's plan, as `npm run test:faults -- --seed N --faults … --without …` plays it. */
export type FoundSeed = { readonly seed: number; readonly faults: readonly number[]; readonly without: readonly string[] };

/**
 * The seeds by which the fault simulation finds that a rule is missing, shrunk to what is needed for it. Whatever changes the
 * faults that seeds draw makes some of them stale: `npm run test:rules` says which, and how to find others.
 */
export const foundSeeds: Readonly<Record<string, FoundSeed>> = {
	S1: { seed: 96, faults: [2], without: ["pods", "neighbour", "node", "vm-0"] },
	S2: { seed: 98, faults: [2], without: ["second-hook"] },
	S3: { seed: 160, faults: [2], without: ["retention", "node"] },
	S4: { seed: 206, faults: [3], without: ["vm-0"] },
	S5: { seed: 3, faults: [], without: ["node", "vm-1"] },
	S6: { seed: 1, faults: [], without: ["pods", "vm-0", "vm-1"] },
	S7: { seed: 1531, faults: [1], without: ["neighbour", "retention", "vm-0"] },
	webhook: { seed: 125, faults: [1], without: ["retention"] },
	"same-node": { seed: 337, faults: [2, 3], without: ["neighbour", "vm-0"] },
	"same-tokens": { seed: 145, faults: [1], without: ["node", "vm-0", "vm-1"] },
	turn: { seed: 150, faults: [2], without: ["pods", "neighbour", "node", "vm-0", "vm-1"] },
	"fresh-look": { seed: 1301, faults: [1], without: ["neighbour", "retention", "node", "vm-0"] },
	"conditional-write": { seed: 35, faults: [1], without: ["pods", "vm-0"] },
	"answer-once": { seed: 109, faults: [1], without: ["neighbour", "retention", "vm-0", "vm-1"] },
	"refusals-pause": { seed: 509, faults: [3], without: ["neighbour", "retention", "node", "vm-0", "vm-1"] },
	"mark-revoked": {
		seed: 58,
		faults: [2, 3],
		without: ["pods", "neighbour", "second-hook", "node", "vm-0", "vm-1", "vm-2", "vm-3"],
	},
	"no-node-is-trouble": { seed: 173, faults: [2], without: ["pods", "second-hook", "retention", "vm-0"] },
	"hand-over": { seed: 15, faults: [4], without: ["pods", "retention", "node", "vm-0"] },
	"one-record": { seed: 262, faults: [2], without: ["pods", "node", "vm-0", "vm-1"] },
	"execution-name": { seed: 2, faults: [], without: ["neighbour", "retention", "node"] },
	"tokens-add-up": { seed: 6, faults: [1], without: ["pods", "vm-0", "vm-1"] },
	"earliest-deadline": { seed: 254, faults: [], without: ["pods"] },
	"intent-is-raised": { seed: 134, faults: [1, 2], without: ["pods", "neighbour", "vm-0"] },
	orders: { seed: 101, faults: [1], without: ["retention"] },
	"own-claim": { seed: 154, faults: [1, 3], without: ["vm-0"] },
	"cancelled-is-not-claimed": { seed: 3676, faults: [2, 4], without: ["neighbour", "vm-0"] },
	"claimed-is-not-cancelled": { seed: 472, faults: [1], without: ["retention", "node", "vm-0"] },
	"later-token": { seed: 40, faults: [], without: ["node", "vm-0", "vm-1"] },
	tombstone: { seed: 199, faults: [1, 4], without: ["neighbour", "vm-0"] },
	"not-after": { seed: 233, faults: [3, 4], without: ["pods", "retention", "vm-0", "vm-1", "vm-2"] },
	redriven: { seed: 28, faults: [1], without: ["pods", "node", "vm-0", "vm-1"] },
	"live-hook": { seed: 178, faults: [2], without: ["pods", "neighbour", "node", "vm-0"] },
	heartbeats: { seed: 6, faults: [1], without: ["pods", "second-hook", "vm-0"] },
	"node-uid": { seed: 225, faults: [3], without: ["retention", "vm-0"] },
};
