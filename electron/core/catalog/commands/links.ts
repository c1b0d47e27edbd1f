/** Linking and unlinking. What is allowed and what follows is decided by the domain; here it is read, written and told. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { aliasGuard, checkCollectionName, decide, formatVersion, initialState, planLinks, planUnlinks, type AliasMove, type LinkPlan, type LinkSource, type LinkTarget, type LinkWish, type ProjectObject, type RegistryObject } from '#shared/domain/index.ts';
import { demand, notFound, organizationObject, projectObject, registryObject } from '../access.ts';
import { accepted } from '../refusals.ts';
import { linkSummaries } from '../records/links.ts';
import { putMetrics } from '../records/metrics.ts';
import { artifactNamesOf, collectionRow, linkRow, registryRow, versionRows, type CollectionRow, type LinkRow, type RegistryRow, type VersionRow } from '../records/rows.ts';
import { branded, groupBy, timestamp } from '../records/shared.ts';
import { linkSubject, versionSubject } from '../records/subjects.ts';
import { markAllForSearch } from '../search-index.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { listOf, sql, valuesInPieces, type SqlValue } from '../sql.ts';
import { insertCollection } from './collections.ts';
import { collectionSlice, collectionState, describeMoves, inverseWishes, writeMoves, type Target } from './holders.ts';
import { acceptedMoves, demandReason } from './moves.ts';
import { toTrash } from './trash.ts';

/** Versions planned at once, so that no list of them grows without bounds. */
const chunkSize = 2000;

export function createLinks(scope: CommandScope, input: CheckedInputOf<'links.create'>): OutputOf<'links.create'> {
  const versionIds = [...new Set(input.versionIds as readonly number[])];
  const last = input.versionIds.at(-1);
  const destination = openDestination(scope, input.target);
  const versions = versionRows(scope.db, versionIds);
  const sources = sourceReader(scope, destination.organizationId);
  const wishes = versionIds.map((id) => {
    const version = versions.get(id) as VersionRow;
    return { version, source: sources.seen(version), aliases: id === last ? input.aliases : [], note: input.note };
  });
  const linked = linkVersions(scope, destination, wishes, new Map(Object.entries(input.expected ?? {})));
  const made = linked.links.filter((link) => !link.standing);
  const { collection } = linked;
  if (made.length > 0) {
    const [only] = made;
    scope.offerUndo(made.length === 1 && only !== undefined ? `Link to ${collection.name}:${formatVersion(only.index)}` : `Link ${made.length} versions to ${collection.name}`);
  } else if (linked.moves.length > 0) scope.offerUndo(describeMoves(linked.moves));
  return {
    collectionId: branded(collection.id),
    links: linked.links.map((link) => ({ ...link, linkId: branded(link.linkId), versionId: branded(link.versionId), linkedAt: link.standing ? null : timestamp(scope.at) })),
    moves: linked.moves.map((move) => ({ ...move })),
  };
}

/** A version on its way into a collection. */
export type Linking = { readonly version: VersionRow; readonly source: LinkSource; readonly aliases: readonly string[]; readonly note: string };

export type Linked = {
  readonly collection: CollectionRow;
  readonly links: readonly { readonly linkId: number; readonly versionId: number; readonly index: number; readonly standing: boolean }[];
  /** One per alias, from where it stood before all. */
  readonly moves: readonly AliasMove[];
};

