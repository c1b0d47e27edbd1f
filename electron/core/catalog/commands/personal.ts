/** What belongs to one person alone: stars, recents, settings. None of it is history. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { demand, notFound, projectObject, registryObject } from '../access.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { artifactNamesOf, artifactRow, collectionRow, registryRow, runRow, versionRow } from '../records/rows.ts';
import { branded } from '../records/shared.ts';
import { versionSubject } from '../records/subjects.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import type { PlacedKind } from '../undo.ts';

/** Throws `not_found` unless the thing is there and the asker may see it. */
export function demandVisible(scope: QueryScope, kind: PlacedKind, id: number): void {
  const { db, asker } = scope;
  switch (kind) {
    case 'registry': {
      const registry = registryRow(db, id);
      demand(asker, 'registry.see', registryObject(db, registry));
      if (registry.deleted) throw notFound('registry', registry.name);
      break;
    }
    case 'collection': {
      const collection = collectionRow(db, id);
      demand(asker, 'registry.see', registryObject(db, registryRow(db, collection.registryId)), { kind: 'collection', label: String(id) });
      if (collection.deleted) throw notFound('collection', collection.name);
      break;
    }
    case 'version':
      demand(asker, 'project.see', projectObject(db, versionRow(db, id).projectId), { kind: 'artifact version', label: String(id) });
      break;
    case 'artifact': {
      const artifact = artifactRow(db, id);
      demand(asker, 'project.see', projectObject(db, artifact.projectId), { kind: 'artifact', label: String(id) });
      if (artifact.deleted) throw notFound('artifact', artifact.name);
      break;
    }
    case 'run':
      demand(asker, 'project.see', projectObject(db, runRow(db, id).projectId), { kind: 'run', label: String(id) });
      break;
    case 'project':
      demand(asker, 'project.see', projectObject(db, id));
      break;
  }
}

export function setStar(scope: CommandScope, input: CheckedInputOf<'stars.set'>): OutputOf<'stars.set'> {
  const { db, at } = scope;
  demandVisible(scope, input.kind, input.id);
  const standing = starred(scope, input.kind, input.id);
  if (input.starred) db.run(sql`INSERT INTO stars (user_id, kind, object_id, at) VALUES (${scope.actorId}, ${input.kind}, ${input.id}, ${at}) ON CONFLICT DO NOTHING`);
  else db.run(sql`DELETE FROM stars WHERE user_id = ${scope.actorId} AND kind = ${input.kind} AND object_id = ${input.id}`);
  scope.changed('star', input.id);
  if (standing !== input.starred) {
    scope.inverse({ step: 'star', kind: input.kind, id: input.id, to: standing });
    scope.offerUndo(input.starred ? `Star ${nameOf(scope, input.kind, input.id)}` : `Take the star off ${nameOf(scope, input.kind, input.id)}`);
  }
  return { starred: input.starred };
}

function starred(scope: QueryScope, kind: PlacedKind, id: number): boolean {
  return scope.db.value(sql`SELECT 1 FROM stars WHERE user_id = ${scope.actorId} AND kind = ${kind} AND object_id = ${id}`) !== undefined;
}

/** For an undo: the star must be as the act left it. */
export function starBack(scope: CommandScope, step: { readonly kind: PlacedKind; readonly id: number; readonly to: boolean }): void {
  if (starred(scope, step.kind, step.id) === step.to) throw new VitrineError('undo_stale', { details: { explanation: 'The star was set or taken off meanwhile.' } });
  setStar(scope, { kind: step.kind, id: branded<never>(step.id), starred: step.to });
}

/** How the offer of an undo calls it. */
function nameOf({ db }: QueryScope, kind: PlacedKind, id: number): string {
  switch (kind) {
    case 'registry':
      return `“${registryRow(db, id).name}”`;
    case 'collection':
      return `“${collectionRow(db, id).name}”`;
    case 'version': {
      const version = versionRow(db, id);
      return versionSubject(artifactNamesOf(version), version).label;
    }
    case 'artifact':
      return `“${artifactRow(db, id).name}”`;
    case 'run':
      return `“${runRow(db, id).displayName}”`;
    case 'project':
      return `“${db.value<string>(sql`SELECT name FROM projects WHERE id = ${id}`) ?? ''}”`;
  }
}

/** Things per person that are remembered as opened. */
const keptRecents = 50;
/** Milliseconds in which looking at the same thing again is still the same look. */
const sameLook = 60_000;

export function touchRecent(scope: CommandScope, input: CheckedInputOf<'recents.touch'>): OutputOf<'recents.touch'> {
  const { db, at } = scope;
  demandVisible(scope, input.kind, input.id);
  const newest = db.get<{ readonly kind: string; readonly objectId: number; readonly at: number }>(sql`SELECT kind, object_id AS objectId, at FROM recents WHERE user_id = ${scope.actorId} ORDER BY at DESC LIMIT 1`);
  if (newest?.kind === input.kind && newest.objectId === input.id && at - newest.at < sameLook) return {};
  // Two looks within one millisecond, or before a clock that was put back, still have an order.
  const opened = Math.max(at, (newest?.at ?? 0) + 1);
  db.run(sql`
    INSERT INTO recents (user_id, kind, object_id, at) VALUES (${scope.actorId}, ${input.kind}, ${input.id}, ${opened})
    ON CONFLICT (user_id, kind, object_id) DO UPDATE SET at = excluded.at`);
  db.run(sql`
    DELETE FROM recents WHERE user_id = ${scope.actorId} AND at < (SELECT at FROM recents WHERE user_id = ${scope.actorId} ORDER BY at DESC LIMIT 1 OFFSET ${keptRecents})`);
  scope.changed('setting', scope.actorId);
  return {};
}

export function setSettings(scope: CommandScope, input: CheckedInputOf<'settings.set'>): OutputOf<'settings.set'> {
  const { db } = scope;
  for (const [key, value] of Object.entries(input.values)) {
    if (value === null) db.run(sql`DELETE FROM settings WHERE user_id = ${scope.actorId} AND key = ${key}`);
    else db.run(sql`INSERT INTO settings (user_id, key, value) VALUES (${scope.actorId}, ${key}, ${JSON.stringify(value)}) ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value`);
  }
  scope.changed('setting', scope.actorId);
  return {};
}
