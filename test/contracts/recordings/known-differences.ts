/** Records of some recordings in which the simulation differs from the truth, and why that may be. */
export type KnownDifference = {
	readonly versions: readonly string[];
	readonly experiment: string;
	/** Number of the record in its file, from 0, and its label. */
	readonly records: readonly string[];
	readonly reason: string;
};

export const knownDifferences: readonly KnownDifference[] = [
	{
		versions: ["1.9.0", "1.7.0", "1.5.1"],
		experiment: "e13-rbac",
		records: ["1: sa", "3: role", "4: rolebinding"],
		reason:
			"ServiceAccounts, Roles and RoleBindings are no objects of the simulated cluster: its users and their rules come from its own list, and the replay gives the ServiceAccount there what the Role gave it. Nothing of ours reads or writes these kinds in a cluster.",
	},
	{
		versions: ["1.9.0", "1.7.0"],
		experiment: "e07-concurrency",
		records: ["16: VMIM phases"],
		reason:
			"One of the two migrations of the first wave is some 100 ms ahead of the other there: a count taken in between depends on the machine. The counts before and after it agree.",
	},
	{
		versions: ["1.7.0"],
		experiment: "e07-concurrency",
		records: ["21: VMIM phases"],
		reason: "The same of the second wave.",
	},
	{
		versions: ["1.5.1"],
		experiment: "e07-concurrency",
		records: ["23: VMIM phases", "24: VMIM phases", "25: VMIM phases", "26: VMIM phases"],
		reason:
			"Of the last two migrations the second got its slot a second after the first, although both slots were free; the recording does not show why, and it was so in this one wave only. Here both start together. The counts before (one of them Pending) and after (both Running) agree.",
	},
	{
		versions: ["1.5.1"],
		experiment: "e10-direct-delete",
		records: ["4: timeline dd"],
		reason:
			"A moment of some 20 ms between the end of a launcher's containers and its removal: the recorder's kubelet wrote the two apart, the simulated one writes them together. What comes before and after agrees.",
	},
	{
		versions: ["1.5.1"],
		experiment: "e17-vm-stop-during-migration",
		records: ["3: timeline st"],
		reason:
			"From the eviction to a running migration it took 1.27 s there, 1.3 s here, and the VM was stopped in between: the record shows the 20 ms before the VMI's end. What comes after agrees.",
	},
];
