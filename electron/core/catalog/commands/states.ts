/** Lifecycle states: defined by a registry, moved on its links. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { blockersOfLifecycle, checkLifecycle, checkTransition, effectiveRole, formatVersion, initialState, isReason, refuse, transitionNeedsReason, type Lifecycle, type StateUse } from '#shared/domain/index.ts';
import { demand, notFound, registryObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { numbersAbout } from '../eventObjects.ts';
import { collectionRow, linkRow, registryRow, type CollectionRow, type LinkRow, type RegistryRow } from '../records/rows.ts';
import { branded, groupBy, timestamp } from '../records/shared.ts';
import { linkSubject } from '../records/subjects.ts';
import { accepted, refusal, refuseFor } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { carryStateAlias, tellsStates } from './stateAliases.ts';

/** Links named where a state stands against its own going. */
const shownExamples = 5;

/** How many links stand in each state. One that comes back from the trash into a state that went, begins anew. */
export function stateUses(db: ReadableDb, registryId: number): readonly StateUse[] {
  const counted = db.all<{ state: string; links: number }>(sql`
    SELECT l.state, count(*) AS links FROM collections c CROSS JOIN links l ON l.collection_id = c.id WHERE c.registry_id = ${registryId} AND l.removed_at IS NULL AND l.state <> '' GROUP BY l.state`);
  return counted.map(({ state, links }) => ({
    state,
    links,
    examples: db.all<{ registry: string; collection: string; index: number }>(sql`
      SELECT r.name AS registry, c.name AS collection, l.idx AS "index" FROM registries r JOIN collections c ON c.registry_id = r.id CROSS JOIN links l ON l.collection_id = c.id
      WHERE r.id = ${registryId} AND l.removed_at IS NULL AND l.state = ${state} ORDER BY c.name_key, l.idx DESC LIMIT ${shownExamples}`)
      .map((row) => `${row.registry}/${row.collection}:${formatVersion(row.index)}`),
  }));
}

/** Takes down what a setting was and what it is. */
type NoteLifecycle = (key: 'lifecycle' | 'renamed', was: unknown, is: unknown) => void;

/** Part of a registry's edit. Links that have no state yet begin where new ones do; those of a renamed state go along with it. */
export function changeLifecycle(scope: CommandScope, registry: RegistryRow, wanted: Lifecycle | null, renamed: Readonly<Record<string, string>>, note: NoteLifecycle): void {
  const { db } = scope;
  const next = wanted === null ? null : accepted(checkLifecycle(wanted));
  const moved = renamesOf(registry.lifecycle, next, renamed);
  if (JSON.stringify(next) === JSON.stringify(registry.lifecycle) && moved.size === 0) return;
  demand(scope.asker, 'registry.setLifecycle', registryObject(db, registry));
  refuseFor(blockersOfLifecycle(registry.lifecycle, stateUses(db, registry.id), next, moved));
  db.run(sql`UPDATE registries SET lifecycle = ${next === null ? null : JSON.stringify(next)} WHERE id = ${registry.id}`);
  const here = sql`collection_id IN (SELECT id FROM collections WHERE registry_id = ${registry.id}) AND removed_at IS NULL`;
  // All at once: two states may exchange their names.
  if (moved.size > 0) db.run(sql`UPDATE links SET state = coalesce((SELECT j.value FROM json_each(${JSON.stringify(Object.fromEntries(moved))}) j WHERE j.key = links.state), state) WHERE ${here}`);
  if (next === null) db.run(sql`UPDATE links SET state = '' WHERE ${here} AND state <> ''`);
  else db.run(sql`UPDATE links SET state = ${initialState(next)} WHERE ${here} AND state = ''`);
  for (const row of db.all<{ id: number; collectionId: number }>(sql`SELECT id, collection_id AS collectionId FROM links WHERE ${here} LIMIT 502`)) {
    scope.changed('link', row.id);
    scope.changed('collection', row.collectionId);
  }
  note('lifecycle', registry.lifecycle, next);
  if (moved.size > 0) note('renamed', Object.fromEntries([...moved].map(([from, to]) => [to, from])), Object.fromEntries(moved));
}

function renamesOf(now: Lifecycle | null, next: Lifecycle | null, renamed: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const moved = new Map<string, string>();
  if (now === null || next === null) return moved;
  const there = new Set(now.states.map((state) => state.name));
  const known = next.states.map((state) => state.name);
  for (const [from, written] of Object.entries(renamed)) {
    const to = written.normalize('NFC');
    if (!known.includes(to)) accepted(refuse({ rule: 'no-such-state', subject: 'lifecycle state', state: to, known }));
    if (there.has(from) && from !== to) moved.set(from, to);
  }
  return moved;
}

