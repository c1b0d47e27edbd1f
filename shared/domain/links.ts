/**
 * Linking: what may be linked where, and what then happens. A link is a pointer from a collection to a source version; no
 * bytes move, links never chain, a number is never given twice.
 */
import type { AliasGuard } from './aliasGuard.ts';
import { addVersion, addVersions, changeAliases, latestAlias, takeVersions, type AliasMove, type AliasRights, type AliasState } from './aliases.ts';
import { acceptsType, type AcceptedTypes } from './registries.ts';
import { decide, type Asker, type Decision, type OrganizationObject, type ProjectObject, type RegistryObject } from './roles.ts';
import { checkCollectionName } from './names.ts';
import { accept, refuse, type Verdict } from './verdict.ts';
import type { Violation } from './violations.ts';
import { giveNumber, type Numbering } from './versions.ts';

/** What a person picks up: a version at its source, or a link to one. */
export type Pick<V> = { readonly kind: 'version'; readonly version: V } | { readonly kind: 'link'; readonly link: string; readonly source: V };

/** The version that is meant. A link stands for its source, so that linking a link links the source. */
export function resolvePick<V>(pick: Pick<V>): V {
	return pick.kind === 'version' ? pick.version : pick.source;
}

export type SourceState = 'pending' | 'committed' | 'deleted';

/** A source version, as far as linking needs to know it. */
export interface LinkSource {
	readonly versionId: string;
	/** For messages: `vision/resnet:v3`. */
	readonly address: string;
	readonly type: string;
	readonly state: SourceState;
	readonly organizationId: string;
	readonly project: ProjectObject;
	/** The registry through which it was picked up, when it was a link: who may use it there may link it on. */
	readonly through?: RegistryObject;
}

/** A collection that is there. */
export interface StandingCollection {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly deleted: boolean;
	/** Source version id → its number here, for the links that stand. */
	readonly links: ReadonlyMap<string, number>;
}

/** Where to: a registry, and in it a collection that stands, one to be made, or (while only hovering over the registry) none yet. */
export interface LinkTarget {
	readonly registry: RegistryObject;
	readonly organization: OrganizationObject;
	readonly registryDeleted: boolean;
	readonly acceptedTypes: AcceptedTypes;
	readonly collection: { readonly kind: 'standing'; readonly collection: StandingCollection } | { readonly kind: 'new'; readonly name: string } | { readonly kind: 'undecided' };
}

/** May be linked. When it already is, the link that stands is the one that counts, and only the aliases asked for change. */
export interface LinkPermit {
	readonly versionId: string;
	/** The number of the link that stands already; null when a new one will be made. */
	readonly alreadyLinkedAs: number | null;
}

/** The first reason against linking, or the permit. */
export function canLink(asker: Asker, source: LinkSource, target: LinkTarget): Verdict<LinkPermit> {
	const [reason] = reasonsAgainstLinking(asker, source, target);
	if (reason) return refuse(reason);
	const standing = target.collection.kind === 'standing' ? target.collection.collection.links.get(source.versionId) : undefined;
	return accept({ versionId: source.versionId, alreadyLinkedAs: standing ?? null });
}

/** Every reason against linking, the most basic first: what may not be seen, then who, then what, then where. */
export function reasonsAgainstLinking(asker: Asker, source: LinkSource, target: LinkTarget): readonly Violation[] {
	const { registry, collection } = target;
	// Who must not know that a registry or a project exists learns nothing more about it.
	const right = decide(asker, 'link.create', registry);
	if (!right.allowed && !right.visible) return [{ rule: 'not-found', subject: 'registry', name: registry.name }];
	const reading = decideReading(asker, source);
	if (!reading.allowed && !reading.visible) return [{ rule: 'not-found', subject: 'artifact version', name: source.address }];

	const reasons: Violation[] = [];
	if (target.registryDeleted) reasons.push({ rule: 'target-deleted', subject: 'registry', name: registry.name });
	if (collection.kind === 'standing' && collection.collection.deleted) reasons.push({ rule: 'target-deleted', subject: 'collection', name: collection.collection.name });
	if (collection.kind === 'new') {
		const name = checkCollectionName(collection.name);
		if (!name.ok) reasons.push(name.violation);
	}
	// Making a collection asks for the same role; it is asked for all the same, so that the table may change.
	const making = collection.kind === 'new' ? decide(asker, 'collection.create', registry) : null;
	const refused = !right.allowed ? right : making && !making.allowed ? making : null;
	if (refused) reasons.push({ rule: 'role-missing', subject: 'registry', name: registry.name, role: refused.role, needed: refused.needed });
	if (!reading.allowed) reasons.push({ rule: 'source-not-readable', subject: 'artifact version', source: source.address, needed: reading.needed });
	if (source.organizationId !== target.organization.id) reasons.push({ rule: 'other-organization', subject: 'artifact version', source: source.address, registry: registry.name });
	if (source.state === 'pending') reasons.push({ rule: 'version-pending', subject: 'artifact version', source: source.address });
	if (source.state === 'deleted') reasons.push({ rule: 'version-deleted', subject: 'artifact version', source: source.address });
	if (collection.kind === 'standing' && collection.collection.type !== source.type) {
		reasons.push({ rule: 'collection-type', subject: 'collection', collection: collection.collection.name, collectionType: collection.collection.type, type: source.type });
	} else if (!acceptsType(target.acceptedTypes, source.type)) {
		reasons.push({ rule: 'type-not-accepted', subject: 'registry', registry: registry.name, accepted: target.acceptedTypes === 'all' ? [] : target.acceptedTypes, type: source.type });
	}
	return reasons;
}

