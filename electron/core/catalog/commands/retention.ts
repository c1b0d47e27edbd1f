/** Holds and times to live. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkDays, decide } from '#shared/domain/index.ts';
import { demand, notFound, organizationObject, projectObject } from '../access.ts';
import { bytesHeldAlone, heldSubject, holdsOf, lapsingVersions, timeToLive, type Lapsing } from '../records/retention.ts';
import { artifactRow, versionRow } from '../records/rows.ts';
import { timestamp, branded } from '../records/shared.ts';
import { artifactSubject, projectSubject, versionSubject } from '../records/subjects.ts';
import { keptTimeToLive } from '../records/timeToLive.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { deleteVersion, editVersion } from './versions.ts';

// Holds ---------------------------------------------------------------------------------------------------------------

type Held = { readonly kind: 'version' | 'artifact'; readonly id: number };

/** Where it belongs; a version that is gone for good can't be held any more. */
function placeOf(scope: QueryScope, target: Held): { readonly projectId: number; readonly about: readonly { readonly kind: 'artifact' | 'project'; readonly id: number }[] } {
  if (target.kind === 'artifact') {
    const { projectId } = artifactRow(scope.db, target.id);
    return { projectId, about: [{ kind: 'project', id: projectId }] };
  }
  const { projectId, artifactId } = versionRow(scope.db, target.id);
  return { projectId, about: [{ kind: 'artifact', id: artifactId }, { kind: 'project', id: projectId }] };
}

function refuseGone(scope: CommandScope, target: Held): void {
  const { db } = scope;
  const gone = target.kind === 'artifact'
    ? db.value(sql`SELECT 1 FROM artifacts a WHERE a.id = ${target.id} AND a.deleted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM trash t WHERE t.id = a.trash_id AND t.restored_at IS NULL AND t.purged_at IS NULL)`)
    : db.value(sql`SELECT 1 FROM versions v WHERE v.id = ${target.id} AND v.state = 'deleted' AND NOT EXISTS (SELECT 1 FROM trash t WHERE t.id = v.trash_id AND t.restored_at IS NULL AND t.purged_at IS NULL)`);
  if (gone !== undefined) throw notFound(target.kind === 'artifact' ? 'artifact' : 'artifact version', String(target.id));
}

export function placeHold(scope: CommandScope, input: CheckedInputOf<'holds.place'>): OutputOf<'holds.place'> {
  const { db, at } = scope;
  const target: Held = input.target;
  const { projectId, about } = placeOf(scope, target);
  demand(scope.asker, 'hold.place', projectObject(db, projectId), { kind: target.kind === 'artifact' ? 'artifact' : 'artifact version', label: String(target.id) });
  refuseGone(scope, target);
  const { id } = db.run(sql`INSERT INTO holds (kind, object_id, reason, placed_by, placed_at) VALUES (${target.kind}, ${target.id}, ${input.reason}, ${scope.actorId}, ${at})`);
  scope.record({ kind: 'hold.placed', subject: heldSubject(db, target.kind, target.id), before: null, after: { hold: id, reason: input.reason }, about });
  // Whoever may place one need not be allowed to release it.
  if (decide(scope.asker, 'hold.release', projectObject(db, projectId)).allowed) scope.inverse({ step: 'hold', id, to: 'released' });
  scope.offerUndo(`Hold on ${heldSubject(db, target.kind, target.id).label}`);
  return told(scope, target, id);
}

