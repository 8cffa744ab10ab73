import type { Look, MigrationFacts, VmiFacts } from "./look.ts";
import { isAliveOn, isMoving, liveLaunchers, migratesOver, vmiOfMigration } from "./presence.ts";

type Case = {
	readonly migration: MigrationFacts;
	readonly vmi: VmiFacts | undefined;
	readonly look: Look;
	readonly node: string;
};

const namesNode = (ends: { readonly sourceNode?: string; readonly targetNode?: string }, node: string): boolean =>
	ends.sourceNode === node || ends.targetNode === node;

/** KubeVirt fills a migration's own state only when it has succeeded. */
const saysSoItself = ({ migration, node }: Case): boolean => namesNode(migration, node);

/** Still so after the VMI has arrived elsewhere: until the migration is final its source is at work here. */
const saysItsVmi = ({ migration, vmi, node }: Case): boolean =>
	vmi?.migration?.migrationUid === migration.uid && namesNode(vmi.migration, node);

const movesVmiThatIsHere = ({ vmi, node }: Case): boolean =>
	vmi !== undefined && (isAliveOn(vmi, node) || migratesOver(vmi, node));

const hasTargetPodHere = ({ migration, look }: Case): boolean =>
	liveLaunchers(look).some(({ migrationUid }) => migrationUid === migration.uid);

/** Nothing but its annotation tells where it starts. */
const evacuatesThisNode = ({ migration, vmi, node }: Case): boolean => migration.evacuates === node && vmi === undefined;

const reasons: readonly ((migrationCase: Case) => boolean)[] = [
	saysSoItself,
	saysItsVmi,
	movesVmiThatIsHere,
	hasTargetPodHere,
	evacuatesThisNode,
];

/** Migrations that have begun, have not ended, and start here, end here, or move a VMI that is here. */
export function migrationsOver(look: Look, node: string): readonly MigrationFacts[] {
	return look.migrations
		.filter(isMoving)
		.filter((migration) => reasons.some((holds) => holds({ migration, vmi: vmiOfMigration(migration, look), look, node })));
}
