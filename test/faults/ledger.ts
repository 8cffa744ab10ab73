import type { Hook, MaintenanceRecord } from "../../src/domain/record.ts";
import type { Running } from "./running.ts";
import { LEAVING } from "./stage.ts";
import { fieldsWritten } from "./stored-write.ts";

/** What is stored of a generation, as far as anybody here asks. Empty tokens are unknown. */
type StoredRecord = Pick<
	MaintenanceRecord,
	"generation" | "state" | "mayEnd" | "deadline" | "cancel" | "markedAt" | "releasing" | "requests"
> & {
	readonly hooks: readonly Hook[];
};

/** Something that a record says, since when, and after how many writes. */
type Since = { readonly at: number; readonly writes: number };

/** Every generation's record as it is stored, and what must never happen to one. */
export class Ledger {
	readonly broken: string[] = [];
	/** How often a record was written. Whoever has read knows of the writes until then. */
	writes = 0;
	/** Which try of Release may let go, and since how many writes; nobody when none may. */
	claim: { readonly by: string | undefined; readonly writes: number } = { by: undefined, writes: 0 };
	readonly #now: () => number;
	readonly #isMarked: () => boolean;
	readonly #records = new Map<number, StoredRecord>();
	/** When the latest record was cancelled, and when it came to know each token. */
	#cancelled: Since | undefined;
	readonly #tokens = new Map<string, Since>();

	/** `isMarked`: whether the instance is marked safe to terminate. */
	constructor(now: () => number, isMarked: () => boolean) {
		this.#now = now;
		this.#isMarked = isMarked;
	}

	/** DynamoDB has done this, for that invocation. */
	written(operation: string, text: string, by: Pick<Running, "name" | "requestId"> | undefined): void {
		if (operation !== "PutItem" && operation !== "UpdateItem") return;
		const fields = fieldsWritten(text, LEAVING);
		if (fields === undefined) return;
		const generation = Number(fields.generation);
		this.writes += 1;
		const was = this.#records.get(generation);
		if (operation === "PutItem") this.broken.push(...this.#wrongToOpen(generation, fields.requests as string[]));
		const before = was ?? this.#handedOver(generation);
		const record = { ...(was ?? {}), ...fields, generation } as StoredRecord;
		if (before) this.broken.push(...lostBetween(before, record, was !== undefined));
		if (was && by?.name === "release") this.broken.push(...this.#wrongInRelease(was, record, by.requestId));
		if (was?.releasing?.turn !== record.releasing?.turn)
			this.claim = { by: record.releasing && by?.requestId, writes: this.writes };
		this.#records.set(record.generation, record);
		this.#note(record);
	}

	/** Of the highest generation. */
	get latest(): StoredRecord | undefined {
		return [...this.#records.values()].toSorted((a, b) => b.generation - a.generation)[0];
	}

	/** Since when the drain has been called off, whatever has become of it since; undefined while it is not. */
	get cancelled(): Since | undefined {
		return this.latest?.cancel ? this.#cancelled : undefined;
	}

	/** Since when the record has known that this action waits for an answer; undefined while it does not. */
	waits(token: string): Since | undefined {
		const hook = this.latest?.hooks.find((known) => known.token === token);
		return hook && isWaiting(hook) ? this.#tokens.get(token) : undefined;
	}

	#note(record: StoredRecord): void {
		const since = { at: this.#now(), writes: this.writes };
		this.#cancelled = record.cancel ? (this.#cancelled ?? since) : undefined;
		for (const { token } of record.hooks) if (token && !this.#tokens.has(token)) this.#tokens.set(token, since);
	}

	#wrongToOpen(generation: number, requests: readonly string[]): readonly string[] {
		const ended = [...this.#records.values()].filter(({ state }) => ["released", "gone", "restored"].includes(state));
		const again = requests.filter((id) => ended.some((record) => record.requests.includes(id)));
		return [
			...(this.#records.has(generation) ? [`generation ${generation} was opened twice`] : []),
			...again.map((id) => `request ${id} had ended, and opened generation ${generation}`),
		];
	}

	/**
	 * What Release may not write: it takes the mark off before it forgets it, leaves no hook behind, and writes no mark into what
	 * another try has claimed.
	 */
	#wrongInRelease(was: StoredRecord, is: StoredRecord, by: string): readonly string[] {
		const forgets = was.markedAt !== undefined && is.markedAt === undefined && this.#isMarked();
		const waiting = was.state === "releasing" && is.state === "released" ? is.hooks.filter(isWaiting) : [];
		const intrudes = was.markedAt === undefined && is.markedAt !== undefined && this.claim.by !== by;
		return [
			...(forgets ? ["the record forgot the mark, which the instance still has"] : []),
			...waiting.map(({ hook }) => `the record was released while hook ${hook} waits`),
			...(intrudes ? [`${by} wrote its mark into what ${this.claim.by ?? "nobody"} has claimed`] : []),
		];
	}

	#handedOver(generation: number): StoredRecord | undefined {
		const before = this.#records.get(generation - 1);
		return before?.state === "handed over" ? before : undefined;
	}
}

const isOpen = ({ state }: StoredRecord): boolean => state === "open" || state === "releasing";

const isWaiting = ({ completedAt, lostAt }: Hook): boolean => completedAt === undefined && lostAt === undefined;

/** Requests merge: tokens add up, the earliest deadline wins, what may end only grows. A cancel takes back what orders wanted. */
function lostBetween(was: StoredRecord, is: StoredRecord, sameGeneration: boolean): readonly string[] {
	const tokens = was.hooks.filter(({ token }) => token && !is.hooks.some((hook) => hook.token === token));
	const isCancelled = is.cancel !== undefined && was.cancel === undefined;
	const allowed = isCancelled ? [] : was.mayEnd.filter((vm) => !is.mayEnd.includes(vm));
	const isLater = !isCancelled && was.deadline !== undefined && (is.deadline ?? Number.POSITIVE_INFINITY) > was.deadline;
	const isReopened = sameGeneration && !isOpen(was) && is.state !== was.state;
	return [
		...tokens.map(({ hook }) => `the record lost the token of hook ${hook}`),
		...allowed.map((vm) => `the record lost the leave of ${vm} to end`),
		...(isLater ? ["the record's deadline became later"] : []),
		...(isReopened ? [`the record was ${was.state} and became ${is.state}`] : []),
	];
}
