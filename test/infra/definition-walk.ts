import type { Definition } from "../../infra/synthesised-definition.ts";

type State = Readonly<Record<string, unknown>>;
type Retrier = { readonly IntervalSeconds: number; readonly MaxAttempts: number };

/** What the steps answer for one hook, in seconds. */
type Pace = { readonly waitSeconds: number; readonly watchTimeoutSeconds: number; readonly beatSeconds: number };

/** The longest time that can pass between two heartbeats, and the states in between. */
type Gap = { readonly seconds: number; readonly path: readonly string[] };

/**
 * Walks every way from each heartbeat to the next one, all tasks failing as slowly as they can: a Map of heartbeats
 * may have sent its first one as it began, and may send its first one only as it ends; Watch sends one as it begins
 * and one as it answers, Admit one as it begins, which counts only once it has answered. Throws when a loop has no heartbeat
 * at all.
 */
export function longestGap({ StartAt, States }: Definition, pace: Pace): Gap {
	const state = (name: string): State => States[name] ?? {};
	const onward = (name: string, way: readonly string[]): Gap => {
		const path = [...way, name];
		const { Type } = state(name);
		if (Type === "Succeed" || Type === "Fail" || isAfterTheEnd(name)) return { seconds: 0, path };
		if (isWatch(state(name))) return { seconds: backOffSeconds(state(name)), path };
		const own = secondsIn(state(name), pace);
		if (isAdmit(name)) {
			const caught = longest(catchesOf(state(name)).map((to) => onward(to, path)));
			return { seconds: own + caught.seconds, path: caught.path };
		}
		if (isHeartbeat(state(name))) return { seconds: own, path };
		if (way.includes(name)) throw new Error(`a loop without a heartbeat: ${path.join(" → ")}`);
		const next = longest(waysOf(state(name)).map((to) => onward(to, path)));
		return { ...next, seconds: own + next.seconds };
	};
	const after = (name: string): Gap[] => {
		if (!isWatch(state(name)) && !isHeartbeat(state(name)) && !isAdmit(name) && name !== StartAt) return [];
		const [answered, caught] = [answersOf(state(name)), isAdmit(name) ? [] : catchesOf(state(name))];
		const held = secondsIn(state(name), pace);
		const behind = (to: string, seconds: number) => {
			const gap = onward(to, [name]);
			return { ...gap, seconds: seconds + gap.seconds };
		};
		return [...answered.map((to) => behind(to, isWatch(state(name)) ? 0 : held)), ...caught.map((to) => behind(to, held))];
	};
	return longest(Object.keys(States).flatMap(after));
}

const longest = (gaps: readonly Gap[]): Gap => gaps.reduce((a, b) => (b.seconds > a.seconds ? b : a), { seconds: 0, path: [] });

const isWatch = (state: State) => state.Type === "Task" && state.TimeoutSecondsPath !== undefined;

/** The record is closed behind it, and no hook waits: the ways from there to Done need no heartbeats. */
const isAfterTheEnd = (name: string) => name === "Was its end told?";

const isAdmit = (name: string) => name === "Admit";

const isHeartbeat = (state: State) =>
	tasksOfMap(state).some(({ Resource }) => String(Resource).endsWith(":autoscaling:recordLifecycleActionHeartbeat"));

function tasksOfMap({ ItemProcessor }: State): readonly State[] {
	return Object.values((ItemProcessor as Definition | undefined)?.States ?? {}).filter(({ Type }) => Type === "Task");
}

const answersOf = ({ Next, Default, Choices = [] }: State): string[] =>
	[Next, Default, ...(Choices as State[]).map((choice) => choice.Next)].filter((name) => typeof name === "string");

const catchesOf = ({ Catch = [] }: State): string[] => (Catch as State[]).map(({ Next }) => String(Next));

const waysOf = (state: State) => [...answersOf(state), ...catchesOf(state)];

const backOffSeconds = ({ Retry = [] }: State): number =>
	(Retry as Retrier[]).reduce((sum, { IntervalSeconds, MaxAttempts }) => sum + IntervalSeconds * MaxAttempts, 0);

/** Repetitions and the pauses before them counted; Watch is repeated only when it was refused at once. */
function secondsIn(state: State, pace: Pace): number {
	if (isWatch(state)) return pace.watchTimeoutSeconds;
	if (state.Type === "Wait") return waitSeconds(state, pace);
	if (state.Type === "Map") return secondsInMap(state, pace);
	if (state.Type !== "Task") return 0;
	const tries = (state.Retry as Retrier[]).reduce((sum, { MaxAttempts }) => sum + MaxAttempts, 1);
	return tries * Number(state.TimeoutSeconds) + backOffSeconds(state);
}

/** Behind a Choice only one of the tasks runs. */
function secondsInMap(state: State, pace: Pace): number {
	const { StartAt, States } = state.ItemProcessor as Definition;
	const seconds = tasksOfMap(state).map((task) => secondsIn(task, pace));
	return States[StartAt]?.Type === "Choice" ? Math.max(...seconds) : seconds.reduce((sum, one) => sum + one, 0);
}

/**
 * Hold's patience, and a fixed time, are only waited for where they are shorter than the time to the next heartbeat. That
 * one is longer than the walk thinks only when the shortest hook, for which it walks, has reached its limit.
 */
function waitSeconds({ Seconds, SecondsPath }: State, { waitSeconds, beatSeconds }: Pace): number {
	const path = String(SecondsPath);
	if (Seconds !== undefined) return Math.min(Number(Seconds), beatSeconds);
	const known: Readonly<Record<string, number>> = {
		"$.step.waitSeconds": waitSeconds,
		"$.hold.pause": beatSeconds,
		"$.hold.patience": beatSeconds,
	};
	const seconds = known[path];
	if (seconds === undefined) throw new Error(`how long is ${path}? Say it in the walker`);
	return seconds;
}
