/**
 * The life of a version (being logged, complete, in the trash, gone), and the lifecycle states that a registry may define
 * for its links beside aliases.
 */
import { checkLifecycleStateName } from './names.ts';
import { compareRoles, type Role } from './roles.ts';
import { accept, refuse, type Verdict } from './verdict.ts';
import type { Violation } from './violations.ts';

/** `pending` while it is logged, `committed` once complete, `deleted` in the trash, `purged` when only a tombstone is left. */
export const versionStates = ['pending', 'committed', 'deleted', 'purged'] as const;
export type VersionState = (typeof versionStates)[number];

const versionSteps: Readonly<Record<VersionState, readonly VersionState[]>> = {
	// What was never complete has nothing to restore: it does not pass through the trash.
	pending: ['committed', 'purged'],
	committed: ['deleted'],
	deleted: ['committed', 'purged'],
	purged: [],
};

/** Whether a version may go from one state to the other. */
export function checkVersionStep(from: VersionState, to: VersionState): Verdict<VersionState> {
	return versionSteps[from].includes(to) ? accept(to) : refuse({ rule: 'wrong-state', subject: 'artifact version', from, to });
}

/** What a version's deletion has to reckon with. */
export interface DeletionFacts {
	/** For messages: `vision/resnet:v3`. */
	readonly address: string;
	readonly state: VersionState;
	/** Aliases at the source, `latest` included. */
	readonly aliases: readonly string[];
	/** Protected aliases on links of this version, as addresses: `wandb-registry-Models/resnet:production`. */
	readonly protectedHolders: readonly string[];
}

/**
 * Everything that stands against deleting a version, given the aliases that the request names. `latest` need not be
 * named: it moves on by itself.
 */
export function blockersOfDeletion(facts: DeletionFacts, namedAliases: ReadonlySet<string>): readonly Violation[] {
	const blockers: Violation[] = [];
	const step = checkVersionStep(facts.state, facts.state === 'pending' ? 'purged' : 'deleted');
	if (!step.ok) blockers.push(step.violation);
	if (facts.protectedHolders.length > 0) blockers.push({ rule: 'held-by-protected-alias', subject: 'artifact version', name: facts.address, holders: facts.protectedHolders });
	const unnamed = facts.aliases.filter((alias) => alias !== 'latest' && !namedAliases.has(alias));
	if (unnamed.length > 0) blockers.push({ rule: 'has-aliases', subject: 'artifact version', source: facts.address, aliases: unnamed });
	return blockers;
}

/** What stands against deleting a collection or, with all of theirs, a registry: protected aliases, unless an admin asks. */
export function blockersOfCollectionDeletion(collection: string, protectedHolders: readonly string[], mayRemoveCarrier: boolean): readonly Violation[] {
	return protectedHolders.length > 0 && !mayRemoveCarrier ? [{ rule: 'held-by-protected-alias', subject: 'collection', name: collection, holders: protectedHolders }] : [];
}

/** The states that a registry defines for its links, and the ways between them. */
export interface Lifecycle {
	/** In the order in which they are shown. The first is where a new link begins. */
	readonly states: readonly string[];
	readonly transitions: readonly { readonly from: string; readonly to: string; /** The least role that may do it. */ readonly role: Role }[];
}

/** A definition that can be kept: at least one state, valid and different names, ways only between states that are there. */
export function checkLifecycle(lifecycle: Lifecycle): Verdict<Lifecycle> {
	const states: string[] = [];
	for (const name of lifecycle.states) {
		const checked = checkLifecycleStateName(name);
		if (!checked.ok) return checked;
		if (!states.includes(checked.value)) states.push(checked.value);
	}
	if (states.length === 0) return refuse({ rule: 'empty', subject: 'lifecycle state' });
	const transitions: { from: string; to: string; role: Role }[] = [];
	for (const transition of lifecycle.transitions) {
		const from = transition.from.normalize('NFC');
		const to = transition.to.normalize('NFC');
		for (const state of [from, to]) if (!states.includes(state)) return refuse({ rule: 'no-such-state', subject: 'lifecycle state', state, known: states });
		transitions.push({ from, to, role: transition.role });
	}
	return accept({ states, transitions });
}

/** Where a link may go from its state, for somebody with the role. */
export function nextStates(lifecycle: Lifecycle, from: string, role: Role | null): readonly string[] {
	const reachable = lifecycle.transitions.filter((transition) => transition.from === from && compareRoles(role, transition.role) >= 0);
	return lifecycle.states.filter((state) => reachable.some((transition) => transition.to === state));
}

/** One step in a lifecycle, or why not. Staying where it is, is always fine. */
export function checkTransition(lifecycle: Lifecycle, registry: string, from: string, to: string, role: Role | null): Verdict<string> {
	for (const state of [from, to]) if (!lifecycle.states.includes(state)) return refuse({ rule: 'no-such-state', subject: 'lifecycle state', state, known: lifecycle.states });
	if (from === to) return accept(to);
	const ways = lifecycle.transitions.filter((transition) => transition.from === from && transition.to === to);
	const [way] = ways.toSorted((left, right) => compareRoles(left.role, right.role));
	if (!way) return refuse({ rule: 'transition-not-allowed', subject: 'lifecycle state', from, to, allowed: [...new Set(lifecycle.transitions.filter((transition) => transition.from === from).map((transition) => transition.to))] });
	if (compareRoles(role, way.role) < 0) return refuse({ rule: 'role-missing', subject: 'registry', name: registry, role, needed: way.role });
	return accept(to);
}