export function setState(scope: CommandScope, input: CheckedInputOf<'links.setState'>): OutputOf<'links.setState'> {
  const { db } = scope;
  const links = [...new Set(input.linkIds as readonly number[])].map((id) => linkRow(db, id));
  const to = input.state.normalize('NFC');
  const moved: { linkId: number; from: string; to: string }[] = [];
  let first: string | null = null;
  for (const [collectionId, group] of groupBy(links, (link) => link.collectionId)) {
    const collection = collectionRow(db, collectionId);
    const registry = registryRow(db, collection.registryId);
    demand(scope.asker, 'link.setState', registryObject(db, registry), { kind: 'link', label: String(group[0]?.id ?? 0) });
    const gone = group.find((link) => link.removed);
    if (gone !== undefined || collection.deleted) throw notFound('link', String(gone?.id ?? group[0]?.id ?? 0));
    const told = registry.lifecycle !== null && tellsStates(db, collection) ? registry.lifecycle : null;
    for (const link of group) {
      const from = stepOf(scope, registry, collection, link, to, input.expected?.normalize('NFC'));
      if (from === null) continue;
      writeState(scope, collection, link, from, to);
      if (told !== null) carryStateAlias(scope, told, collection, link, from, to);
      moved.push({ linkId: link.id, from, to });
      first ??= `${collection.name}:${formatVersion(link.index)}`;
    }
  }
  if (first !== null) scope.offerUndo(moved.length === 1 ? `Make ${first} “${to}”` : `Make ${moved.length} links “${to}”`);
  return { links: moved.map((link) => ({ ...link, linkId: branded(link.linkId) })) };
}

/** The state from which the link goes; null where it is there already. Throws where it may not go. */
function stepOf(scope: CommandScope, registry: RegistryRow, collection: CollectionRow, link: LinkRow, to: string, expected: string | undefined): string | null {
  const { db } = scope;
  const { lifecycle } = registry;
  if (lifecycle === null) throw refusal({ rule: 'no-lifecycle', subject: 'lifecycle state', registry: registry.name });
  if (expected !== undefined && expected !== link.state) {
    throw refusal({ rule: 'state-changed', subject: 'lifecycle state', link: linkSubject(collection, link).label, expected, actual: link.state, ...lastChange(db, link.id) });
  }
  const role = effectiveRole(scope.asker, registryObject(db, registry));
  accepted(checkTransition(lifecycle, registry.name, link.state, to, role));
  if (link.state === to) return null;
  if (transitionNeedsReason(lifecycle, link.state, to, role) && !isReason(scope.message)) throw refusal({ rule: 'reason-missing', subject: 'lifecycle state', name: to });
  return link.state;
}

function lastChange(db: ReadableDb, linkId: number): { readonly moved?: { readonly by: string; readonly at: string } } {
  const last = db.get<{ by: string; at: number }>(sql`
    SELECT u.display_name AS "by", e.at FROM ${numbersAbout(db, { kind: 'link', id: linkId })} n CROSS JOIN events e ON e.id = n.id JOIN users u ON u.id = e.actor_id
    WHERE e.kind = 'lifecycle.state_changed' ORDER BY e.id DESC LIMIT 1`);
  return last === undefined ? {} : { moved: { by: last.by, at: timestamp(last.at) } };
}

/** Rights and ways were judged before. */
export function writeState(scope: CommandScope, collection: CollectionRow, link: LinkRow, from: string, to: string): void {
  scope.db.run(sql`UPDATE links SET state = ${to} WHERE id = ${link.id}`);
  scope.record({
    kind: 'lifecycle.state_changed', subject: linkSubject(collection, link), before: { state: from, index: link.index }, after: { state: to, index: link.index },
    about: [{ kind: 'collection', id: collection.id }, { kind: 'registry', id: collection.registryId }, { kind: 'version', id: link.versionId }],
  });
  scope.changed('link', link.id);
  scope.changed('version', link.versionId);
  scope.changed('collection', collection.id);
  scope.inverse({ step: 'state', linkId: link.id, to: from, expected: to });
}

/** For an undo and a revert: back to where it was, by whoever may make the step that is taken back. */
export function stateBack(scope: CommandScope, step: { readonly linkId: number; readonly to: string; readonly expected: string }): void {
  const { db } = scope;
  const link = linkRow(db, step.linkId);
  const collection = collectionRow(db, link.collectionId);
  const registry = registryRow(db, collection.registryId);
  demand(scope.asker, 'link.setState', registryObject(db, registry), { kind: 'link', label: String(step.linkId) });
  if (link.removed || collection.deleted) throw notFound('link', String(step.linkId));
  if (link.state !== step.expected) throw refusal({ rule: 'state-changed', subject: 'lifecycle state', link: linkSubject(collection, link).label, expected: step.expected, actual: link.state, ...lastChange(db, link.id) });
  const known = registry.lifecycle?.states.map((state) => state.name) ?? [];
  if (!known.includes(step.to)) throw refusal({ rule: 'no-such-state', subject: 'lifecycle state', state: step.to, known });
  // Whoever may go there may come back, also out of a terminal state: that is what taking back means.
  accepted(checkTransition({ states: registry.lifecycle?.states ?? [], transitions: registry.lifecycle?.transitions ?? [] }, registry.name, step.to, step.expected, effectiveRole(scope.asker, registryObject(db, registry))));
  writeState(scope, collection, link, link.state, step.to);
}
