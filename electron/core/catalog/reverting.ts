/** What an event did, as the steps that take it back, and whether they still fit. */
import { VitrineError } from '#shared/contract/errors.ts';
import { formatVersion, latestAlias, type Role } from '#shared/domain/index.ts';
import type { ReadableDb } from './connection.ts';
import { objectsOf, type EventObject } from './eventObjects.ts';
import type { KeptEvent } from './queries/history.ts';
import { linkRow } from './records/rows.ts';
import { branded } from './records/shared.ts';
import { sql } from './sql.ts';
import type { UndoStep } from './undo.ts';

export type WayBack = { readonly event: KeptEvent; readonly label: string; readonly step: UndoStep };

type Told = { readonly alias?: string; readonly index?: number | null; readonly state?: string; readonly note?: string; readonly tag?: string; readonly renamed?: unknown };

function blocked(explanation: string): VitrineError {
  return new VitrineError('blocked', { details: { explanation, blockers: [explanation] } });
}

function stale(explanation: string): VitrineError {
  return new VitrineError('undo_stale', { details: { explanation } });
}

/**
 * The ways back from events of one act, in the order in which they are gone: the last first. What comes back by itself with something
 * else of the act (the aliases of a link that was taken out) is no step of its own. Throws `blocked` for what can't be taken back.
 */
export function waysBack(db: ReadableDb, events: readonly KeptEvent[]): readonly WayBack[] {
  const unlinked = new Set(events.filter((event) => event.kind === 'link.removed').map((event) => event.objectId));
  return events.flatMap((event) => {
    // It tells of the link beside it.
    if (event.kind === 'link.promoted' && events.length > 1) return [];
    if (event.kind === 'alias.removed' && unlinked.has(event.objectId)) return [];
    return [wayBack(db, event)];
  });
}

function wayBack(db: ReadableDb, event: KeptEvent): WayBack {
  const before = (JSON.parse(event.before) ?? {}) as Told & Readonly<Record<string, unknown>>;
  const after = (JSON.parse(event.after) ?? {}) as Told & Readonly<Record<string, unknown>>;
  const id = event.objectId;
  const way = (label: string, step: UndoStep): WayBack => ({ event, label, step });
  switch (event.kind) {
    case 'alias.added':
    case 'alias.moved':
    case 'alias.removed': {
      const alias = after.alias ?? before.alias ?? '';
      const to = before.index ?? null;
      return way(to === null ? `Take “${alias}” off ${event.label}` : `Put “${alias}” back on ${formatVersion(to)}`, { step: 'aliases', holder: holderOf(db, event), wishes: [{ alias, to, expected: after.index ?? null }] });
    }
    case 'link.created':
    case 'link.restored':
      return way(`Unlink ${event.label}`, { step: 'unlink', linkIds: [id] });
    case 'link.removed':
      return way(`Link ${event.label} again`, { step: 'restore', trashIds: [trashed(db, event, 'link')] });
    case 'link.noted':
      return way(`Write the note of ${event.label} back`, { step: 'edit', kind: 'link', id, set: { note: before.note ?? '' }, expected: { note: after.note ?? '' } });
    case 'lifecycle.state_changed':
      return way(`Make ${event.label} “${before.state ?? ''}” again`, { step: 'state', linkId: id, to: before.state ?? '', expected: after.state ?? '' });
    case 'collection.created':
    case 'registry.created':
      return way(`Delete ${event.label}`, { step: 'delete', kind: event.kind === 'collection.created' ? 'collection' : 'registry', id });
    case 'artifact.updated':
    case 'project.updated':
      if ('ttlDays' in after) {
        const [kept, was] = [after['ttlDays'] as number | null, (before['ttlDays'] ?? null) as number | null];
        return way(`Set the time to live of ${event.label} back`, { step: 'ttl', target: { kind: event.kind === 'project.updated' ? 'project' : 'artifact', id }, to: was, expected: kept });
      }
      if (event.kind === 'project.updated') throw blocked(whyNot(event));
      return way(`Write ${event.label} back`, { step: 'edit', kind: 'artifact', id, set: before, expected: withoutRenamed(after) });
    case 'artifact.moved':
      return way(`Give ${event.label} its type back`, { step: 'edit', kind: 'artifact', id, set: { type: before['type'] }, expected: { type: after['type'] } });
    case 'version.updated':
      return way(`Write ${event.label} back`, { step: 'edit', kind: 'version', id, set: before, expected: after });
    case 'hold.placed':
    case 'hold.released': {
      const hold = Number((event.kind === 'hold.placed' ? after : before)['hold']);
      return way(event.kind === 'hold.placed' ? `Release the hold on ${event.label}` : `Let the hold on ${event.label} stand again`, { step: 'hold', id: hold, to: event.kind === 'hold.placed' ? 'released' : 'standing' });
    }
    case 'lineage.linked':
    case 'lineage.unlinked':
      return way(event.kind === 'lineage.linked' && event.before === 'null' ? `Take away the edge to ${event.label}` : `Draw the edge to ${event.label} as it was`, edgeBack(db, event, before));
    case 'member.changed': {
      const name = [after['name'], after['user']].find((one) => typeof one === 'string') ?? 'somebody';
      return way(`Set the role of ${name} in ${event.label} back`, memberStep(db, event, before, after));
    }
    case 'collection.updated':
    case 'registry.updated': {
      return way(`Write ${event.label} back`, { step: 'edit', kind: event.kind === 'collection.updated' ? 'collection' : 'registry', id, set: before, expected: withoutRenamed(after) });
    }
    case 'collection.deleted':
      return way(`Restore ${event.label}`, { step: 'restore', trashIds: [trashed(db, event, 'collection')] });
    case 'registry.deleted':
      return way(`Restore ${event.label}`, { step: 'restore', trashIds: [trashed(db, event, 'registry')] });
    case 'version.deleted':
      return way(`Restore ${event.label}`, { step: 'restore', trashIds: [trashed(db, event, 'version')] });
    case 'artifact.deleted':
      return way(`Restore ${event.label}`, { step: 'restore', trashIds: [trashed(db, event, 'artifact')] });
    case 'run.deleted':
      return way(`Restore ${event.label}`, { step: 'restore', trashIds: [trashed(db, event, 'run')] });
    case 'tag.added':
    case 'tag.removed': {
      const target = { kind: event.objectKind as 'version' | 'collection' | 'artifact', id };
      return event.kind === 'tag.added'
        ? way(`Take the tag “${after.tag ?? ''}” off ${event.label}`, { step: 'tags', target, add: [], remove: [after.tag ?? ''] })
        : way(`Put the tag “${before.tag ?? ''}” back on ${event.label}`, { step: 'tags', target, add: [before.tag ?? ''], remove: [] });
    }
    default:
      throw blocked(whyNot(event));
  }
}

