// Plays the scenarios that it is given by name, and prints what the monitor says as one line of JSON each.
import { playRuleScenario, type RuleScenario, ruleScenarioNames } from "./rule-scenarios.ts";

for (const name of process.argv.slice(2)) {
	if (!ruleScenarioNames.includes(name as RuleScenario)) throw new Error(`cannot play ${name}: no scenario has this name`);
	const { violations, ends } = await playRuleScenario(name as RuleScenario);
	console.log(JSON.stringify({ scenario: name, violations, ends }));
}
process.exit();
