/** What remotes are still to be told. Written in the transaction of the change itself, so that neither is there without the other. */
import { latestAlias } from '#shared/domain/index.ts';
import { ulid } from 'ulid';
import type { WritableDb } from './connection.ts';
import { oldestAbout } from './eventObjects.ts';
import type { RecordedEvent } from './scope.ts';
import { sql } from './sql.ts';

/** `base` is the history's head that the change was made on: the id of the last event before its own. `from` is the remote that the change came from, which needs not hear it again. */
export type Told = { readonly operation: string; readonly events: readonly RecordedEvent[]; readonly at: number; readonly base: number; readonly from: number | null };

type Follower = { readonly id: number; readonly kind: string; readonly registryId: number | null; readonly settings: string; /** Other registries that follow, as a list of ids. */ readonly others: string };

/**
 * Appends what happened for every remote that follows it. The id travels with every attempt, so that a remote that hears it twice does it
 * once. Returns the remotes that have more to be told now.
 */
export function appendToOutbox(db: WritableDb, { operation, events, at, base, from }: Told): readonly number[] {
  const told: number[] = [];
  // Most writes are nothing to any remote, whatever its kind, and none is looked for then: W&B has a place for the most.
  if (!events.some((event) => touchesOf(event, 'wandb').length > 0)) return told;
  for (const remote of db.all<Follower>(sql`SELECT id, kind, registry_id AS registryId, settings, (SELECT json_group_array(p.registry_id) FROM remote_registries p WHERE p.remote_id = remotes.id) AS others FROM remotes WHERE follows = 1 AND removed_at IS NULL AND id <> ${from ?? 0}`)) {
    let some = false;
    for (const event of events) {
      const own = touchesOf(event, remote.kind);
      if (own.length === 0 || !isFollowed(db, remote, event, operation)) continue;
      const touches = [...own, ...(event.kind === 'collection.restored' ? touchesWithin(db, remote.id, event.subject.id) : [])];
      some = true;
      for (const touch of touches) {
        db.run(sql`
          INSERT INTO outbox (mutation_id, remote_id, operation, payload, base, created_at, touch)
          VALUES (${ulid(at)}, ${remote.id}, ${operation}, ${JSON.stringify({ event: event.kind, subject: { kind: event.subject.kind, id: event.subject.id, label: event.subject.label }, before: event.before ?? null, after: event.after ?? null })},
            ${JSON.stringify({ event: base })}, ${at}, ${touch})`);
      }
    }
    if (some) told.push(remote.id);
  }
  return told;
}

const field = (value: unknown, key: string): unknown => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined);

const aboutId = (event: RecordedEvent, kind: string): number | null => (event.subject.kind === kind ? event.subject.id : (event.about?.find((object) => object.kind === kind)?.id ?? null));

/** With it goes what a run logged since it went there. */
const endsOfRuns: ReadonlySet<string> = new Set(['run.finished', 'run.failed', 'run.crashed']);

function touchesOf(event: RecordedEvent, kind: string): readonly string[] {
  const touch = touchOf(event);
  return [
    ...(event.kind === 'collection.updated' && field(event.after, 'name') !== undefined ? [`name ${event.subject.id}`] : []), ...(touch === null ? [] : [touch]),
    ...(event.kind === 'version.updated' && field(event.after, 'ttlDays') !== undefined ? [`ttl ${event.subject.id}`] : []),
    // MLflow has no place for either.
    ...(kind === 'wandb' && event.kind === 'version.updated' && field(event.after, 'metadata') !== undefined ? [`metadata ${event.subject.id}`] : []),
    ...(kind === 'wandb' && event.kind === 'version.deleted' ? [`artifact ${event.subject.id}`] : []),
    ...(kind === 'wandb' && (endsOfRuns.has(event.kind) || (event.kind === 'run.updated' && field(event.after, 'summary') !== undefined)) ? [`run ${event.subject.id}`] : []),
  ];
}

/** What is to be told though nobody just did it. What waits already, or was refused, is not told twice. */
export function tellAsItStands(db: WritableDb, remoteId: number, operation: string, at: number, touches: readonly { readonly touch: string; readonly label: string }[]): void {
  for (const { touch, label } of touches) {
    db.run(sql`
      INSERT INTO outbox (mutation_id, remote_id, operation, payload, base, created_at, touch)
      SELECT ${ulid(at)}, ${remoteId}, ${operation}, ${JSON.stringify({ subject: { kind: 'collection', label } })}, '{}', ${at}, ${touch}
      WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE remote_id = ${remoteId} AND touch = ${touch} AND state <> 'sent')`);
  }
}