function withoutRenamed(after: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { renamed: _, ...expected } = after;
  return expected;
}

/** Why an event of its kind is never taken back from the history, and what to do instead. */
function whyNot(event: KeptEvent): string {
  const { kind, label } = event;
  if (kind === 'version.created' || kind === 'artifact.created') return `${label} was logged: nothing unlogs it. Delete it; it stays restorable for a time.`;
  if (kind === 'trash.purged') return `${label} was purged: what it was is gone for good.`;
  if (kind.endsWith('.restored')) return `${label} was restored: delete it again where it shall not stand.`;
  if (kind.startsWith('run.')) return `What the run ${label} said of itself is not taken back.`;
  if (kind.startsWith('approval.')) return 'What people decided stays decided: ask for the approval anew, or take the alias off.';
  if (kind.startsWith('api_key.') || kind.startsWith('user.') || kind.startsWith('team.')) return `Keys and people are managed where they are, not from the history: what “${kind}” did to ${label} stays.`;
  if (kind.startsWith('remote.') || kind.startsWith('sync.') || kind === 'version.fetched') return `What was synced has happened on the other side too: what “${kind}” did stays.`;
  return `What “${kind}” did to ${label} can’t be taken back from the history.`;
}

function aboutOf(db: ReadableDb, event: KeptEvent): readonly EventObject[] {
  return objectsOf(db, [event.id]).get(event.id) ?? [];
}

/** The edge ends at what the event speaks of; where it began is the other node that the event is about. */
function edgeBack(db: ReadableDb, event: KeptEvent, before: Readonly<Record<string, unknown>>): UndoStep {
  const from = aboutOf(db, event).find(({ kind, id }) => (kind === 'version' || kind === 'run') && !(kind === event.objectKind && id === event.objectId));
  if (from === undefined) throw blocked(`Where the edge to ${event.label} began is not known any more.`);
  const node = (kind: string, id: number) => ({ kind: kind as 'version', id: branded<never>(id) });
  const reason = typeof before['reason'] === 'string' && before['reason'] !== '' ? before['reason'] : 'As it stood before.';
  return { step: 'lineageEdge', act: event.before === 'null' ? 'take' : 'draw', from: node(from.kind, from.id), to: node(event.objectKind, event.objectId), reason };
}

