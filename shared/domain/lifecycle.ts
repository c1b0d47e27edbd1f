/**
 * The life of a version (being logged, complete, in the trash, gone), and the lifecycle states that a registry may define
 * for its links beside aliases.
 */
import { checkAlias, checkLifecycleStateName } from './names.ts';
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
	/** Why it, or its artifact, is under hold. */
	readonly holds: readonly string[];
}

/**
 * Everything that stands against deleting a version, given the aliases that the request names. `latest` need not be
 * named: it moves on by itself.
 */
export function blockersOfDeletion(facts: DeletionFacts, namedAliases: ReadonlySet<string>): readonly Violation[] {
	const blockers: Violation[] = [];
	const step = checkVersionStep(facts.state, facts.state === 'pending' ? 'purged' : 'deleted');
	if (!step.ok) blockers.push(step.violation);
	if (facts.holds.length > 0) blockers.push({ rule: 'under-hold', subject: 'artifact version', name: facts.address, reasons: facts.holds });
	if (facts.protectedHolders.length > 0) blockers.push({ rule: 'held-by-protected-alias', subject: 'artifact version', name: facts.address, holders: facts.protectedHolders });
	const unnamed = facts.aliases.filter((alias) => alias !== 'latest' && !namedAliases.has(alias));
	if (unnamed.length > 0) blockers.push({ rule: 'has-aliases', subject: 'artifact version', source: facts.address, aliases: unnamed });
	return blockers;
}

/** What stands against deleting a collection or, with all of theirs, a registry: protected aliases, unless an admin asks. */
export function blockersOfCollectionDeletion(collection: string, protectedHolders: readonly string[], mayRemoveCarrier: boolean): readonly Violation[] {
	return protectedHolders.length > 0 && !mayRemoveCarrier ? [{ rule: 'held-by-protected-alias', subject: 'collection', name: collection, holders: protectedHolders }] : [];
}

/** The stages of MLflow's model registry, from first to last. */
export const mlflowStages = ['None', 'Staging', 'Production', 'Archived'] as const;
export type MlflowStage = (typeof mlflowStages)[number];

/** A state of a link. */
export interface LifecycleState {
	readonly name: string;
	/** Its colour, 0 to 11. */
	readonly hue: number;
	/** Nothing leads out of it. */
	readonly terminal: boolean;
	/** What it is in MLflow. Absent: what its name and its place say. */
	readonly stage?: MlflowStage | undefined;
	/** The alias that stands for it in W&B; null: none. Absent: what its stage says. */
	readonly alias?: string | null | undefined;
}

/** A way from one state to another. */
export interface LifecycleTransition {
	readonly from: string;
	readonly to: string;
	/** The least role that may do it. */
	readonly role: Role;
	/** Whether it asks for a reason. */
	readonly needsReason: boolean;
}

/** The states that a registry defines for its links, and the ways between them. */
export interface Lifecycle {
	/** In the order in which they are shown. The first is where a new link begins. */
	readonly states: readonly LifecycleState[];
	readonly transitions: readonly LifecycleTransition[];
}

const way = (from: string, to: string, role: Role, needsReason = false): LifecycleTransition => ({ from, to, role, needsReason });

/** What is offered to begin with. */
export const standardLifecycle: Lifecycle = {
	states: [
		{ name: 'draft', hue: 6, terminal: false },
		{ name: 'candidate', hue: 2, terminal: false },
		{ name: 'approved', hue: 4, terminal: false },
		{ name: 'retired', hue: 0, terminal: true },
	],
	transitions: [way('draft', 'candidate', 'member'), way('candidate', 'draft', 'member'), way('candidate', 'approved', 'admin'), way('approved', 'candidate', 'admin', true), way('draft', 'retired', 'member'), way('candidate', 'retired', 'member'), way('approved', 'retired', 'admin', true)],
};

/** Where a new link begins; '' where there are no states. */
export function initialState(lifecycle: Lifecycle | null): string {
	return lifecycle?.states[0]?.name ?? '';
}

function namesOf(lifecycle: Lifecycle): readonly string[] {
	return lifecycle.states.map((state) => state.name);
}

