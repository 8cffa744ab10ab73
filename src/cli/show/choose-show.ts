import { jsonShow } from "./json-show.ts";
import { liveShow } from "./live-show.ts";
import { coloured, plain } from "./paint.ts";
import { plainShow } from "./plain-show.ts";
import type { Show } from "./show.ts";

type Output = {
	readonly isTTY?: boolean;
	readonly columns?: number;
	readonly rows?: number;
	write(text: string): unknown;
};

/** Live on a terminal that can move its cursor, plain lines elsewhere. NO_COLOR: https://no-color.org */
export function chooseShow(output: Output, environment: Readonly<Record<string, string | undefined>>, json: boolean): Show {
	const write = (text: string): void => {
		output.write(text);
	};
	if (json) return jsonShow(write);
	if (!output.isTTY || environment.TERM === "dumb") return plainShow(write);
	const paint = environment.NO_COLOR ? plain : coloured;
	return liveShow({ write, paint, size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }) });
}
