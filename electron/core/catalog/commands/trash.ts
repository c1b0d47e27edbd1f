/** What was deleted, kept so that it can come back where it was. */
import type { CheckedInputOf, ObjectKind, OutputOf } from '#shared/contract/index.ts';
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import { explainError } from '#shared/contract/explain.ts';
import { acceptsType, aliasGuard, checkRestorable, checkVersionStep, decide, initialState, latestAlias, nameKey, planRestore, refuse, restorableUntil, type Subject } from '#shared/domain/index.ts';
import { demand, notFound, organizationObject, projectObject, registryObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { indexName } from '../records/names.ts';
import { artifactNamesOf, artifactRow, collectionRow, linkRow, registryRow, runRow, versionRow, type CollectionRow, type RegistryRow } from '../records/rows.ts';
import { artifactSubject, collectionSubject, linkSubject, registrySubject, runSubject, versionSubject } from '../records/subjects.ts';
import { branded } from '../records/shared.ts';
import { bytesInTrash, containersInTrash, isHeld, openTrash, planPurge, projectOf, trashDays, type OpenTrash, type TrashedKind } from '../records/trash.ts';
import { accepted } from '../refusals.ts';
import { dropLog } from '../runlog/lines.ts';
import { markForSearch } from '../search-index.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { artifactSlice, collectionSlice, collectionState, writeMoves } from './holders.ts';
import { demandReason } from './moves.ts';

export type LinkPayload = { readonly aliases: readonly string[] };
export type CollectionPayload = { readonly aliases: readonly { readonly alias: string; readonly linkId: number }[] };
export type RegistryPayload = CollectionPayload;
export type ArtifactPayload = { /** Of the versions that went with it. */ readonly versionTrashIds: readonly number[] };
export type RunPayload = { /** In which it was, since one that ran is killed. */ readonly state: string };
export type VersionPayload = { readonly aliases: readonly string[]; readonly links: readonly { readonly id: number; readonly aliases: readonly string[] }[] };

export type NewTrash = { readonly kind: TrashedKind; readonly id: number; readonly registryId: number | null; readonly label: string; readonly address: string | null; readonly payload: LinkPayload | CollectionPayload | VersionPayload | ArtifactPayload | RunPayload };

export function toTrash(scope: CommandScope, item: NewTrash): number {
  const { db, at } = scope;
  const { id } = db.run(sql`
    INSERT INTO trash (kind, object_id, registry_id, label, address, payload, deleted_by, deleted_at, expires_at)
    VALUES (${item.kind}, ${item.id}, ${item.registryId}, ${item.label}, ${item.address}, ${JSON.stringify(item.payload)}, ${scope.actorId}, ${at}, ${restorableUntil(at, trashDays(db))})`);
  scope.changed('trash', id);
  return id;
}

type TrashRow = { readonly id: number; readonly kind: TrashedKind; readonly objectId: number; readonly label: string; readonly payload: string; readonly deletedAt: number; readonly restoredAt: number | null; readonly purgedAt: number | null };

const subjectWords: Readonly<Record<TrashedKind, Subject>> = { link: 'artifact version', collection: 'collection', registry: 'registry', version: 'artifact version', artifact: 'artifact', run: 'run' };

export function restoreFromTrash(scope: CommandScope, input: CheckedInputOf<'trash.restore'>): OutputOf<'trash.restore'> {
  const also: string[] = [];
  if (input.including) for (const id of containersInTrash(scope.db, input.id).toReversed()) also.push(restore(scope, id));
  // A version comes back with its artifact when it went with it.
  const open = scope.db.value(sql`SELECT 1 FROM trash WHERE id = ${input.id} AND restored_at IS NULL`);
  return { label: input.including && open === undefined ? labelOf(scope.db, input.id) : restore(scope, input.id), also };
}

function labelOf(db: ReadableDb, trashId: number): string {
  return db.value<string>(sql`SELECT label FROM trash WHERE id = ${trashId}`) ?? String(trashId);
}

/** Puts one thing back, or says what stands against it. Returns what it is called. */
export function restore(scope: CommandScope, trashId: number): string {
  const { db, at } = scope;
  const item = db.get<TrashRow>(sql`
    SELECT id, kind, object_id AS objectId, label, payload, deleted_at AS deletedAt, restored_at AS restoredAt, purged_at AS purgedAt FROM trash WHERE id = ${trashId}`);
  if (item === undefined || item.restoredAt !== null || item.purgedAt !== null) throw notFound('thing in the trash', String(trashId));
  switch (item.kind) {
    case 'link':
      restoreLink(scope, item);
      break;
    case 'collection':
      restoreCollection(scope, item);
      break;
    case 'registry':
      restoreRegistry(scope, item);
      break;
    case 'version':
      restoreVersion(scope, item);
      break;
    case 'artifact':
      restoreArtifact(scope, item);
      break;
    case 'run':
      restoreRun(scope, item);
      break;
  }
  db.run(sql`UPDATE trash SET restored_at = ${at} WHERE id = ${trashId}`);
  scope.changed('trash', trashId);
  return item.label;
}

/** Asked after the rights, so that a refusal tells nothing to those who may not see the thing. */
function refuseExpired(scope: CommandScope, item: TrashRow): void {
  // A hold keeps what lies in the trash, too.
  if (isHeld(scope.db, item.kind, item.objectId)) return;
  accepted(checkRestorable(subjectWords[item.kind], item.deletedAt, trashDays(scope.db), scope.at));
}

function asked(item: TrashRow): { readonly kind: string; readonly label: string } {
  return { kind: 'thing in the trash', label: String(item.id) };
}

function blocked(explanation: string): VitrineError {
  return new VitrineError('blocked', { details: { explanation, blockers: [explanation] } });
}

function restoreLink(scope: CommandScope, item: TrashRow): void {
  const { db } = scope;
  const link = linkRow(db, item.objectId);
  const collection = collectionRow(db, link.collectionId);
  demand(scope.asker, 'link.create', registryObject(db, registryRow(db, collection.registryId)), asked(item));
  refuseExpired(scope, item);
  if (collection.deleted) throw blocked(`The collection ${collection.registry}/${collection.name} is in the trash itself; restore it first.`);
  const { aliases } = JSON.parse(item.payload) as LinkPayload;
  if (!putLinkBack(scope, collection, link.id, aliases)) throw new VitrineError('already_exists', { details: { kind: 'link', label: item.label, explanation: `The version was linked into ${collection.registry}/${collection.name} again meanwhile; that link stands.` } });
}

/**
 * Makes a removed link stand again, with those of its aliases that stand nowhere now. False when the version has been linked anew.
 * Rights to the registry were judged before; a protected alias that would return needs an admin.
 */
function putLinkBack(scope: CommandScope, collection: CollectionRow, linkId: number, aliases: readonly string[]): boolean {
  const { db, at } = scope;
  const link = linkRow(db, linkId);
  const version = versionRow(db, link.versionId);
  if (version.state !== 'committed') {
    const address = versionSubject(artifactNamesOf(version), version).label;
    accepted(refuse({ rule: version.state === 'pending' ? 'version-pending' : 'version-deleted', subject: 'artifact version', source: address }));
  }
  const registry = registryRow(db, collection.registryId);
  const part = collectionSlice(db, collection.id, { versionIds: [link.versionId], aliases });
  const plan = planRestore(collectionState(part, collection.nextIndex), { versionId: String(link.versionId), number: link.index, aliases });
  if (!plan.restored) return false;
  const guard = aliasGuard(registry.protectedAliases);
  const guarded = plan.moves.filter((move) => guard.has(move.alias));
  if (guarded.length > 0) demand(scope.asker, 'protectedAlias.change', registryObject(db, registry));
  demandReason(scope, registry, plan.moves);
  const state = stateOnReturn(registry, link.state);
  db.run(sql`UPDATE links SET removed_at = NULL, trash_id = NULL, state = ${state} WHERE id = ${linkId}`);
  db.run(sql`UPDATE versions SET link_count = link_count + 1 WHERE id = ${link.versionId}`);
  db.run(sql`UPDATE collections SET link_count = link_count + 1, updated_at = ${at} WHERE id = ${collection.id}`);
  db.run(sql`UPDATE registries SET link_count = link_count + 1, updated_at = ${at} WHERE id = ${registry.id}`);
  markForSearch(db, link.versionId);
  const event = scope.record({
    kind: 'link.restored', subject: linkSubject(collection, link), before: null,
    after: { index: link.index, version: versionSubject(artifactNamesOf(version), version).label, ...(state === '' ? {} : { state }) },
    about: [{ kind: 'collection', id: collection.id }, { kind: 'registry', id: registry.id }, { kind: 'version', id: link.versionId }, { kind: 'artifact', id: version.artifactId }],
  });
  const targets = new Map(part.targets).set(link.index, { id: linkId, versionId: link.versionId, index: link.index });
  writeMoves(scope, { kind: 'collection', collection }, plan.moves, targets, event);
  scope.changed('link', linkId);
  scope.changed('version', link.versionId);
  scope.changed('collection', collection.id);
  scope.changed('registry', registry.id);
  return true;
}

/** The state in which it went; where the registry has that no more, the one in which new links begin. */
function stateOnReturn(registry: RegistryRow, state: string): string {
  return registry.lifecycle?.states.some((known) => known.name === state) === true ? state : initialState(registry.lifecycle);
}

function restoreCollection(scope: CommandScope, item: TrashRow): void {
  const { db, at } = scope;
  const collection = collectionRow(db, item.objectId);
  const registry = registryRow(db, collection.registryId);
  demand(scope.asker, 'collection.create', registryObject(db, registry), asked(item));
  refuseExpired(scope, item);
  if (registry.deleted) throw blocked(`The registry ${registry.name} is in the trash itself; restore it first.`);
  const payload = JSON.parse(item.payload) as CollectionPayload;
  const lost = reviveCollection(scope, collection, item.id, payload);
  const links = db.value<number>(sql`SELECT link_count FROM collections WHERE id = ${collection.id}`) ?? 0;
  db.run(sql`UPDATE registries SET collection_count = collection_count + 1, link_count = link_count + ${links}, updated_at = ${at} WHERE id = ${registry.id}`);
  scope.record({ kind: 'collection.restored', subject: collectionSubject(collection), before: null, after: { name: collection.name, links, ...(lost.length === 0 ? {} : { lost }) }, about: [{ kind: 'registry', id: registry.id }] });
  scope.changed('registry', registry.id);
}

/** Brings back a collection, its links whose versions are still there, and its aliases, all as they were. Numbers of links that can’t come back. */
function reviveCollection(scope: CommandScope, collection: CollectionRow, trashId: number, payload: CollectionPayload): readonly number[] {
  const { db } = scope;
  const registry = registryRow(db, collection.registryId);
  const taken = db.value(sql`SELECT 1 FROM collections WHERE registry_id = ${registry.id} AND name_key = ${nameKey(collection.name)} AND deleted_at IS NULL`);
  if (taken !== undefined) throw new VitrineError('already_exists', { details: { kind: 'collection', label: `${registry.name}/${collection.name}` } });
  if (!acceptsType(registry.acceptedTypes, collection.type)) {
    accepted(refuse({ rule: 'type-not-accepted', subject: 'registry', registry: registry.name, accepted: registry.acceptedTypes === 'all' ? [] : registry.acceptedTypes, type: collection.type }));
  }
  const guard = aliasGuard(registry.protectedAliases);
  if (payload.aliases.some(({ alias }) => guard.has(alias))) demand(scope.asker, 'protectedAlias.change', registryObject(db, registry));
  // Aliases come back as they stood, which gates that came later don't take away; that they stand again is told with a reason where one is asked for.
  demandReason(scope, registry, payload.aliases.map(({ alias }) => ({ alias, from: null, to: 0 })));
  db.run(sql`UPDATE collections SET deleted_at = NULL, trash_id = NULL WHERE id = ${collection.id}`);
  db.run(sql`
    UPDATE links SET removed_at = NULL, trash_id = NULL
    WHERE collection_id = ${collection.id} AND trash_id = ${trashId} AND (SELECT state FROM versions v WHERE v.id = links.version_id) = 'committed'`);
  const lost = db.column<number>(sql`SELECT idx FROM links WHERE collection_id = ${collection.id} AND trash_id = ${trashId} ORDER BY idx`);
  const known = JSON.stringify(registry.lifecycle?.states.map((state) => state.name) ?? []);
  db.run(sql`UPDATE links SET state = ${initialState(registry.lifecycle)} WHERE collection_id = ${collection.id} AND removed_at IS NULL AND state NOT IN (SELECT value FROM json_each(${known}))`);
  db.run(sql`UPDATE versions SET link_count = link_count + 1 WHERE id IN (SELECT version_id FROM links WHERE collection_id = ${collection.id} AND removed_at IS NULL)`);
  const latest = db.value<number>(sql`SELECT id FROM links WHERE collection_id = ${collection.id} AND removed_at IS NULL ORDER BY idx DESC LIMIT 1`) ?? null;
  db.run(sql`
    UPDATE collections SET latest_link_id = ${latest}, link_count = (SELECT count(*) FROM links WHERE collection_id = ${collection.id} AND removed_at IS NULL) WHERE id = ${collection.id}`);
  const standing = new Set(db.column<number>(sql`SELECT id FROM links WHERE collection_id = ${collection.id} AND removed_at IS NULL`));
  const aliases = new Map(payload.aliases.filter(({ linkId }) => standing.has(linkId)).map(({ alias, linkId }) => [alias, linkId]));
  if (latest !== null) aliases.set(latestAlias, latest);
  for (const [alias, linkId] of aliases) db.run(sql`INSERT INTO aliases (holder_kind, holder_id, alias, target_id) VALUES ('collection', ${collection.id}, ${alias}, ${linkId})`);
  indexName(db, 'collection', collection.id, collection.name);
  for (const row of db.all<{ id: number; versionId: number }>(sql`SELECT id, version_id AS versionId FROM links WHERE collection_id = ${collection.id} AND removed_at IS NULL`)) {
    markForSearch(db, row.versionId);
    scope.changed('link', row.id);
    scope.changed('version', row.versionId);
  }
  scope.changed('collection', collection.id);
  return lost;
}

function restoreRegistry(scope: CommandScope, item: TrashRow): void {
  const { db, at } = scope;
  const registry = registryRow(db, item.objectId);
  demand(scope.asker, 'registry.delete', registryObject(db, registry), asked(item));
  refuseExpired(scope, item);
  const taken = db.value(sql`SELECT 1 FROM registries WHERE name_key = ${nameKey(registry.name)} AND deleted_at IS NULL`);
  if (taken !== undefined) throw new VitrineError('already_exists', { details: { kind: 'registry', label: registry.name } });
  db.run(sql`UPDATE registries SET deleted_at = NULL, trash_id = NULL, updated_at = ${at} WHERE id = ${registry.id}`);
  const payload = JSON.parse(item.payload) as RegistryPayload;
  const collections = db.column<number>(sql`SELECT id FROM collections WHERE registry_id = ${registry.id} AND trash_id = ${item.id}`);
  const lost: Record<string, readonly number[]> = {};
  for (const id of collections) {
    const linkIds = new Set(db.column<number>(sql`SELECT id FROM links WHERE collection_id = ${id}`));
    const numbers = reviveCollection(scope, collectionRow(db, id), item.id, { aliases: payload.aliases.filter(({ linkId }) => linkIds.has(linkId)) });
    if (numbers.length > 0) lost[String(id)] = numbers;
  }
  db.run(sql`
    UPDATE registries SET collection_count = ${collections.length}, link_count = (SELECT coalesce(sum(link_count), 0) FROM collections WHERE registry_id = ${registry.id} AND deleted_at IS NULL)
    WHERE id = ${registry.id}`);
  indexName(db, 'registry', registry.id, registry.name);
  scope.record({ kind: 'registry.restored', subject: registrySubject(registry), before: null, after: { name: registry.name, collections: collections.length, ...(Object.keys(lost).length === 0 ? {} : { lost }) } });
  scope.changed('registry', registry.id);
}

function restoreVersion(scope: CommandScope, item: TrashRow): void {
  const { db, at } = scope;
  const version = versionRow(db, item.objectId);
  demand(scope.asker, 'source.delete', projectObject(db, version.projectId), asked(item));
  refuseExpired(scope, item);
  accepted(checkVersionStep(version.state, 'committed'));
  const artifact = artifactRow(db, version.artifactId);
  const names = { id: artifact.id, entity: artifact.entity, project: artifact.project, name: artifact.name };
  if (artifact.deleted) throw blocked(`The artifact ${artifactSubject(names).label} is in the trash itself; restore it first.`);
  const payload = JSON.parse(item.payload) as VersionPayload;
  const part = artifactSlice(db, artifact.id, { aliases: payload.aliases });
  const plan = planRestore(collectionState(part, artifact.nextIndex), { versionId: String(version.id), number: version.index, aliases: payload.aliases });
  db.run(sql`UPDATE versions SET state = 'committed', deleted_at = NULL, trash_id = NULL, updated_at = ${at} WHERE id = ${version.id}`);
  db.run(sql`UPDATE artifacts SET version_count = version_count + 1, updated_at = ${at} WHERE id = ${artifact.id}`);
  db.run(sql`UPDATE projects SET version_count = version_count + 1, updated_at = ${at} WHERE id = ${artifact.projectId}`);
  markForSearch(db, version.id);
  const event = scope.record({
    kind: 'version.restored', subject: versionSubject(names, version), before: null, after: { index: version.index },
    about: [{ kind: 'artifact', id: artifact.id }, { kind: 'project', id: artifact.projectId }],
  });
  const targets = new Map(part.targets).set(version.index, { id: version.id, versionId: version.id, index: version.index });
  writeMoves(scope, { kind: 'artifact', artifact: { artifactId: artifact.id, entity: artifact.entity, project: artifact.project, artifact: artifact.name, projectId: artifact.projectId } }, plan.moves, targets, event);
  for (const link of payload.links) {
    const collection = collectionRow(db, linkRow(db, link.id).collectionId);
    const registryAccess = registryObject(db, registryRow(db, collection.registryId));
    // Where the collection is gone, or the asker may not link any more, the version comes back without that link.
    if (!collection.deleted && decide(scope.asker, 'link.create', registryAccess).allowed) putLinkBack(scope, collection, link.id, link.aliases);
  }
  scope.changed('version', version.id);
  scope.changed('artifact', artifact.id);
  scope.changed('project', artifact.projectId);
}

/** With the versions that went with it; those deleted before stay in the trash by themselves. */
function restoreArtifact(scope: CommandScope, item: TrashRow): void {
  const { db, at } = scope;
  const artifact = artifactRow(db, item.objectId);
  demand(scope.asker, 'source.delete', projectObject(db, artifact.projectId), asked(item));
  refuseExpired(scope, item);
  if (db.value(sql`SELECT 1 FROM artifacts WHERE project_id = ${artifact.projectId} AND name = ${artifact.name} AND deleted_at IS NULL`) !== undefined) {
    throw new VitrineError('already_exists', { details: { kind: 'artifact', label: artifact.name } });
  }
  db.run(sql`UPDATE artifacts SET deleted_at = NULL, trash_id = NULL, updated_at = ${at} WHERE id = ${artifact.id}`);
  db.run(sql`UPDATE projects SET artifact_count = artifact_count + 1, updated_at = ${at} WHERE id = ${artifact.projectId}`);
  indexName(db, 'artifact', artifact.id, artifact.name);
  // A hold on one of them keeps the artifact; what nothing held went for good meanwhile.
  const versionTrashIds = (JSON.parse(item.payload) as ArtifactPayload).versionTrashIds.filter((id) => db.value(sql`SELECT 1 FROM trash WHERE id = ${id} AND restored_at IS NULL AND purged_at IS NULL`) !== undefined);
  scope.record({
    kind: 'artifact.restored', subject: artifactSubject({ id: artifact.id, entity: artifact.entity, project: artifact.project, name: artifact.name }), before: null,
    after: { name: artifact.name, versions: versionTrashIds.length }, about: [{ kind: 'project', id: artifact.projectId }],
  });
  for (const trashId of versionTrashIds) restore(scope, trashId);
  scope.changed('artifact', artifact.id);
  scope.changed('project', artifact.projectId);
}

/** As it was, with its lines and files. One that ran goes on: it is told as crashed if its script doesn't. */
function restoreRun(scope: CommandScope, item: TrashRow): void {
  const { db, at } = scope;
  const projectId = projectOf(db, item);
  if (projectId === null) throw notFound('thing in the trash', String(item.id));
  demand(scope.asker, 'source.delete', projectObject(db, projectId), asked(item));
  refuseExpired(scope, item);
  const standing = db.value<string>(sql`SELECT r.run_id FROM runs r JOIN runs o ON o.project_id = r.project_id AND o.run_id = r.run_id AND o.deleted_at IS NULL WHERE r.id = ${item.objectId}`);
  if (standing !== undefined) throw new VitrineError('already_exists', { details: { kind: 'run', label: item.label, explanation: `Another run began with the id ${standing} meanwhile; that one stands.` } });
  const { state } = JSON.parse(item.payload) as RunPayload;
  db.run(sql`UPDATE runs SET deleted_at = NULL, state = ${state}, heartbeat_at = CASE WHEN heartbeat_at IS NULL THEN NULL ELSE ${at} END, updated_at = ${at} WHERE id = ${item.objectId}`);
  db.run(sql`UPDATE projects SET run_count = run_count + 1, updated_at = ${at} WHERE id = ${projectId}`);
  const run = runRow(db, item.objectId);
  scope.record({ kind: 'run.restored', subject: runSubject(run), before: null, after: { runId: run.runId, displayName: run.displayName, state }, about: [{ kind: 'project', id: projectId }] });
  scope.changed('run', run.id);
  scope.changed('run_data', run.id);
  scope.changed('project', projectId);
  scope.changed('lineage', run.id);
}

// For good ------------------------------------------------------------------------------------------------------------

/** Ends the restorable time of what is over: it stays as a tombstone, its bytes are no longer held. What is under hold stays. */
export function purgeTrash(scope: CommandScope): { readonly purged: number } {
  const { db, at } = scope;
  const rows = db.all<OpenTrash>(sql`
    SELECT id, kind, object_id AS objectId, registry_id AS registryId, label, address FROM trash WHERE expires_at <= ${at} AND restored_at IS NULL AND purged_at IS NULL LIMIT 1000`)
    .filter((row) => !isHeld(db, row.kind, row.objectId));
  for (const row of rows) endTrash(scope, row);
  return { purged: rows.length };
}

/** Of the caller's own will. All that is named, or all that they may purge; what they may not is named with the reason. */
export function purgeByHand(scope: CommandScope, input: CheckedInputOf<'trash.purge'>): OutputOf<'trash.purge'> {
  const plan = planPurge(scope, input.ids);
  for (const row of plan.rows) endTrash(scope, row);
  return plan.report;
}

function endTrash(scope: CommandScope, row: OpenTrash): void {
  scope.db.run(sql`UPDATE trash SET purged_at = ${scope.at}, payload = '{}' WHERE id = ${row.id}`);
  if (row.kind === 'run') dropWhatRunKeeps(scope, row.objectId);
  scope.record({ kind: 'trash.purged', subject: { kind: row.kind, id: row.objectId, label: row.label, address: row.address, registryId: row.registryId }, before: { label: row.label }, after: null, about: aboutOf(scope.db, row) });
  scope.changed('trash', row.id);
}

/** Its lines and files; the row stays as its tombstone. */
function dropWhatRunKeeps({ db }: CommandScope, id: number): void {
  dropLog(db, db.value<Uint8Array>(sql`SELECT uid FROM runs WHERE id = ${id}`) ?? null);
  db.run(sql`DELETE FROM run_files WHERE run_id = ${id}`);
}

/** What an event about it is told with, so that only those hear of it who may see the thing. */
function aboutOf(db: ReadableDb, row: OpenTrash): readonly { readonly kind: ObjectKind; readonly id: number }[] {
  const projectId = projectOf(db, row);
  return projectId === null ? [] : [{ kind: 'project', id: projectId }];
}

/** Sets the days that things stay, those that lie there included. */
export function setRetention(scope: CommandScope, input: CheckedInputOf<'retention.set'>): OutputOf<'retention.set'> {
  const { db, at } = scope;
  const organization = organizationObject(db);
  demand(scope.asker, 'organization.manage', organization);
  const before = trashDays(db);
  const lapsing = db.all<OpenTrash & { readonly deletedAt: number }>(sql`
    SELECT id, kind, object_id AS objectId, registry_id AS registryId, label, address, deleted_at AS deletedAt FROM trash WHERE restored_at IS NULL AND purged_at IS NULL AND expires_at > ${at}`)
    .filter((row) => restorableUntil(row.deletedAt, input.trashDays) <= at && !isHeld(db, row.kind, row.objectId));
  const report = { trashDays: input.trashDays, lapsing: lapsing.length, bytesFreed: bytesInTrash(db, lapsing, at) };
  if (input.simulate || before === input.trashDays) return report;
  db.run(sql`INSERT INTO meta (key, value) VALUES ('trash_days', ${input.trashDays}) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
  db.run(sql`UPDATE trash SET expires_at = deleted_at + ${restorableUntil(0, input.trashDays)} WHERE restored_at IS NULL AND purged_at IS NULL`);
  scope.record({ kind: 'settings.changed', subject: { kind: 'settings', id: Number(organization.id), label: 'retention', address: null, registryId: null }, before: { trashDays: before }, after: { trashDays: input.trashDays } });
  for (const id of db.column<number>(sql`SELECT id FROM trash WHERE restored_at IS NULL AND purged_at IS NULL LIMIT 502`)) scope.changed('trash', id);
  scope.changed('catalog', 1);
  scope.inverse({ step: 'edit', kind: 'retention', id: Number(organization.id), set: { trashDays: before }, expected: { trashDays: input.trashDays } });
  scope.offerUndo(`Keep what is in the trash for ${input.trashDays} ${input.trashDays === 1 ? 'day' : 'days'}`);
  return report;
}

/** Puts back all that can be put back, what lies in something before what it lies in can't stand in its way. */
export function restoreAll(scope: CommandScope, input: CheckedInputOf<'trash.restoreAll'>): OutputOf<'trash.restoreAll'> {
  const { db } = scope;
  const order: Readonly<Record<TrashedKind, number>> = { registry: 0, collection: 1, artifact: 2, run: 3, version: 4, link: 5 };
  const rows = openTrash(scope, input.ids).toSorted((left, right) => order[left.kind] - order[right.kind] || left.id - right.id);
  const restored: string[] = [];
  const refused: { id: never; label: string; why: string }[] = [];
  for (const row of rows) {
    if (db.value(sql`SELECT 1 FROM trash WHERE id = ${row.id} AND restored_at IS NULL`) === undefined) continue;
    try {
      restored.push(scope.attempt(() => restore(scope, row.id)));
    } catch (error) {
      if (!isVitrineError(error)) throw error;
      refused.push({ id: branded(row.id), label: row.label, why: explainError(error).sentence });
    }
  }
  return { restored, refused };
}