/** A definition that can be kept: at least one state, valid and different names, ways only between states that are there, none out of a terminal one. */
export function checkLifecycle(lifecycle: Lifecycle): Verdict<Lifecycle> {
	const states = new Map<string, LifecycleState>();
	for (const state of lifecycle.states) {
		const checked = checkLifecycleStateName(state.name);
		if (!checked.ok) return checked;
		const alias = checkMappedAlias(state, [...states.values()]);
		if (!alias.ok) return alias;
		if (!states.has(checked.value)) states.set(checked.value, { ...state, name: checked.value, ...(alias.value === undefined ? {} : { alias: alias.value }) });
	}
	if (states.size === 0) return refuse({ rule: 'empty', subject: 'lifecycle state' });
	const transitions = new Map<string, LifecycleTransition>();
	for (const transition of lifecycle.transitions) {
		const from = transition.from.normalize('NFC');
		const to = transition.to.normalize('NFC');
		for (const state of [from, to]) if (!states.has(state)) return refuse({ rule: 'no-such-state', subject: 'lifecycle state', state, known: [...states.keys()] });
		if (states.get(from)?.terminal === true) return refuse({ rule: 'terminal-state', subject: 'lifecycle state', state: from, to });
		if (from !== to) transitions.set(`${from}/${to}/${transition.role}`, { ...transition, from, to });
	}
	return accept({ states: [...states.values()], transitions: [...transitions.values()] });
}

/** `latest` follows by itself, and one alias can't stand for two states. */
function checkMappedAlias({ alias }: LifecycleState, before: readonly LifecycleState[]): Verdict<string | null | undefined> {
	if (alias === undefined || alias === null) return accept(alias);
	const checked = checkAlias(alias);
	if (!checked.ok) return checked;
	if (checked.value === 'latest') return refuse({ rule: 'latest-follows', subject: 'alias', latest: null });
	if (before.some((state) => state.alias === checked.value)) return refuse({ rule: 'alias-asked-twice', subject: 'alias', alias });
	return checked;
}

/** Links in one state. */
export interface StateUse {
	readonly state: string;
	readonly links: number;
	/** Some of them, by their addresses. */
	readonly examples: readonly string[];
}

/**
 * What stands against a definition: states that would go while links stand in them. A state that is renamed goes along with its links. To do
 * without states altogether, every link must be where it began.
 */
export function blockersOfLifecycle(now: Lifecycle | null, uses: readonly StateUse[], next: Lifecycle | null, renamed: ReadonlyMap<string, string>): readonly Violation[] {
	const kept = next === null ? new Set([initialState(now)]) : new Set(namesOf(next));
	return uses.filter((use) => use.links > 0 && use.state !== '' && !kept.has(renamed.get(use.state) ?? use.state)).map((use) => ({ rule: 'state-in-use', subject: 'lifecycle state', state: use.state, links: use.links, examples: use.examples }));
}

/** Where a link may go from its state, for somebody with the role. */
export function nextStates(lifecycle: Lifecycle, from: string, role: Role | null): readonly string[] {
	const reachable = lifecycle.transitions.filter((transition) => transition.from === from && compareRoles(role, transition.role) >= 0);
	return namesOf(lifecycle).filter((state) => reachable.some((transition) => transition.to === state));
}

/** One step in a lifecycle, or why not. Staying where it is, is always fine. */
export function checkTransition(lifecycle: Lifecycle, registry: string, from: string, to: string, role: Role | null): Verdict<string> {
	const known = namesOf(lifecycle);
	for (const state of [from, to]) if (!known.includes(state)) return refuse({ rule: 'no-such-state', subject: 'lifecycle state', state, known });
	if (from === to) return accept(to);
	const ways = lifecycle.transitions.filter((transition) => transition.from === from && transition.to === to);
	const [easiest] = ways.toSorted((left, right) => compareRoles(left.role, right.role));
	if (!easiest) return refuse({ rule: 'transition-not-allowed', subject: 'lifecycle state', from, to, allowed: [...new Set(lifecycle.transitions.filter((transition) => transition.from === from).map((transition) => transition.to))] });
	if (compareRoles(role, easiest.role) < 0) return refuse({ rule: 'role-missing', subject: 'registry', name: registry, role, needed: easiest.role });
	return accept(to);
}

/** Whether a step that is allowed asks for a reason: when every way that the role may take does. */
export function transitionNeedsReason(lifecycle: Lifecycle, from: string, to: string, role: Role | null): boolean {
	const ways = lifecycle.transitions.filter((transition) => transition.from === from && transition.to === to && compareRoles(role, transition.role) >= 0);
	return ways.length > 0 && ways.every((transition) => transition.needsReason);
}
