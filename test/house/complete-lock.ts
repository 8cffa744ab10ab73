// Run by `npm run lock` after every `npm install`: adds the platform packages that a partial registry left out.
import { readFileSync, writeFileSync } from "node:fs";
import { completeLockFile, type LockFile, missingEntries } from "./lock-file.ts";

const path = new URL("../../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8")) as LockFile;
const missing = missingEntries(lock);
writeFileSync(path, `${JSON.stringify(completeLockFile(lock), null, "\t")}\n`);
console.log(missing.length === 0 ? "the lock file is complete" : `added ${missing.length} entries to the lock file`);