export function releaseHold(scope: CommandScope, input: CheckedInputOf<'holds.release'>): OutputOf<'holds.release'> {
  const { db, at } = scope;
  const hold = db.get<{ kind: Held['kind']; objectId: number; reason: string; releasedAt: number | null }>(sql`SELECT kind, object_id AS objectId, reason, released_at AS releasedAt FROM holds WHERE id = ${input.id}`);
  if (hold === undefined) throw notFound('hold', String(input.id));
  const target = { kind: hold.kind, id: hold.objectId };
  const { projectId, about } = placeOf(scope, target);
  demand(scope.asker, 'hold.release', projectObject(db, projectId), { kind: 'hold', label: String(input.id) });
  if (hold.releasedAt !== null) throw notFound('hold', String(input.id));
  db.run(sql`UPDATE holds SET released_by = ${scope.actorId}, released_at = ${at}, release_reason = ${input.reason} WHERE id = ${input.id}`);
  scope.record({ kind: 'hold.released', subject: heldSubject(db, target.kind, target.id), before: { hold: input.id, reason: hold.reason }, after: { hold: input.id, reason: input.reason }, about });
  scope.inverse({ step: 'hold', id: input.id, to: 'standing' });
  scope.offerUndo(`Release of the hold on ${heldSubject(db, target.kind, target.id).label}`);
  return told(scope, target, input.id);
}

/** For an undo and a revert. What nothing protected meanwhile may be gone; then it can't stand again. */
export function holdBack(scope: CommandScope, step: { readonly id: number; readonly to: 'released' | 'standing' }): void {
  const { db } = scope;
  const hold = db.get<{ kind: Held['kind']; objectId: number; reason: string; releasedAt: number | null }>(sql`SELECT kind, object_id AS objectId, reason, released_at AS releasedAt FROM holds WHERE id = ${step.id}`);
  if (hold === undefined || (hold.releasedAt === null) === (step.to === 'standing')) {
    throw new VitrineError('undo_stale', { details: { explanation: step.to === 'standing' ? 'The hold stands already.' : 'The hold was released already.' } });
  }
  if (step.to === 'released') {
    releaseHold(scope, { id: branded(step.id), reason: scope.message ?? 'Taken back.' });
    return;
  }
  const target = { kind: hold.kind, id: hold.objectId };
  const { projectId, about } = placeOf(scope, target);
  demand(scope.asker, 'hold.place', projectObject(db, projectId), { kind: 'hold', label: String(step.id) });
  refuseGone(scope, target);
  db.run(sql`UPDATE holds SET released_by = NULL, released_at = NULL, release_reason = NULL WHERE id = ${step.id}`);
  scope.record({ kind: 'hold.placed', subject: heldSubject(db, target.kind, target.id), before: null, after: { hold: step.id, reason: hold.reason }, about });
  scope.inverse({ step: 'hold', id: step.id, to: 'released' });
  told(scope, target, step.id);
}

function told(scope: CommandScope, target: Held, id: number): OutputOf<'holds.place'> {
  scope.changed('hold', id);
  scope.changed(target.kind, target.id);
  const [hold] = holdsOf(scope.db, [id]);
  if (hold === undefined) throw notFound('hold', String(id));
  return hold;
}

// Times to live ---------------------------------------------------------------------------------------------------------

export function setTimeToLive(scope: CommandScope, input: CheckedInputOf<'ttl.set'>): OutputOf<'ttl.set'> {
  const { db, at } = scope;
  const { target } = input;
  if (input.ttl.kind === 'days') accepted(checkDays(input.ttl.days));
  const kept = keptTimeToLive(input.ttl);
  if (target.kind === 'version') editVersion(scope, target.id, { ttlDays: kept });
  else writeTimeToLive(scope, target, kept);
  return timeToLive(db, target.kind, target.id, at);
}

/** For an undo and a revert: it must still be what the act set. */
export function ttlBack(scope: CommandScope, step: { readonly target: TtlTarget; readonly to: number | null; readonly expected: number | null }): void {
  const { db } = scope;
  const now = (step.target.kind === 'artifact' ? db.value<number | null>(sql`SELECT ttl_days FROM artifacts WHERE id = ${step.target.id}`) : db.value<number | null>(sql`SELECT ttl_days FROM projects WHERE id = ${step.target.id}`)) ?? null;
  if (now !== step.expected) throw new VitrineError('undo_stale', { details: { explanation: 'The time to live was set anew meanwhile.' } });
  writeTimeToLive(scope, step.target, step.to);
}

