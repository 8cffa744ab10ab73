import { defaultSpeed } from "./arguments.ts";
import { kindsOfEvents } from "./demo-event.ts";
import { scenarios } from "./scenarios/scenarios.ts";

/** The scenarios, one line each. */
export function list(): string {
	const width = Math.max(...scenarios.map(({ name }) => name.length));
	return scenarios.map(({ name, says }, index) => `${name.padEnd(width)}  ${says}${index === 0 ? " (default)" : ""}\n`).join("");
}

/** Every option, exit code and kind of JSON line. */
export function help(): string {
	const width = Math.max(...kindsOfEvents.map(([kind]) => kind.length));
	const kinds = kindsOfEvents.map(([kind, says]) => `  ${kind.padEnd(width)}  ${says}\n`).join("");
	return `Drains a node of a simulated EKS cluster with KubeVirt, from the event in the queue to the completed
lifecycle hook. Everything runs in this process; nothing leaves this machine.

npm start -- [OPTIONS]

  --scenario NAME  what to drain (see --list)
  --list           the scenarios
  --speed N        how many times as fast as real time, 1 to 200 (default ${defaultSpeed})
  --json           one JSON object per line instead of text
  --help           this text

Or drains a node of a real cluster, in real time and without AWS. It shows what would become of every VM,
asks, drains, and proves that nothing is left. The same command again goes on where an earlier run stopped.

npm start -- --context CONTEXT --node NODE [OPTIONS]

  --context CONTEXT   a context of your kubeconfig; without --node it shows the nodes
  --node NODE         the Node's name
  --kubeconfig PATH   instead of KUBECONFIG or ~/.kube/config
  --may-end NS/NAME   this VM may stop or be lost; once for each such VM
  --yes               drain without a question
  --no-wait           end when the drain is held, instead of waiting until it is not
  --json              one JSON object per line instead of text

Exit code: 0 released or safe, 1 held or failed, 2 wrong arguments or declined, 130 interrupted.

With --json each line has "at" (ISO 8601, by the run's clock) and "kind":

${kinds}`;
}
