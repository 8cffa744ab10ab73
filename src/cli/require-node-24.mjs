// Runs before every script, in syntax that old versions understand: on Node 20 the program itself would not even parse.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
	console.error(
		`evacuator needs Node 24 or newer, and this is Node ${process.versions.node} (${process.execPath}).\n` +
			"On Linux the package brings Node 24 itself: run `npm ci` without --omit=optional. Elsewhere install Node 24.",
	);
	process.exit(1);
}