/** Links versions into a destination, all or none, and says how it is undone; the words of the undo are the caller's. */
export function linkVersions(scope: CommandScope, destination: Destination, linkings: readonly Linking[], expected: ReadonlyMap<string, number | null>): Linked {
  const { db } = scope;
  const guard = aliasGuard(destination.registry.protectedAliases);
  refuseMixed(scope, destination, linkings.map((linking) => linking.source));
  let { collection } = destination;
  const links: { linkId: number; versionId: number; index: number; standing: boolean }[] = [];
  const moves = new Map<string, AliasMove>();
  for (let begin = 0; begin < linkings.length; begin += chunkSize) {
    const chunk = linkings.slice(begin, begin + chunkSize);
    const wishes: LinkWish[] = chunk.map((linking) => ({ source: linking.source, aliases: linking.aliases, expected }));
    const aliases = [...new Set(chunk.flatMap((linking) => linking.aliases.map((alias) => alias.normalize('NFC'))))];
    const part = collection === null
      ? { targets: new Map<number, Target>(), aliases: new Map<string, number>() }
      : collectionSlice(db, collection.id, { versionIds: chunk.map((linking) => linking.version.id), aliases });
    const state = collectionState(part, collection?.nextIndex ?? 0);
    const plan: LinkPlan = acceptedMoves(db, collection === null ? null : { kind: 'collection', collection }, planLinks(scope.asker, targetOf(scope, destination, collection, state.links), state, guard, wishes));
    demandReason(scope, destination.registry, plan.moves);
    if (collection === null) {
      collection = makeCollection(scope, destination, plan.type);
      scope.inverse({ step: 'delete', kind: 'collection', id: collection.id });
    }
    const made = writeLinks(scope, destination.registry, collection, plan, new Map(chunk.map((linking) => [linking.version.id, linking])), part.targets);
    if (made.linkIds.length > 0) scope.inverse({ step: 'unlink', linkIds: made.linkIds });
    const wishesBack = inverseWishes(plan.moves);
    if (wishesBack.length > 0) scope.inverse({ step: 'aliases', holder: { kind: 'collection', id: branded(collection.id) }, wishes: wishesBack });
    const fresh = new Set(made.linkIds);
    for (const { version } of chunk) {
      const link = made.byVersion.get(version.id);
      if (link !== undefined) links.push({ linkId: link.id, versionId: version.id, index: link.index, standing: !fresh.has(link.id) });
    }
    for (const move of plan.moves) moves.set(move.alias, { alias: move.alias, from: moves.get(move.alias)?.from ?? move.from, to: move.to });
    collection = collectionRow(db, collection.id);
  }
  if (collection === null) throw new VitrineError('bad_input');
  return { collection, links, moves: [...moves.values()] };
}

export type Destination = { readonly registry: RegistryRow; readonly collection: CollectionRow | null; readonly newName: string | null; readonly organizationId: string };

export function openDestination(scope: QueryScope, target: CheckedInputOf<'links.create'>['target']): Destination {
  const organizationId = organizationObject(scope.db).id;
  if (target.kind === 'collection') {
    const collection = collectionRow(scope.db, target.id);
    const registry = registryRow(scope.db, collection.registryId);
    demand(scope.asker, 'registry.see', registryObject(scope.db, registry), { kind: 'collection', label: String(target.id) });
    return { registry, collection, newName: null, organizationId };
  }
  const registry = registryRow(scope.db, target.registryId);
  demand(scope.asker, 'registry.see', registryObject(scope.db, registry));
  return { registry, collection: null, newName: target.name, organizationId };
}

export function targetOf(scope: QueryScope, destination: Destination, collection: CollectionRow | null, links: ReadonlyMap<string, number>): LinkTarget {
  const { registry } = destination;
  return {
    registry: registryObject(scope.db, registry),
    organization: organizationObject(scope.db),
    registryDeleted: registry.deleted,
    acceptedTypes: registry.acceptedTypes,
    collection: collection === null
      ? { kind: 'new', name: destination.newName ?? '' }
      : { kind: 'standing', collection: { id: String(collection.id), name: collection.name, type: collection.type, deleted: collection.deleted, links } },
  };
}

/** Chunks are planned one by one; that all versions have one type must be seen over all of them. */
function refuseMixed(scope: QueryScope, destination: Destination, sources: readonly LinkSource[]): void {
  const first = new Map(sources.map((source) => [source.type, source]));
  if (first.size < 2 || sources.length <= chunkSize) return;
  const target = targetOf(scope, destination, destination.collection, new Map());
  accepted(planLinks(scope.asker, target, collectionState({ targets: new Map(), aliases: new Map() }, 0), new Set(), [...first.values()].map((source) => ({ source, aliases: [] }))));
}

/** Says of versions what linking needs to know of them; each project is looked up once. */
export function sourceReader(scope: QueryScope, organizationId: string) {
  const { db, asker } = scope;
  const projects = new Map<number, ProjectObject>();
  const projectOf = (id: number): ProjectObject => {
    const known = projects.get(id) ?? projectObject(db, id);
    projects.set(id, known);
    return known;
  };
  const sourceOf = (version: VersionRow, through?: RegistryObject): LinkSource => ({
    versionId: String(version.id),
    address: `${version.project}/${version.artifact}:${formatVersion(version.index)}`,
    type: version.type,
    state: version.state,
    organizationId,
    project: projectOf(version.projectId),
    ...(through === undefined ? {} : { through }),
  });
  return {
    /** Picked up through a registry. */
    through: sourceOf,
    /** One that the asker sees, at home or through a registry in which they may use it; otherwise it isn't there for them. */
    seen(version: VersionRow): LinkSource {
      const atHome = decide(asker, 'project.see', projectOf(version.projectId));
      if (atHome.allowed) return sourceOf(version);
      const registries = db.column<number>(sql`
        SELECT DISTINCT c.registry_id FROM links l JOIN collections c ON c.id = l.collection_id WHERE l.version_id = ${version.id} AND l.removed_at IS NULL AND c.deleted_at IS NULL`)
        .map((id) => registryObject(db, registryRow(db, id)));
      const through = registries.find((registry) => decide(asker, 'version.use', registry).allowed);
      if (through === undefined) demand(asker, 'project.see', projectOf(version.projectId), { kind: 'artifact version', label: String(version.id) });
      return sourceOf(version, through);
    },
  };
}