function memberStep(db: ReadableDb, event: KeptEvent, before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): UndoStep {
  const roles = { to: (before['role'] ?? null) as Role | null, expected: (after['role'] ?? null) as Role | null };
  if (event.objectKind === 'registry') return { step: 'member', place: { kind: 'registry', id: event.objectId }, holder: { kind: after['holder'] as 'user' | 'service account' | 'team', id: Number(after['id']) }, ...roles };
  const user = db.get<{ id: number; kind: string }>(sql`SELECT id, kind FROM users WHERE id = ${aboutOf(db, event).find(({ kind }) => kind === 'user')?.id ?? 0}`);
  if (user === undefined) throw blocked(`Whose role in ${event.label} it was is not known any more.`);
  return { step: 'member', place: { kind: 'team', id: event.objectId }, holder: { kind: user.kind === 'service' ? 'service account' : 'user', id: user.id }, ...roles };
}

function holderOf(db: ReadableDb, event: KeptEvent): Extract<UndoStep, { readonly step: 'aliases' }>['holder'] {
  if (event.objectKind === 'link') return { kind: 'collection', id: branded(linkRow(db, event.objectId).collectionId) };
  const artifact = aboutOf(db, event).find(({ kind }) => kind === 'artifact')?.id
    ?? db.value<number>(sql`SELECT artifact_id FROM versions WHERE id = ${event.objectId}`);
  if (artifact === undefined) throw blocked(`Whose alias ${event.label} carried is not known any more.`);
  return { kind: 'artifact', id: branded(artifact) };
}

/** The place in the trash to which the event put something; stale when it came back, or its time is over. */
function trashed(db: ReadableDb, event: KeptEvent, kind: string): number {
  const row = db.get<{ id: number; restoredAt: number | null; purgedAt: number | null }>(sql`
    SELECT id, restored_at AS restoredAt, purged_at AS purgedAt FROM trash WHERE kind = ${kind} AND object_id = ${event.objectId} AND deleted_at = ${event.at} ORDER BY id DESC LIMIT 1`);
  if (row === undefined) {
    throw stale(kind === 'link' ? `${event.label} went together with its version: restore that.` : `${event.label} is not in the trash any more.`);
  }
  if (row.restoredAt !== null) throw stale(`${event.label} was restored already.`);
  if (row.purgedAt !== null) throw stale(`The time to restore ${event.label} is over.`);
  return row.id;
}

/** What was built on the act since, in words; null when the steps seem to fit. Doing them asks again, and asks for the rights. */
export function builtSince(db: ReadableDb, ways: readonly WayBack[]): string | null {
  const taken = new Set(ways.flatMap(({ step }) => (step.step === 'aliases' ? step.wishes.map((wish) => wish.alias) : [])));
  for (const { step } of ways) {
    const reason = reasonAgainst(db, step, taken);
    if (reason !== null) return reason;
  }
  return null;
}

function reasonAgainst(db: ReadableDb, step: UndoStep, taken: ReadonlySet<string>): string | null {
  switch (step.step) {
    case 'aliases': {
      const { holder } = step;
      const standing = holder.kind === 'collection' ? sql`links t ON t.id = x.target_id` : sql`versions t ON t.id = x.target_id`;
      for (const wish of step.wishes) {
        const now = db.value<number>(sql`SELECT t.idx FROM aliases x JOIN ${standing} WHERE x.holder_kind = ${holder.kind} AND x.holder_id = ${holder.id} AND x.alias = ${wish.alias}`) ?? null;
        if (now !== wish.expected) return `“${wish.alias}” moved again since: it stands on ${now === null ? 'nothing' : formatVersion(now)}.`;
        if (wish.to === null) continue;
        const there = holder.kind === 'collection'
          ? db.value(sql`SELECT 1 FROM links WHERE collection_id = ${holder.id} AND idx = ${wish.to} AND removed_at IS NULL`)
          : db.value(sql`SELECT 1 FROM versions WHERE artifact_id = ${holder.id} AND idx = ${wish.to} AND state = 'committed'`);
        if (there === undefined) return `${formatVersion(wish.to)}, on which “${wish.alias}” stood, is no longer there.`;
      }
      return null;
    }
    case 'unlink':
      for (const linkId of step.linkIds) {
        const link = linkRow(db, linkId);
        if (link.removed) return `${formatVersion(link.index)} was taken out since.`;
        const put = db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'collection' AND target_id = ${linkId} AND alias <> ${latestAlias}`).find((alias) => !taken.has(alias));
        if (put !== undefined) return `The alias “${put}” was put on ${formatVersion(link.index)} since.`;
      }
      return null;
    case 'state': {
      const link = linkRow(db, step.linkId);
      if (link.removed) return `${formatVersion(link.index)} was taken out since.`;
      return link.state === step.expected ? null : `${formatVersion(link.index)} is “${link.state}” by now.`;
    }
    case 'delete':
    case 'restore':
    case 'edit':
    case 'tags':
    case 'lineageEdge':
      return null;
    default:
      return null;
  }
}