/** Reading is a right of the source's project, or of the registry through which the version was picked up. */
function decideReading(asker: Asker, source: LinkSource): Decision {
	const there = decide(asker, 'source.link', source.project);
	if (there.allowed || !source.through) return there;
	const through = decide(asker, 'version.use', source.through);
	return through.allowed || (through.visible && !there.visible) ? through : there;
}

/** What a collection holds, as far as a plan changes it. */
export interface CollectionState {
	readonly numbering: Numbering;
	/** Source version id → number, for the links that stand. */
	readonly links: ReadonlyMap<string, number>;
	readonly aliases: ReadonlyMap<string, number>;
}

export const emptyCollection: CollectionState = { numbering: { next: 0 }, links: new Map(), aliases: new Map() };

/** One version to link, with the aliases that it shall carry. */
export interface LinkWish {
	readonly source: LinkSource;
	readonly aliases: readonly string[];
	/** Per alias, the number it was seen on (null: nowhere): it moves only if it still stands there. */
	readonly expected?: ReadonlyMap<string, number | null>;
}

export interface LinkPlan {
	/** Links to be made, in order, with the numbers given to them. */
	readonly made: readonly { readonly versionId: string; readonly number: number }[];
	/** Versions that were linked already: nothing happens to their links. */
	readonly standing: readonly { readonly versionId: string; readonly number: number }[];
	/** What moves, `latest` included; one entry per alias, from where it stood before to where it will stand. */
	readonly moves: readonly AliasMove[];
	readonly state: CollectionState;
	/** The type of the collection, for one that is to be made. */
	readonly type: string;
}

/**
 * The whole effect of linking one or several versions into one collection, or the first reason against it: all or none.
 * The same version named twice counts once, with the aliases of both.
 */
export function planLinks(asker: Asker, target: LinkTarget, state: CollectionState, protectedAliases: AliasGuard, wishes: readonly LinkWish[]): Verdict<LinkPlan> {
	const [first] = wishes;
	if (!first) return refuse({ rule: 'nothing-to-link', subject: 'artifact version' });
	for (const { source } of wishes) {
		const permit = canLink(asker, source, target);
		if (!permit.ok) return permit;
	}
	const types = [...new Set(wishes.map((wish) => wish.source.type))];
	if (types.length > 1) return refuse({ rule: 'mixed-types', subject: 'collection', types });

	let numbering = state.numbering;
	const links = new Map(state.links);
	const made: { versionId: string; number: number }[] = [];
	const standing = new Map<string, number>();
	for (const { source } of wishes) {
		const present = links.get(source.versionId);
		if (present === undefined) {
			const given = giveNumber(numbering);
			numbering = given.numbering;
			links.set(source.versionId, given.number);
			made.push({ versionId: source.versionId, number: given.number });
		} else if (state.links.has(source.versionId)) standing.set(source.versionId, present);
	}
	const aliasState = addVersions(aliasStateOf(state), made.map((link) => link.number)).state;
	// `latest` goes where it goes by itself; clients ask for it with every link all the same.
	const asked = wishes.flatMap((wish) => wish.aliases.filter((alias) => alias !== latestAlias).map((alias) => ({ alias, to: links.get(wish.source.versionId)!, expected: wish.expected?.get(alias) })));
	const changed = changeAliases(aliasState, rightsOn(asker, target.registry, protectedAliases), asked);
	if (!changed.ok) return changed;
	return accept({
		made,
		standing: [...standing].map(([versionId, number]) => ({ versionId, number })),
		moves: aliasDifference(state.aliases, changed.value.state.aliases),
		state: { numbering, links, aliases: changed.value.state.aliases },
		type: first.source.type,
	});
}