function makeCollection(scope: CommandScope, destination: Destination, type: string): CollectionRow {
  const name = accepted(checkCollectionName(destination.newName ?? ''));
  return insertCollection(scope, destination.registry, { name, type, description: '', tags: [] });
}

function writeLinks(scope: CommandScope, registry: RegistryRow, collection: CollectionRow, plan: LinkPlan, linkings: ReadonlyMap<number, Linking>, known: ReadonlyMap<number, Target>) {
  const { db, at } = scope;
  const targets = new Map(known);
  const byVersion = new Map<number, { readonly id: number; readonly index: number }>();
  const linkIds: number[] = [];
  const state = initialState(registry.lifecycle);
  let lastEvent: number | null = null;
  for (const { versionId, number: index } of plan.standing) {
    const target = known.get(index);
    if (target !== undefined) byVersion.set(Number(versionId), { id: target.id, index });
  }
  const first = plan.made.length === 0 ? 0 : 1 + (db.value<number>(sql`SELECT max(id) FROM links`) ?? 0);
  const rows: SqlValue[][] = [];
  for (const { versionId: written, number: index } of plan.made) {
    const versionId = Number(written);
    const linking = linkings.get(versionId);
    if (linking === undefined) throw new Error(`The plan made a link to version ${versionId}, which nobody asked for`);
    const { version, note } = linking;
    const id = first + linkIds.length;
    rows.push([id, collection.id, versionId, index, state, note, scope.actorId, at]);
    linkIds.push(id);
    byVersion.set(versionId, { id, index });
    targets.set(index, { id, versionId, index, fresh: true });
    lastEvent = scope.record({
      kind: 'link.created',
      subject: linkSubject(collection, { id, index }),
      before: null,
      after: { index, version: linking.source.address, ...(state === '' ? {} : { state }), ...(note === '' ? {} : { note }) },
      about: [{ kind: 'collection', id: collection.id }, { kind: 'registry', id: collection.registryId }, { kind: 'version', id: versionId }, { kind: 'artifact', id: version.artifactId }],
    });
    scope.changed('link', id);
    scope.changed('version', versionId);
  }
  for (const piece of valuesInPieces(rows)) db.run(sql`INSERT INTO links (id, collection_id, version_id, idx, state, note, linked_by, linked_at) VALUES ${piece}`);
  if (linkIds.length > 0) {
    const versionIds = plan.made.map((link) => Number(link.versionId));
    db.run(sql`UPDATE versions SET link_count = link_count + 1 WHERE id IN ${listOf(versionIds)}`);
    markAllForSearch(db, versionIds);
    putMetrics(db, versionIds);
    db.run(sql`UPDATE collections SET next_index = ${plan.state.numbering.next}, link_count = link_count + ${linkIds.length}, updated_at = ${at} WHERE id = ${collection.id}`);
    db.run(sql`UPDATE registries SET link_count = link_count + ${linkIds.length}, updated_at = ${at} WHERE id = ${collection.registryId}`);
    scope.changed('collection', collection.id);
    scope.changed('registry', collection.registryId);
  }
  writeMoves(scope, { kind: 'collection', collection }, plan.moves, targets, lastEvent);
  return { byVersion, linkIds };
}

export function removeLinks(scope: CommandScope, input: CheckedInputOf<'links.remove'>): OutputOf<'links.remove'> {
  const { db } = scope;
  const links = [...new Set(input.linkIds as readonly number[])].map((id) => linkRow(db, id));
  const moves: { alias: string; from: number | null; to: number | null }[] = [];
  const trashIds: number[] = [];
  for (const [collectionId, group] of groupBy(links, (link) => link.collectionId)) {
    const collection = collectionRow(db, collectionId);
    const removed = unlink(scope, collection, group);
    moves.push(...removed.moves);
    trashIds.push(...removed.trashIds);
  }
  scope.inverse({ step: 'restore', trashIds });
  const [only] = links;
  scope.offerUndo(links.length === 1 && only !== undefined ? `Unlink ${collectionRow(db, only.collectionId).name}:${formatVersion(only.index)}` : `Unlink ${links.length} versions`);
  return { removed: links.length, moves };
}