type TtlTarget = { readonly kind: 'artifact' | 'project'; readonly id: number };

/** `kept` as it lies in the file. */
function writeTimeToLive(scope: CommandScope, target: TtlTarget, kept: number | null): void {
  const { db, at } = scope;
  const tell = (before: number | null, label: string): void => {
    scope.inverse({ step: 'ttl', target: { kind: target.kind, id: target.id }, to: before, expected: kept });
    scope.offerUndo(`Time to live of ${label}`);
  };
  switch (target.kind) {
    case 'artifact': {
      const artifact = artifactRow(db, target.id);
      demand(scope.asker, 'source.edit', projectObject(db, artifact.projectId), { kind: 'artifact', label: String(target.id) });
      if (artifact.deleted) throw notFound('artifact', artifact.name);
      const before = db.value<number | null>(sql`SELECT ttl_days FROM artifacts WHERE id = ${target.id}`) ?? null;
      if (before === kept) break;
      db.run(sql`UPDATE artifacts SET ttl_days = ${kept}, updated_at = ${at} WHERE id = ${target.id}`);
      scope.record({ kind: 'artifact.updated', subject: artifactSubject(artifact), before: { ttlDays: before }, after: { ttlDays: kept }, about: [{ kind: 'project', id: artifact.projectId }] });
      scope.changed('artifact', target.id);
      tell(before, artifact.name);
      break;
    }
    case 'project': {
      const access = projectObject(db, target.id);
      demand(scope.asker, 'source.edit', access, { kind: 'project', label: String(target.id) });
      const before = db.value<number | null>(sql`SELECT ttl_days FROM projects WHERE id = ${target.id}`) ?? null;
      if (before === kept) break;
      db.run(sql`UPDATE projects SET ttl_days = ${kept}, updated_at = ${at} WHERE id = ${target.id}`);
      scope.record({ kind: 'project.updated', subject: projectSubject({ id: target.id, entity: access.team.name, name: access.name }), before: { ttlDays: before }, after: { ttlDays: kept } });
      scope.changed('project', target.id);
      tell(before, access.name);
      break;
    }
  }
}

/** Versions that go at once, in one transaction: the rest waits for the next sweep. */
const sweptAtOnce = 500;

/** Moves versions whose time is over to the trash. Asked for by a person, only an admin may; by itself, it is done every few minutes. */
export function sweepLapsed(scope: CommandScope, input: CheckedInputOf<'ttl.sweep'>): OutputOf<'ttl.sweep'> {
  const { db, at } = scope;
  if (scope.entrance !== 'system') demand(scope.asker, 'organization.manage', organizationObject(db));
  const due = lapsingVersions(db, at);
  const now = due.slice(0, sweptAtOnce);
  const versions = now.map((one) => lapsingVersion(scope, one));
  const bytes = bytesHeldAlone(db, now.map((one) => one.id), at);
  if (!input.simulate) {
    for (const one of now) {
      const aliases = new Set(db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'artifact' AND target_id = ${one.id}`));
      deleteVersion(scope, versionRow(db, one.id), aliases, { lapsed: `Its time to live of ${one.days === 1 ? 'one day' : `${one.days} days`}, set on the ${one.from}, was over.` });
    }
  }
  return { lapsed: due.length, versions, bytes, more: due.length > now.length };
}

export function lapsingVersion(scope: QueryScope, one: Lapsing): OutputOf<'ttl.lapsing'>['items'][number] {
  const version = versionRow(scope.db, one.id);
  const { label, address } = versionSubject({ id: version.artifactId, entity: version.entity, project: version.project, name: version.artifact }, version);
  return { versionId: branded(one.id), label, address, size: one.size, days: one.days, from: one.from, at: timestamp(one.at) };
}

