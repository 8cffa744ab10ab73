import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where everything that is kept between runs is: `evacuator` in the user's cache folder. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
	const { XDG_CACHE_HOME = "", HOME = homedir() } = env;
	// A relative one is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
	return join(isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME, ".cache"), "evacuator");
}

/** Where the built programs of this machine's kind are. */
export function binariesFolder(cache: string): string {
	return join(cache, "binaries", `${process.platform}-${process.arch}`);
}