/** Of a collection that stands again: its links that are not at the remote, and its aliases with them. */
export function touchesWithin(db: WritableDb, remoteId: number, collectionId: number): readonly string[] {
  const links = db.column<number>(sql`
    SELECT l.id FROM links l WHERE l.collection_id = ${collectionId} AND l.removed_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM remote_versions v WHERE v.remote_id = ${remoteId} AND v.link_id = l.id AND v.gone_at IS NULL) ORDER BY l.idx`);
  const aliases = links.length === 0 ? [] : db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${collectionId} AND alias <> ${latestAlias} ORDER BY alias`);
  return [...links.map((id) => `link ${id}`), ...aliases.map((alias) => `alias ${collectionId} ${alias}`)];
}

/** What a change is about, or null where no remote has to do with it. Two changes with the same are one to a remote: it is told how it stands in the end. */
function touchOf(event: RecordedEvent): string | null {
  switch (event.kind) {
    case 'alias.added':
    case 'alias.moved':
    case 'alias.removed': {
      const alias = field(event.after, 'alias') ?? field(event.before, 'alias');
      const collection = aboutId(event, 'collection');
      return collection === null || typeof alias !== 'string' || alias === latestAlias ? null : `alias ${collection} ${alias}`;
    }
    case 'link.created':
    case 'link.removed':
    case 'link.restored':
      return `link ${event.subject.id}`;
    case 'lifecycle.state_changed':
      return `state ${event.subject.id}`;
    case 'collection.created':
    case 'collection.restored':
    case 'collection.deleted':
      return `collection ${event.subject.id}`;
    case 'collection.updated':
      return field(event.after, 'description') === undefined ? null : `description ${event.subject.id}`;
    case 'version.updated':
      return field(event.after, 'description') === undefined ? null : `text ${event.subject.id}`;
    case 'tag.added':
    case 'tag.removed': {
      const tag = field(event.after, 'tag') ?? field(event.before, 'tag');
      if (typeof tag !== 'string') return null;
      return event.subject.kind === 'collection' ? `tag ${event.subject.id} ${tag}` : event.subject.kind === 'version' ? `mark ${event.subject.id} ${tag}` : null;
    }
    case 'registry.created':
    case 'registry.updated':
      return `registry ${event.subject.id}`;
    default:
      return null;
  }
}

function isFollowed(db: WritableDb, remote: Follower, event: RecordedEvent, operation: string): boolean {
  if (event.subject.kind === 'run') return wentThere(db, remote.id, event.subject.id);
  if (remote.registryId === null) return true;
  // One that a person made; those that another remote brings are none of this one's.
  if (event.subject.kind === 'registry') return event.kind === 'registry.created' && operation === 'registries.create' && makesRegistries(remote);
  const { collections, follows } = followed(remote, remote.registryId);
  // Its links went before it.
  if (event.kind === 'version.deleted') return db.value(sql`SELECT 1 FROM remote_versions WHERE remote_id = ${remote.id} AND version_id = ${event.subject.id} AND artifact IS NOT NULL LIMIT 1`) !== undefined;
  if (event.subject.kind === 'version' && event.subject.registryId === null) {
    const linked = db.all<{ id: number; registryId: number }>(sql`SELECT c.id, c.registry_id AS registryId FROM links l JOIN collections c ON c.id = l.collection_id WHERE l.version_id = ${event.subject.id} AND l.removed_at IS NULL`);
    return linked.some(({ id, registryId }) => follows(registryId) && (collections === null || collections.has(id)));
  }
  if (event.subject.registryId === null || event.subject.registryId === undefined || !follows(event.subject.registryId)) return false;
  const collection = aboutId(event, 'collection');
  return collections === null || (collection !== null && collections.has(collection));
}

/** Whether it ran here, and went there with a version. */
function wentThere(db: WritableDb, remoteId: number, runId: number): boolean {
  if (db.value(sql`SELECT 1 FROM remote_runs WHERE run_id = ${runId} AND remote_id = ${remoteId}`) === undefined) return false;
  return db.value<string>(sql`SELECT entrance FROM events WHERE id = ${oldestAbout(db, { kind: 'run', id: runId }) ?? 0}`) !== 'sync';
}

/** Whether a registry that is made here is made there. */
function makesRegistries({ kind, settings }: Follower): boolean {
  const { follow, fields } = JSON.parse(settings) as { readonly follow?: { readonly kind: string }; readonly fields?: { readonly registries?: boolean } };
  return kind === 'wandb' && follow?.kind === 'organization' && fields?.registries !== false;
}

/** `collections` null: every one of the registries. */
function followed({ kind, settings, others }: Follower, first: number): { readonly collections: ReadonlySet<number> | null; readonly follows: (registryId: number) => boolean } {
  const { follow } = JSON.parse(settings) as { readonly follow?: { readonly kind: string; readonly ids?: readonly number[] } };
  const more = follow?.kind === 'registry' || follow === undefined ? [] : (JSON.parse(others) as readonly number[]);
  return { collections: follow?.kind === 'collections' ? new Set(follow.ids) : null, follows: (registryId) => registryId === first || more.includes(registryId) || (kind === 'mlflow' && follow?.kind === 'organization') };
}
