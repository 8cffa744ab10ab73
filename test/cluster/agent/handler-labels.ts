const present = [
	"cpu-feature.node.kubevirt.io/aes",
	"cpu-feature.node.kubevirt.io/avx",
	"cpu-feature.node.kubevirt.io/avx2",
	"cpu-feature.node.kubevirt.io/vmx",
	"cpu-model-migration.node.kubevirt.io/Haswell-noTSX",
	"cpu-model-migration.node.kubevirt.io/Icelake-Server",
	"cpu-model-migration.node.kubevirt.io/Penryn",
	"cpu-model-migration.node.kubevirt.io/Skylake-Server-IBRS",
	"cpu-model-migration.node.kubevirt.io/qemu64",
	"cpu-model.node.kubevirt.io/Haswell-noTSX",
	"cpu-model.node.kubevirt.io/Icelake-Server",
	"cpu-model.node.kubevirt.io/Penryn",
	"cpu-model.node.kubevirt.io/Skylake-Server-IBRS",
	"cpu-model.node.kubevirt.io/qemu64",
	"cpu-timer.node.kubevirt.io/tsc-scalable",
	"cpu-vendor.node.kubevirt.io/Intel",
	"host-model-cpu.node.kubevirt.io/Icelake-Server",
	"host-model-required-features.node.kubevirt.io/vmx",
	"machine-type.node.kubevirt.io/pc-q35-rhel9.4.0",
	"machine-type.node.kubevirt.io/pc-q35-rhel9.6.0",
	"machine-type.node.kubevirt.io/q35",
	"scheduling.node.kubevirt.io/tsc-frequency-2900000000",
	"vm-arch.node.kubevirt.io/amd64",
];

/**
 * What virt-handler's node-labeller finds on a machine; launchers ask for some of them.
 * https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-handler/node-labeller/node_labeller.go
 */
export const handlerLabels: Readonly<Record<string, string>> = {
	...Object.fromEntries(present.map((label) => [label, "true"])),
	"cpu-timer.node.kubevirt.io/tsc-frequency": "2900000000",
	cpumanager: "false",
	"kubevirt.io/cpumanager": "false",
	"kubevirt.io/ksm-enabled": "false",
};