/** Takes links out of one collection, each to the trash with the aliases that it carried. */
export function unlink(scope: CommandScope, collection: CollectionRow, links: readonly LinkRow[]): { readonly moves: readonly { alias: string; from: number | null; to: number | null }[]; readonly trashIds: readonly number[] } {
  const { db, at } = scope;
  const registry = registryRow(db, collection.registryId);
  const registryAccess = registryObject(db, registry);
  demand(scope.asker, 'link.remove', registryAccess, { kind: 'link', label: String(links[0]?.id ?? 0) });
  const gone = links.find((link) => link.removed);
  if (gone !== undefined || collection.deleted) throw notFound('link', String(gone?.id ?? links[0]?.id ?? 0));
  const part = collectionSlice(db, collection.id, { targetIds: links.map((link) => link.id), going: links.length });
  const plan = accepted(planUnlinks(scope.asker, registryAccess, collection.name, collectionState(part, collection.nextIndex), aliasGuard(registry.protectedAliases), links.map((link) => link.index)));
  demandReason(scope, registry, plan.moves);
  const carriedBy = groupBy(part.aliases, ([, index]) => index);
  const versions = versionRows(db, links.map((link) => link.versionId));
  const trashIds: number[] = [];
  let lastEvent: number | null = null;
  for (const link of links) {
    const carried = (carriedBy.get(link.index) ?? []).map(([alias]) => alias);
    const subject = linkSubject(collection, link);
    const version = versions.get(link.versionId) as VersionRow;
    const trashId = toTrash(scope, { kind: 'link', id: link.id, registryId: registry.id, label: subject.label, address: subject.address, payload: { aliases: carried } });
    trashIds.push(trashId);
    db.run(sql`UPDATE links SET removed_at = ${at}, trash_id = ${trashId} WHERE id = ${link.id}`);
    lastEvent = scope.record({
      kind: 'link.removed', subject,
      before: { index: link.index, version: versionSubject(artifactNamesOf(version), version).label, aliases: carried },
      after: null,
      about: [{ kind: 'collection', id: collection.id }, { kind: 'registry', id: registry.id }, { kind: 'version', id: link.versionId }, { kind: 'artifact', id: version.artifactId }],
    });
    scope.changed('link', link.id);
    scope.changed('version', link.versionId);
  }
  const versionIds = links.map((link) => link.versionId);
  db.run(sql`UPDATE versions SET link_count = link_count - 1 WHERE id IN ${listOf(versionIds)}`);
  markAllForSearch(db, versionIds);
  db.run(sql`UPDATE collections SET link_count = link_count - ${links.length}, updated_at = ${at} WHERE id = ${collection.id}`);
  db.run(sql`UPDATE registries SET link_count = link_count - ${links.length}, updated_at = ${at} WHERE id = ${registry.id}`);
  writeMoves(scope, { kind: 'collection', collection }, plan.moves, part.targets, lastEvent);
  scope.changed('collection', collection.id);
  scope.changed('registry', registry.id);
  return { moves: plan.moves.map((move) => ({ ...move })), trashIds };
}

export function noteLink(scope: CommandScope, input: CheckedInputOf<'links.note'>): OutputOf<'links.note'> {
  const { db } = scope;
  const link = linkRow(db, input.id);
  const collection = collectionRow(db, link.collectionId);
  demand(scope.asker, 'link.note', registryObject(db, registryRow(db, collection.registryId)), { kind: 'link', label: String(input.id) });
  if (link.removed || collection.deleted) throw notFound('link', String(input.id));
  if (link.note !== input.note) {
    db.run(sql`UPDATE links SET note = ${input.note} WHERE id = ${link.id}`);
    scope.record({
      kind: 'link.noted', subject: linkSubject(collection, link), before: { note: link.note }, after: { note: input.note },
      about: [{ kind: 'collection', id: collection.id }, { kind: 'registry', id: collection.registryId }, { kind: 'version', id: link.versionId }],
    });
    scope.changed('link', link.id);
    scope.inverse({ step: 'edit', kind: 'link', id: link.id, set: { note: link.note }, expected: { note: input.note } });
    scope.offerUndo(`Edit note of ${collection.name}:${formatVersion(link.index)}`);
  }
  const [summary] = linkSummaries(db, [link.id]);
  if (summary === undefined) throw notFound('link', String(input.id));
  return summary;
}

