/**
 * A registry as it was: its history is played again up to a time. Nothing of the rows as they stand now goes in but what never changes
 * (which link belongs to which collection and version), so that renames, deletions and returns since then don't show.
 */
import type { CheckedInputOf, EventKind, Lifecycle, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { initialState, latestAlias } from '#shared/domain/index.ts';
import { demand, projectObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { carries, newestAbout } from '../eventObjects.ts';
import { artifactRow, collectionRow } from '../records/rows.ts';
import { branded, groupBy, sortAliases, timestamp, userOf, type UserColumns } from '../records/shared.ts';
import type { QueryScope } from '../scope.ts';
import { unsettled } from '../settling.ts';
import { allOf, listOf, sql } from '../sql.ts';
import { seenRegistry } from './visible.ts';

type PastLink = { readonly index: number; state: string };
type PastAlias = { readonly index: number; readonly event: number };

class PastCollection {
  standing: 'yes' | 'no' | 'gone with the registry' = 'yes';
  readonly links = new Map<number, PastLink>();
  /** Links that were taken out, with the state in which they went. */
  readonly gone = new Map<number, PastLink>();
  /** All but `latest`. */
  readonly aliases = new Map<string, PastAlias>();
  latest: PastAlias | null = null;
  name: string;
  readonly type: string;

  constructor(name: string, type: string) {
    this.name = name;
    this.type = type;
  }

  take(linkId: number, event: number): void {
    const link = this.links.get(linkId);
    if (link === undefined) return;
    this.links.delete(linkId);
    this.gone.set(linkId, link);
    for (const [alias, stands] of this.aliases) if (stands.index === link.index) this.aliases.delete(alias);
    this.follow(event);
  }

  /** `latest` goes where the highest number is. */
  follow(event: number): void {
    let highest = -1;
    for (const link of this.links.values()) if (link.index > highest) highest = link.index;
    if (highest < 0) this.latest = null;
    else if (this.latest?.index !== highest) this.latest = { index: highest, event };
  }
}

type Past = { name: string; existed: boolean; deleted: boolean; lifecycle: Lifecycle | null; events: number; readonly collections: Map<number, PastCollection> };

const kinds: readonly EventKind[] = [
  'registry.created', 'registry.updated', 'registry.deleted', 'registry.restored', 'collection.created', 'collection.updated', 'collection.deleted', 'collection.restored',
  'link.created', 'link.removed', 'link.restored', 'alias.added', 'alias.moved', 'alias.removed', 'lifecycle.state_changed',
];

type EventRow = { readonly id: number; readonly kind: EventKind; readonly objectId: number; readonly before: string; readonly after: string };
/** What events of these kinds say, as far as it is needed. */
type Told = {
  readonly name?: string; readonly type?: string; readonly index?: number | null; readonly alias?: string; readonly state?: string; readonly lifecycle?: Lifecycle | null; readonly renamed?: Readonly<Record<string, string>>;
  readonly lost?: readonly number[] | Readonly<Record<string, readonly number[]>>;
};

/** The past that was looked at last, per connection: its pages are asked for one after the other. */
const remembered = new WeakMap<ReadableDb, { readonly key: string; readonly past: Past }>();

function pastOf(db: ReadableDb, registryId: number, at: number): Past {
  const registry = { kind: 'registry', id: registryId };
  const newest = newestAbout(db, registry);
  const key = `${registryId} ${at} ${newest}`;
  const known = remembered.get(db);
  if (known?.key === key) return known.past;
  const past: Past = { name: '', existed: false, deleted: false, lifecycle: null, events: 0, collections: new Map() };
  const homes = new Map(db.all<{ id: number; collectionId: number }>(sql`
    SELECT l.id, l.collection_id AS collectionId FROM collections c CROSS JOIN links l ON l.collection_id = c.id WHERE c.registry_id = ${registryId}`).map((row) => [row.id, row.collectionId]));
  const told = sql`e.registry_id = ${registryId} AND e.at <= ${at} AND e.kind IN ${listOf(kinds)}`;
  const columns = sql`e.id, e.kind, e.object_id AS objectId, e.before, e.after`;
  for (const events of [
    sql`SELECT ${columns} FROM event_objects o CROSS JOIN events e ON e.id = o.event_id WHERE o.kind = 'registry' AND o.object_id = ${registryId} AND ${told} ORDER BY o.event_id`,
    sql`SELECT ${columns} FROM events e WHERE ${allOf([...unsettled(db), carries(registry), told])} ORDER BY e.id`,
  ]) {
    for (const event of db.iterate<EventRow>(events)) {
      play(past, event, homes);
      past.events += 1;
    }
  }
  past.existed &&= !past.deleted;
  remembered.set(db, { key, past });
  return past;
}

function play(past: Past, event: EventRow, homes: ReadonlyMap<number, number>): void {
  const after = (JSON.parse(event.after) ?? {}) as Told;
  const before = (JSON.parse(event.before) ?? {}) as Told;
  // Whatever happened in it, it was there.
  past.existed = true;
  const collection = past.collections.get(event.kind.startsWith('collection.') ? event.objectId : (homes.get(event.objectId) ?? 0));
  switch (event.kind) {
    case 'registry.created':
      past.name = after.name ?? '';
      break;
    case 'registry.updated':
      past.name = after.name ?? past.name;
      if (after.lifecycle !== undefined) changeLifecycle(past, after.lifecycle, after.renamed ?? {});
      break;
    case 'registry.deleted':
      past.name = before.name ?? past.name;
      past.deleted = true;
      for (const one of past.collections.values()) if (one.standing === 'yes') one.standing = 'gone with the registry';
      break;
    case 'registry.restored':
      past.deleted = false;
      for (const [id, one] of past.collections) if (one.standing === 'gone with the registry') comeBack(past, one, (after.lost as Readonly<Record<string, readonly number[]>> | undefined)?.[String(id)] ?? [], event.id);
      break;
    case 'collection.created':
      past.collections.set(event.objectId, new PastCollection(after.name ?? '', after.type ?? ''));
      break;
    case 'collection.updated':
      if (collection !== undefined && after.name !== undefined) collection.name = after.name;
      break;
    case 'collection.deleted':
      if (collection !== undefined) collection.standing = 'no';
      break;
    case 'collection.restored':
      if (collection !== undefined) comeBack(past, collection, (after.lost as readonly number[] | undefined) ?? [], event.id);
      break;
    case 'link.created':
      collection?.links.set(event.objectId, { index: after.index ?? 0, state: after.state ?? '' });
      collection?.follow(event.id);
      break;
    case 'link.removed':
      collection?.take(event.objectId, event.id);
      break;
    case 'link.restored': {
      const link = collection?.gone.get(event.objectId);
      collection?.gone.delete(event.objectId);
      collection?.links.set(event.objectId, { index: after.index ?? link?.index ?? 0, state: after.state ?? known(past, link?.state ?? '') });
      collection?.follow(event.id);
      break;
    }
    case 'alias.added':
    case 'alias.moved':
    case 'alias.removed':
      if (collection === undefined || after.alias === undefined) break;
      if (after.index === null || after.index === undefined) collection.aliases.delete(after.alias);
      else if (after.alias !== latestAlias) collection.aliases.set(after.alias, { index: after.index, event: event.id });
      break;
    case 'lifecycle.state_changed': {
      const link = collection?.links.get(event.objectId);
      if (link !== undefined) link.state = after.state ?? '';
      break;
    }
    default:
      break;
  }
}

/** A state that the lifecycle of the time has, else the one in which links begin. */
function known(past: Past, state: string): string {
  return past.lifecycle?.states.some((one) => one.name === state) === true ? state : initialState(past.lifecycle);
}

function changeLifecycle(past: Past, lifecycle: Lifecycle | null, renamed: Readonly<Record<string, string>>): void {
  past.lifecycle = lifecycle;
  for (const collection of past.collections.values()) {
    if (collection.standing !== 'yes') continue;
    for (const link of collection.links.values()) {
      if (Object.hasOwn(renamed, link.state)) link.state = renamed[link.state] ?? link.state;
      if (lifecycle === null) link.state = '';
      else if (link.state === '') link.state = initialState(lifecycle);
    }
  }
}

/** Links whose versions are gone stay away, and their aliases with them. */
function comeBack(past: Past, collection: PastCollection, lost: readonly number[], event: number): void {
  collection.standing = 'yes';
  const away = new Set(lost);
  for (const [id, link] of collection.links) if (away.has(link.index)) collection.take(id, event);
  for (const link of collection.links.values()) link.state = known(past, link.state);
}

type Paged<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null; readonly total: number; readonly position: number };

/** Pages of what was played; a row's number is its cursor. */
function pageOf<Item>(items: readonly Item[], input: { readonly cursor?: string | undefined; readonly position?: number | undefined; readonly limit: number }): Paged<Item> {
  if (input.cursor !== undefined && !/^[0-9]{1,9}$/.test(input.cursor)) throw new VitrineError('bad_input', { details: { explanation: 'The cursor can’t be read.' } });
  const position = input.cursor === undefined ? (input.position ?? 0) : Number(input.cursor);
  const end = position + input.limit;
  return { items: items.slice(position, end), nextCursor: end < items.length ? String(end) : null, total: items.length, position };
}

export function registryAsOf(scope: QueryScope, input: CheckedInputOf<'registries.asOf'>): OutputOf<'registries.asOf'> {
  const registry = seenRegistry(scope, input.registryId);
  const past = pastOf(scope.db, registry.id, Date.parse(input.at));
  const standing = [...past.collections].filter(([, collection]) => collection.standing === 'yes').toSorted(([, left], [, right]) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
  const { items, ...page } = pageOf(past.existed ? standing : [], input);
  return {
    ...page, registry: past.name === '' ? registry.name : past.name, lifecycle: past.lifecycle, existed: past.existed, events: past.events,
    items: items.map(([id, collection]) => {
      const linkIds = new Map([...collection.links].map(([linkId, link]) => [link.index, linkId]));
      const states = groupBy([...collection.links.values()].filter((link) => link.state !== ''), (link) => link.state);
      const aliases = [...(collection.latest === null ? [] : [[latestAlias, collection.latest] as const]), ...collection.aliases];
      return {
        collectionId: branded<never>(id), name: collection.name, type: collection.type, linkCount: collection.links.size,
        aliases: sortAliases(aliases.map(([alias]) => alias)).flatMap((alias) => {
          const index = aliases.find(([name]) => name === alias)?.[1].index;
          const linkId = index === undefined ? undefined : linkIds.get(index);
          return index === undefined || linkId === undefined ? [] : [{ alias, index, linkId: branded<never>(linkId) }];
        }),
        states: [...states].map(([state, links]) => ({ state, links: links.length })).toSorted((left, right) => (left.state < right.state ? -1 : 1)),
      };
    }),
  };
}

type LinkFacts = UserColumns & { readonly id: number; readonly versionId: number; readonly linkedAt: number; readonly project: string; readonly artifact: string; readonly sourceIndex: number };

/** A collection, whether or not it still stands, that the asker may see. */
function seenPast(scope: QueryScope, collectionId: number, at: number): { readonly past: Past; readonly collection: PastCollection | null; readonly name: string } {
  const row = collectionRow(scope.db, collectionId);
  seenRegistry(scope, row.registryId, { kind: 'collection', label: String(collectionId) });
  const past = pastOf(scope.db, row.registryId, at);
  const collection = past.collections.get(collectionId);
  return { past, collection: past.existed && collection?.standing === 'yes' ? collection : null, name: collection?.name ?? row.name };
}

export function collectionAsOf(scope: QueryScope, input: CheckedInputOf<'collections.asOf'>): OutputOf<'collections.asOf'> {
  const { db } = scope;
  const { collection, name } = seenPast(scope, input.collectionId, Date.parse(input.at));
  const standing = collection === null ? [] : [...collection.links].toSorted(([, left], [, right]) => right.index - left.index);
  const { items, ...page } = pageOf(standing, input);
  const facts = new Map(db.all<LinkFacts>(sql`
    SELECT l.id, l.version_id AS versionId, l.linked_at AS linkedAt, p.name AS project, a.name AS artifact, v.idx AS sourceIndex, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM json_each(${JSON.stringify(items.map(([id]) => id))}) j CROSS JOIN links l ON l.id = j.value JOIN versions v ON v.id = l.version_id JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id
    JOIN users u ON u.id = l.linked_by`).map((row) => [row.id, row]));
  const aliases = groupBy(collection === null ? [] : collection.aliases, ([, stands]) => stands.index);
  return {
    ...page, name, existed: collection !== null,
    items: items.flatMap(([id, link]) => {
      const row = facts.get(id);
      if (row === undefined) return [];
      const carried = [...(collection?.latest?.index === link.index ? [latestAlias] : []), ...(aliases.get(link.index) ?? []).map(([alias]) => alias)];
      return [{
        linkId: branded<never>(id), index: link.index, versionId: branded<never>(row.versionId), source: `${row.project}/${row.artifact}:v${row.sourceIndex}`, aliases: sortAliases(carried),
        state: link.state === '' ? null : link.state, linkedAt: timestamp(row.linkedAt), linkedBy: userOf(row),
      }];
    }),
  };
}

type Mover = UserColumns & { readonly id: number; readonly at: number; readonly message: string | null };

export function aliasesAsOf(scope: QueryScope, input: CheckedInputOf<'aliases.asOf'>): OutputOf<'aliases.asOf'> {
  const { db } = scope;
  const at = Date.parse(input.at);
  const standing = input.holder.kind === 'collection' ? inCollection(scope, input.holder.id, at) : inArtifact(scope, input.holder.id, at);
  const wanted = [...standing].filter(([alias]) => input.alias === undefined || alias === input.alias);
  const movers = new Map(db.all<Mover>(sql`
    SELECT e.id, e.at, e.message, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind FROM json_each(${JSON.stringify(wanted.map(([, stands]) => stands.event))}) j
    CROSS JOIN events e ON e.id = j.value JOIN users u ON u.id = e.actor_id`).map((row) => [row.id, row]));
  return {
    items: sortAliases(wanted.map(([alias]) => alias)).flatMap((alias) => {
      const stands = standing.get(alias);
      const mover = stands === undefined ? undefined : movers.get(stands.event);
      return stands === undefined ? [] : [{ alias, index: stands.index, since: mover === undefined ? null : timestamp(mover.at), by: mover === undefined ? null : userOf(mover), message: mover?.message ?? null }];
    }),
  };
}

function inCollection(scope: QueryScope, id: number, at: number): ReadonlyMap<string, PastAlias> {
  const { collection } = seenPast(scope, id, at);
  return collection === null ? new Map() : new Map([...(collection.latest === null ? [] : [[latestAlias, collection.latest] as const]), ...collection.aliases]);
}

function inArtifact(scope: QueryScope, id: number, at: number): ReadonlyMap<string, PastAlias> {
  const { db } = scope;
  const artifact = artifactRow(db, id);
  demand(scope.asker, 'project.see', projectObject(db, artifact.projectId), { kind: 'artifact', label: String(id) });
  const standing = new Map<string, PastAlias>();
  for (const move of db.all<{ alias: string; to: number | null; event: number }>(sql`
    SELECT m.alias, m.to_index AS "to", m.event_id AS event FROM alias_moves m CROSS JOIN events e ON e.id = m.event_id
    WHERE m.holder_kind = 'artifact' AND m.holder_id = ${id} AND e.at <= ${at} ORDER BY m.event_id`)) {
    if (move.to === null) standing.delete(move.alias);
    else standing.set(move.alias, { index: move.to, event: move.event });
  }
  return standing;
}