export interface UnlinkPlan {
	readonly removed: readonly { readonly versionId: string; readonly number: number }[];
	readonly moves: readonly AliasMove[];
	readonly state: CollectionState;
}

/**
 * The effect of taking links out of a collection. Their aliases go with them, `latest` moves to the highest number left,
 * the numbers stay used. A protected alias on any of them needs an admin.
 */
export function planUnlinks(asker: Asker, registry: RegistryObject, collectionName: string, state: CollectionState, protectedAliases: AliasGuard, numbers: readonly number[]): Verdict<UnlinkPlan> {
	const right = decide(asker, 'link.remove', registry);
	if (!right.allowed) return refuse(denial(right, registry));
	const versionsByNumber = new Map([...state.links].map(([versionId, number]) => [number, versionId]));
	const mayRemoveCarrier = decide(asker, 'protectedAlias.removeCarrier', registry).allowed;
	const heldBy = new Map<number, string>();
	for (const [alias, number] of state.aliases) if (protectedAliases.has(alias)) heldBy.set(number, alias);
	const links = new Map(state.links);
	const removed: { versionId: string; number: number }[] = [];
	for (const number of new Set(numbers)) {
		const versionId = versionsByNumber.get(number);
		if (versionId === undefined) return refuse({ rule: 'not-linked', subject: 'collection', collection: collectionName, version: number });
		const held = heldBy.get(number);
		if (held !== undefined && !mayRemoveCarrier) return refuse({ rule: 'protected-alias', subject: 'alias', alias: held, version: number });
		links.delete(versionId);
		removed.push({ versionId, number });
	}
	const aliasState = takeVersions(aliasStateOf(state), new Set(removed.map((link) => link.number))).state;
	return accept({ removed, moves: aliasDifference(state.aliases, aliasState.aliases), state: { numbering: state.numbering, links, aliases: aliasState.aliases } });
}

/**
 * Putting a link back from the trash: it keeps its number; of its former aliases, those that stand nowhere now come back,
 * the others stay where they were put meanwhile. When the version was linked anew meanwhile, the new link stands and
 * nothing comes back.
 */
export function planRestore(state: CollectionState, link: { readonly versionId: string; readonly number: number; readonly aliases: readonly string[] }): { readonly state: CollectionState; readonly moves: readonly AliasMove[]; readonly restored: boolean } {
	if (state.links.has(link.versionId)) return { state, moves: [], restored: false };
	const aliases = new Map(addVersion(aliasStateOf(state), link.number).state.aliases);
	for (const alias of link.aliases) if (alias !== latestAlias && !aliases.has(alias)) aliases.set(alias, link.number);
	const links = new Map(state.links).set(link.versionId, link.number);
	return { state: { numbering: state.numbering, links, aliases }, moves: aliasDifference(state.aliases, aliases), restored: true };
}

/** What the asker may do with protected aliases in this registry. */
export function rightsOn(asker: Asker, registry: RegistryObject, protectedAliases: AliasGuard): AliasRights {
	return { protectedAliases, mayMoveProtected: decide(asker, 'protectedAlias.change', registry).allowed };
}

function aliasStateOf(state: CollectionState): AliasState {
	return { versions: new Set(state.links.values()), aliases: state.aliases };
}

function denial(decision: Extract<Decision, { allowed: false }>, registry: RegistryObject): Violation {
	return decision.visible
		? { rule: 'role-missing', subject: 'registry', name: registry.name, role: decision.role, needed: decision.needed }
		: { rule: 'not-found', subject: 'registry', name: registry.name };
}

/** From before to after, one move per alias, however many steps lay between. */
function aliasDifference(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly AliasMove[] {
	const moves: AliasMove[] = [];
	for (const [alias, from] of before) {
		const to = after.get(alias) ?? null;
		if (to !== from) moves.push({ alias, from, to });
	}
	for (const [alias, to] of after) if (!before.has(alias)) moves.push({ alias, from: null, to });
	return moves;
}
