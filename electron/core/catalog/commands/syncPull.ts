/**
 * What a remote says comes in: one transaction per page, with what is remembered of the remote beside it, so that a pull that is cut off
 * goes on where it was and none of it comes twice. What becomes of each field is the domain's to say (`mergeField`).
 */
import type { JsonObject } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { acceptsType, aliasGuard, checkAlias, checkArtifactType, checkCollectionName, checkTag, explainViolation, latestAlias, mergeField, nameKey, type AliasGuard, type Base, type Merge } from '#shared/domain/index.ts';
import { createHash } from 'node:crypto';
import { approvalLacking } from '../records/approvals.ts';
import { metadataHashOf, nothingSeen, followsCollection, placeOfModel, remoteRow, type RemoteRow, type SeenModel, type SeenVersion } from '../records/remotes.ts';
import { collectionRow, linkRow, registryRow, versionRow, artifactNamesOf, type CollectionRow } from '../records/rows.ts';
import { branded, groupBy, jsonObject } from '../records/shared.ts';
import { tellAsItStands } from '../outbox.ts';
import { collectionSubject, versionSubject } from '../records/subjects.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { listOf, sql, valuesInPieces } from '../sql.ts';
import { applyAliasWishes } from './aliases.ts';
import { aliasesByName, takesStates } from './stateAliases.ts';
import { editCollection, insertCollection, refuseTakenName } from './collections.ts';
import { createLinks, unlink } from './links.ts';
import { ensureProject, insertRun, updateRun, useVersions as noteUse } from './runs.ts';
import { appendToRun } from './runStream.ts';
import { followAliases, mergeState } from './syncStates.ts';
import { lookAgain, noteConflict, renameModel, settle } from './syncPush.ts';
import { editTags, tagsOf } from './tags.ts';
import { commitVersion, commitVersions, editVersion, type CommittedEntry } from './versions.ts';

export type IncomingVersion = SeenVersion & {
  readonly version: string;
  /** What stands for its files until they are fetched, with its digests. */
  readonly entries: readonly CommittedEntry[];
  readonly digest: string;
  readonly wandbDigest: string;
  /** Bytes of all files, where the remote says. */
  readonly size?: number;
  /** The artifact that it was logged as there, such as `team/project/name`; absent where versions have no home but their collection. */
  readonly home?: string;
  readonly metadata?: JsonObject;
  /** The change here that it was sent for, where it carries the mark. */
  readonly mutation?: string | null;
};

export type IncomingModel = SeenModel & {
  readonly name: string;
  /** Of its versions; absent: `model`, the only one that the remote has. */
  readonly type?: string;
  /** Milliseconds, the server's clock. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly hash: string;
  /** null when its versions were not read this time. */
  readonly versions: readonly IncomingVersion[] | null;
};

export type IncomingPage = {
  readonly remoteId: number;
  readonly models: readonly IncomingModel[];
  /** Every name there is, after everything was read; null after a part. */
  readonly present: readonly string[] | null;
  /** The registry there that was read, where the remote has several: only what is in it can be absent. Null: the first one. */
  readonly within?: string | null;
  /** Ours less theirs, in milliseconds: their times are moved by it. */
  readonly clockOffset: number;
};

export type Pulled = { readonly applied: number; readonly conflicts: number };

type ModelRow = { readonly name: string; readonly collectionId: number | null; readonly createdAt: number; readonly seen: string; readonly seenAt: number; readonly goneAt: number | null; readonly skipped: string | null };

const modelRow = (scope: CommandScope, remoteId: number, name: string) =>
  scope.db.get<ModelRow>(sql`SELECT name, collection_id AS collectionId, created_at AS createdAt, seen, seen_at AS seenAt, gone_at AS goneAt, skipped FROM remote_models WHERE remote_id = ${remoteId} AND name = ${name}`);

/** Tags that the server or we ourselves keep for our own ends. */
const isOwnTag = (key: string): boolean => key.startsWith('mlflow.') || key.startsWith('vitrine.');

export function applyRemote(unreasoned: CommandScope, page: IncomingPage): Pulled {
  const remote = remoteRow(unreasoned.db, page.remoteId);
  // Where a registry wants to know why: because it is so there.
  const scope: CommandScope = { ...unreasoned, message: unreasoned.message ?? `As it stands at ${remote.name}.` };
  const tally = { applied: 0, conflicts: 0 };
  if (page.present !== null) tally.applied += noteAbsent(scope, remote, page);
  for (const model of page.models) applyModel(scope, remote, model, page.clockOffset, tally);
  if (tally.applied + tally.conflicts > 0) scope.changed('remote', remote.id);
  return tally;
}

/** What is no longer there: renamed, where something new was made at the very same moment, else gone. What stands here stays. */
function noteAbsent(scope: CommandScope, remote: RemoteRow, page: IncomingPage): number {
  const { db, at } = scope;
  const absent = db.all<{ name: string; createdAt: number; collectionId: number | null }>(sql`
    SELECT name, created_at AS createdAt, collection_id AS collectionId FROM remote_models WHERE remote_id = ${remote.id} AND gone_at IS NULL AND name NOT IN ${listOf(page.present ?? [])}`).filter(({ name }) => page.within === undefined || (placeOfModel(remote, name)?.place.there ?? null) === page.within);
  for (const old of absent) {
    const renamed = page.models.filter((model) => model.createdAt === old.createdAt && modelRow(scope, remote.id, model.name) === undefined);
    const [next] = renamed;
    if (renamed.length !== 1 || next === undefined || old.collectionId === null) {
      db.run(sql`UPDATE remote_models SET gone_at = ${at} WHERE remote_id = ${remote.id} AND name = ${old.name}`);
      continue;
    }
    renameModel(scope, remote.id, old.name, next.name);
    const collection = collectionRow(db, old.collectionId);
    const [was = old.name, is = next.name] = [old.name, next.name].map((name) => placeOfModel(remote, name)?.name);
    if (!collection.deleted && nameKey(collection.name) === nameKey(was) && checkCollectionName(is).ok && !isTaken(scope, collection.registryId, is)) {
      editCollection(scope, collection, { name: is.normalize('NFC'), description: collection.description });
    }
  }
  return absent.length;
}

function isTaken(scope: CommandScope, registryId: number, name: string): boolean {
  return scope.db.value(sql`SELECT 1 FROM collections WHERE registry_id = ${registryId} AND name_key = ${nameKey(name)} AND deleted_at IS NULL`) !== undefined;
}

type Tally = { applied: number; conflicts: number };

function applyModel(scope: CommandScope, remote: RemoteRow, model: IncomingModel, clockOffset: number, tally: Tally): void {
  const { db, at } = scope;
  let known = modelRow(scope, remote.id, model.name);
  const again = known !== undefined && known.createdAt !== model.createdAt;
  if (known !== undefined && again) {
    // Deleted there and made again: numbers began anew, so what was known of them is of another time.
    db.run(sql`UPDATE remote_versions SET model = ${`${model.name} #${known.createdAt}`}, gone_at = coalesce(gone_at, ${at}) WHERE remote_id = ${remote.id} AND model = ${model.name}`);
    known = { ...known, seen: JSON.stringify(nothingSeen), createdAt: model.createdAt };
  }
  const placed = collectionFor(scope, remote, model, known);
  if (typeof placed === 'string') {
    writeModel(scope, remote, model, { collectionId: known?.collectionId ?? null, seen: known === undefined ? nothingSeen : (JSON.parse(known.seen) as SeenModel), skipped: placed });
    return;
  }
  if (placed.made) tally.applied += 1;
  const met = known !== undefined && known.skipped === null;
  const seen = known !== undefined && met ? (JSON.parse(known.seen) as SeenModel) : nothingSeen;
  writeModel(scope, remote, model, { collectionId: placed.collection.id, seen, skipped: null });
  if (model.versions !== null) applyVersions(scope, remote, model, placed.collection, tally, clockOffset);
  const describe = remote.settings.fields.descriptions ? mergeDescription(scope, remote, model, placed.collection, met ? { known: true, value: seen.description } : { known: false }, known?.seenAt ?? 0, clockOffset, tally) : seen.description;
  const tags = remote.settings.fields.tags ? mergeTags(scope, { kind: 'collection', id: placed.collection.id }, `tag ${placed.collection.id}`, remote, seen.tags, model.tags, tally) : seen.tags;
  const stood = takesStates(remote) ? aliasesByName(db, placed.collection.id) : null;
  const aliases = remote.settings.fields.aliases ? mergeAliases(scope, remote, model, collectionRow(db, placed.collection.id), seen.aliases, met, tally) : seen.aliases;
  if (stood !== null) followAliases(scope, remote, collectionRow(db, placed.collection.id), stood, tally);
  writeModel(scope, remote, model, { collectionId: placed.collection.id, seen: { description: describe, tags, aliases }, skipped: null });
  // What says nothing there and something here goes there, as where two meet for the first time.
  if (again && remote.pushes) {
    const { id, name, registry, description } = collectionRow(db, placed.collection.id);
    const touches = [...(description !== '' && model.description === '' ? [`description ${id}`] : []), ...tagsOf(db, { kind: 'collection', id }).filter((tag) => model.tags[tag] === undefined).map((tag) => `tag ${id} ${tag}`)];
    tellAsItStands(db, remote.id, 'sync.run', at, touches.map((touch) => ({ touch, label: `${registry}/${name}` })));
  }
  // What waits for a person is compared at every reading: it may be settled here without a change there.
  if (db.value(sql`SELECT 1 FROM sync_conflicts WHERE remote_id = ${remote.id} AND collection_id = ${placed.collection.id} AND resolved_at IS NULL`) !== undefined) db.run(sql`UPDATE remote_models SET hash = ${lookAgain} WHERE remote_id = ${remote.id} AND name = ${model.name}`);
}

function writeModel(scope: CommandScope, remote: RemoteRow, model: IncomingModel, kept: { readonly collectionId: number | null; readonly seen: SeenModel; readonly skipped: string | null }): void {
  const { at } = scope;
  const versionsAt = model.versions === null ? null : at;
  scope.db.run(sql`
    INSERT INTO remote_models (remote_id, name, collection_id, created_at, updated_at, hash, seen, seen_at, versions_at, gone_at, skipped)
    VALUES (${remote.id}, ${model.name}, ${kept.collectionId}, ${model.createdAt}, ${model.updatedAt}, ${model.hash}, ${JSON.stringify(kept.seen)}, ${at}, ${versionsAt}, NULL, ${kept.skipped})
    ON CONFLICT (remote_id, name) DO UPDATE SET collection_id = excluded.collection_id, created_at = excluded.created_at, updated_at = excluded.updated_at, hash = excluded.hash, seen = excluded.seen, seen_at = excluded.seen_at,
      versions_at = coalesce(excluded.versions_at, versions_at), gone_at = NULL, skipped = excluded.skipped`);
}

/** Its collection here, made where there is none; or why it can have none. */
function collectionFor(scope: CommandScope, remote: RemoteRow, model: IncomingModel, known: ModelRow | undefined): { readonly collection: CollectionRow; readonly made: boolean } | string {
  const { db } = scope;
  const { follow } = remote.settings;
  const type = model.type ?? 'model';
  const isFollowed = (id: number): boolean => followsCollection(remote, id);
  if (known?.collectionId != null) {
    const collection = collectionRow(db, known.collectionId);
    if (collection.deleted) return 'Its collection was deleted here.';
    return isFollowed(collection.id) && remote.places.some((place) => place.registryId === collection.registryId) ? { collection, made: false } : 'Its collection does not follow this remote.';
  }
  const placed = placeOfModel(remote, model.name);
  if (placed === undefined) return 'Its registry does not follow this remote.';
  const name = checkCollectionName(placed.name);
  if (!name.ok) return explainViolation(name.violation);
  // Where the remote has no registries of its own, a name may stand in any of those that follow.
  const places = remote.kind === 'mlflow' ? remote.places : [placed.place];
  const standing = places.map((place) => db.value<number>(sql`SELECT id FROM collections WHERE registry_id = ${place.registryId} AND name_key = ${nameKey(name.value)} AND type = ${type} AND deleted_at IS NULL`)).find((id) => id !== undefined)
    ?? db.value<number>(sql`SELECT id FROM collections WHERE registry_id = ${placed.place.registryId} AND name_key = ${nameKey(name.value)} AND deleted_at IS NULL`);
  if (standing !== undefined) {
    const collection = collectionRow(db, standing);
    if (collection.type !== type) return `The collection “${collection.name}” here is of the type “${collection.type}”.`;
    const other = db.value<string>(sql`SELECT name FROM remote_models WHERE remote_id = ${remote.id} AND collection_id = ${standing} AND gone_at IS NULL AND name <> ${model.name}`);
    if (other !== undefined) return `The collection “${collection.name}” here is the model “${other}” there.`;
    return isFollowed(standing) ? { collection, made: false } : 'Its collection does not follow this remote.';
  }
  if (follow.kind === 'collections') return 'It is none of the collections that follow this remote.';
  const registry = registryRow(db, placed.place.registryId);
  if (registry.deleted) return `The registry “${registry.name}” was deleted here.`;
  if (!acceptsType(registry.acceptedTypes, type)) return type === 'model' ? `The registry “${registry.name}” takes no models.` : `The registry “${registry.name}” takes nothing of the type “${type}”.`;
  const named = checkArtifactType(type);
  if (!named.ok) return explainViolation(named.violation);
  refuseTakenName(scope, registry.id, name.value);
  return { collection: insertCollection(scope, registry, { name: name.value, type, description: '', tags: [] }), made: true };
}

// Versions ------------------------------------------------------------------------------------------------------------

/** An artifact's name may have fewer characters than a model's: others become “-”, and a few letters keep two such names apart. */
export function artifactNameOf(model: string): string {
  const plain = model.replaceAll(/[^a-zA-Z0-9_\-.]/gu, '-').slice(0, 110);
  return plain === model && !/^\.*$/u.test(plain) ? plain : `${plain.replace(/^\.+/u, '')}-${createHash('sha256').update(model).digest('hex').slice(0, 8)}`;
}

type VersionKnown = { readonly version: string; readonly linkId: number | null; readonly versionId: number | null; readonly seen: string };

function applyVersions(scope: CommandScope, remote: RemoteRow, model: IncomingModel, collection: CollectionRow, tally: Tally, clockOffset: number): void {
  const { db, at } = scope;
  const registry = registryRow(db, collection.registryId);
  const guard = aliasGuard(registry.protectedAliases);
  const states = remote.settings.fields.states && registry.lifecycle !== null;
  const rows = new Map(db.all<VersionKnown>(sql`
    SELECT version, link_id AS linkId, version_id AS versionId, seen FROM remote_versions WHERE remote_id = ${remote.id} AND model = ${model.name} AND gone_at IS NULL`).map((row) => [row.version, row]));
  const told = remote.settings.fields.lifetimes ? (model.versions ?? []) : (model.versions ?? []).map(withoutLifetime);
  const incoming = told.toSorted((left, right) => Number(left.version) - Number(right.version));
  const fresh: Taking[] = [];
  for (const version of incoming) {
    const row = rows.get(version.version);
    rows.delete(version.version);
    if (row === undefined) {
      const taking = takeVersion(scope, remote, model, version, collection, tally, clockOffset);
      // Numbers that are the same on both sides may have gaps before them: such links are made one by one.
      if (taking !== null && remote.kind === 'wandb') linkTaken(scope, remote, model, collection, [taking], tally, clockOffset);
      else if (taking !== null) fresh.push(taking);
      tally.applied += 1;
    } else if (row.versionId !== null && (seenText(version, row.seen) !== row.seen || (states && (JSON.parse(row.seen) as SeenVersion).state === undefined))) {
      editTaken(scope, remote, model, version, collection, { ...row, versionId: row.versionId }, tally, clockOffset);
    }
  }
  // All at once: each by itself would look up again what they share, and move “latest” a hundred times.
  if (fresh.length > 0) linkTaken(scope, remote, model, collection, fresh, tally, clockOffset);
  for (const gone of rows.values()) {
    db.run(sql`UPDATE remote_versions SET gone_at = ${at} WHERE remote_id = ${remote.id} AND model = ${model.name} AND version = ${gone.version}`);
    tally.applied += 1;
    if (gone.linkId === null) continue;
    const link = linkRow(db, gone.linkId);
    // A protected alias is not lost with what it stood on there: the link stays, and the alias is asked about.
    const kept = db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'collection' AND target_id = ${link.id}`).some((alias) => guard.has(alias));
    // To the trash, from which it can be had again; the version itself stays.
    if (!link.removed && !kept) unlink(scope, collectionRow(db, link.collectionId), [link]);
  }
}

function withoutLifetime(version: IncomingVersion): IncomingVersion {
  const { ttlDays: _, ...rest } = version;
  return rest;
}

/** What is remembered of a version; of metadata that was not read this time, what was known of it. */
function seenText({ description, tags, stage, source, runId, createdAt, updatedAt, user, artifact, ttlDays, metadata }: Omit<SeenVersion, 'metadataHash' | 'state'> & { readonly metadata?: JsonObject }, known?: string, state = known === undefined ? undefined : (JSON.parse(known) as SeenVersion).state): string {
  const metadataHash = metadata === undefined ? (known === undefined ? undefined : (JSON.parse(known) as SeenVersion).metadataHash) : metadataHashOf(metadata);
  return JSON.stringify({ description, tags, stage, source, runId, createdAt, updatedAt, user, ...(artifact === undefined ? {} : { artifact }), ...(ttlDays === undefined ? {} : { ttlDays }), ...(state === undefined ? {} : { state }), ...(metadataHash === undefined ? {} : { metadataHash }) } satisfies SeenVersion);
}

function metadataOf(remote: RemoteRow, model: string, version: IncomingVersion): JsonObject {
  const tags = Object.fromEntries(Object.entries(version.tags).filter(([key]) => !key.startsWith('vitrine.')));
  return {
    ...version.metadata,
    [remote.kind]: {
      model, version: version.version, source: version.source, createdAt: new Date(version.createdAt).toISOString(), ...(version.runId === null ? {} : { run: version.runId }), ...(version.stage === '' || version.stage === 'None' ? {} : { stage: version.stage }),
      ...(version.user === null ? {} : { user: version.user }), ...(Object.keys(tags).length === 0 ? {} : { tags }),
    },
  };
}

const bareTags = (tags: Readonly<Record<string, string>>): string[] => Object.entries(tags).filter(([key, value]) => value === '' && !isOwnTag(key) && checkTag(key).ok).map(([key]) => key);

/** A version that has to be linked: one that stands here already, with when its bytes came, or one that has yet to be made. */
type Taking = { readonly version: IncomingVersion; readonly standing: { readonly versionId: number; readonly fetchedAt: number | null } | undefined };

function linkTaken(scope: CommandScope, remote: RemoteRow, model: IncomingModel, collection: CollectionRow, taken: readonly Taking[], tally: Tally, clockOffset: number): void {
  const { db } = scope;
  const made = makeVersions(scope, remote, model, taken.filter((one) => one.standing === undefined).map((one) => one.version));
  const here = taken.map(({ version, standing }) => ({ version, versionId: standing?.versionId ?? made.get(version) ?? 0, fetchedAt: standing?.fetchedAt ?? null }));
  // Where numbers mean the same on both sides they are the same, also after gaps.
  if (remote.kind === 'wandb') for (const { version } of taken) if (Number(version.version) > collectionRow(db, collection.id).nextIndex) db.run(sql`UPDATE collections SET next_index = ${Number(version.version)} WHERE id = ${collection.id}`);
  const { links } = createLinks(scope, { versionIds: here.map((one) => branded(one.versionId)), target: { kind: 'collection', id: branded(collection.id) }, aliases: [], note: '' });
  const byVersion = new Map(links.map((link) => [link.versionId as number, link]));
  const linked = here.map(({ version, versionId, fetchedAt }) => {
    const link = byVersion.get(versionId);
    if (link === undefined) throw new VitrineError('blocked');
    return { version, versionId, fetchedAt, linkId: link.linkId as number, standing: link.standing };
  });
  noteTaken(scope, remote, model, collection, linked, tally, clockOffset);
  // Of a link that was only made now nothing can be waiting.
  for (const { linkId, standing } of linked) if (standing) settle(scope, remote.id, `link ${linkId}`);
}

type Taken = { readonly version: IncomingVersion; readonly linkId: number; readonly versionId: number; readonly fetchedAt: number | null };

/** What is known of the remote's versions from now on. */
function noteTaken(scope: CommandScope, remote: RemoteRow, model: IncomingModel, collection: CollectionRow, taken: readonly Taken[], tally: Tally, clockOffset: number): void {
  const rows = taken.map(({ version, linkId, versionId, fetchedAt }) => {
    const state = mergeState(scope, remote, collection, linkId, { base: undefined, stage: version.stage, theirsAt: version.updatedAt + clockOffset }, tally);
    return [remote.id, model.name, version.version, linkId, versionId, version.runId, seenText(version, undefined, state), fetchedAt, version.artifact ?? null];
  });
  for (const piece of valuesInPieces(rows)) {
    scope.db.run(sql`
      INSERT INTO remote_versions (remote_id, model, version, link_id, version_id, run, seen, fetched_at, artifact) VALUES ${piece}
      ON CONFLICT (remote_id, model, version) DO UPDATE SET link_id = excluded.link_id, version_id = excluded.version_id, run = excluded.run, seen = excluded.seen, fetched_at = excluded.fetched_at, artifact = excluded.artifact, gone_at = NULL`);
  }
}

/** Null for one that stands here and is linked already. */
function takeVersion(scope: CommandScope, remote: RemoteRow, model: IncomingModel, version: IncomingVersion, collection: CollectionRow, tally: Tally, clockOffset: number): Taking | null {
  const own = ownLink(scope, remote, version, collection);
  if (own !== null) {
    noteTaken(scope, remote, model, collection, [{ version, ...own, fetchedAt: scope.at }], tally, clockOffset);
    settle(scope, remote.id, `link ${own.linkId}`);
    return null;
  }
  return { version, standing: version.artifact === undefined ? undefined : standingVersion(scope, remote, version.artifact) };
}

/** Makes those that are not here, the oldest first; all that come of one artifact in one go. */
function makeVersions(scope: CommandScope, remote: RemoteRow, model: IncomingModel, versions: readonly IncomingVersion[]): ReadonlyMap<IncomingVersion, number> {
  const { db } = scope;
  const type = model.type ?? 'model';
  const runOf = (run: string | null): number | undefined => (run === null ? undefined : db.value<number>(sql`SELECT m.run_id FROM remote_runs m JOIN runs r ON r.id = m.run_id WHERE m.remote_id = ${remote.id} AND m.run = ${run} AND r.deleted_at IS NULL`));
  const made = new Map<IncomingVersion, number>();
  for (const [home, group] of groupBy(versions, (version) => version.home)) {
    const committed = commitVersions(scope, { project: { name: remote.settings.project }, artifact: home === undefined ? artifactNameOf(model.name) : artifactNameAt(scope, remote, home, type), type, reservedNames: true }, group.map((version) => ({
      description: version.description, ttlDays: version.ttlDays ?? null, metadata: metadataOf(remote, model.name, version), tags: bareTags(version.tags), entries: version.entries, digest: version.digest, wandbDigest: version.wandbDigest, size: version.size ?? 0, createdAt: Math.min(version.createdAt, scope.at), runId: runOf(version.runId),
    })));
    group.forEach((version, index) => {
      const one = committed[index];
      if (one !== undefined) made.set(version, one.versionId);
    });
  }
  return made;
}

/** The version that an artifact of the remote is here, whatever collection of whichever registry there it came from; and when its bytes came. */
function standingVersion(scope: CommandScope, remote: RemoteRow, artifact: string): { readonly versionId: number; readonly fetchedAt: number | null } | undefined {
  return scope.db.get<{ versionId: number; fetchedAt: number | null }>(sql`
    SELECT v.version_id AS versionId, v.fetched_at AS fetchedAt FROM remote_versions v JOIN remotes m ON m.id = v.remote_id JOIN versions x ON x.id = v.version_id
    WHERE v.artifact = ${artifact} AND m.kind = ${remote.kind} AND json_extract(m.settings, '$.url') = ${remote.settings.url} AND x.state = 'committed' ORDER BY v.fetched_at DESC LIMIT 1`);
}

function versionFrom(scope: CommandScope, remote: RemoteRow, source: string): { readonly versionId: number } | undefined {
  return scope.db.get<{ versionId: number }>(sql`
    SELECT v.version_id AS versionId FROM remote_versions v JOIN versions x ON x.id = v.version_id
    WHERE v.remote_id = ${remote.id} AND v.gone_at IS NULL AND json_extract(v.seen, '$.source') = ${source} AND x.state = 'committed' ORDER BY v.version_id LIMIT 1`);
}

/** The name here of an artifact there: its own, unless another one has it already in the project that all of them share here. */
function artifactNameAt(scope: CommandScope, remote: RemoteRow, home: string, type: string): string {
  const { db } = scope;
  const name = artifactNameOf(home.split('/').at(-1) ?? home);
  const standing = db.get<{ id: number; type: string }>(sql`
    SELECT a.id, a.type FROM artifacts a JOIN projects p ON p.id = a.project_id JOIN meta k ON k.key = 'team_id' AND k.value = p.team_id
    WHERE p.name_key = ${nameKey(remote.settings.project)} AND p.deleted_at IS NULL AND a.name = ${name} AND a.deleted_at IS NULL`);
  if (standing === undefined) return name;
  const other = db.value(sql`
    SELECT 1 FROM versions x JOIN remote_versions v ON v.version_id = x.id WHERE x.artifact_id = ${standing.id} AND substr(json_extract(v.seen, '$.source'), 1, ${home.length + 2}) <> ${`${home}:v`} LIMIT 1`);
  return standing.type === type && other === undefined ? name : `${name.slice(0, 110)}-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
}

/** A version that we sent ourselves and whose answer was lost: its mark leads back to the link that it was sent for. */
function ownLink(scope: CommandScope, remote: RemoteRow, version: IncomingVersion, collection: CollectionRow): { readonly linkId: number; readonly versionId: number } | null {
  const mutation = version.mutation ?? version.tags['vitrine.mutation'];
  if (mutation === undefined) return null;
  const touch = scope.db.value<string>(sql`SELECT touch FROM outbox WHERE remote_id = ${remote.id} AND mutation_id = ${mutation}`);
  const linkId = touch?.startsWith('link ') === true ? Number(touch.slice(5)) : null;
  if (linkId === null) return null;
  // A request that the way doubled made two: the other one is a version like any that is made there.
  const taken = scope.db.value(sql`SELECT 1 FROM remote_versions WHERE remote_id = ${remote.id} AND link_id = ${linkId} AND version <> ${version.version} AND gone_at IS NULL`);
  if (taken !== undefined) return null;
  const link = linkRow(scope.db, linkId);
  // An artifact keeps its mark when it is linked somewhere else as well.
  return link.collectionId === collection.id ? { linkId, versionId: link.versionId } : null;
}

function editTaken(scope: CommandScope, remote: RemoteRow, model: IncomingModel, version: IncomingVersion, collection: CollectionRow, row: VersionKnown & { readonly versionId: number }, tally: Tally, clockOffset: number): void {
  const { db } = scope;
  const seen = JSON.parse(row.seen) as SeenVersion;
  const standing = versionRow(db, row.versionId);
  let description = version.description;
  if (standing.state === 'committed') {
    const now = db.get<{ description: string; metadata: string; ttlDays: number | null }>(sql`SELECT description, metadata, ttl_days AS ttlDays FROM versions WHERE id = ${row.versionId}`);
    if (now === undefined) return;
    const touch = `text ${row.versionId}`;
    const about = [{ kind: 'artifact' as const, id: standing.artifactId }];
    const subject = versionSubject(artifactNamesOf(standing), standing);
    const theirsAt = version.updatedAt + clockOffset;
    if (remote.settings.fields.descriptions) {
      const merged = mergeField({ base: { known: true, value: seen.description }, mine: now.description, theirs: version.description, rule: { kind: 'last writer', mineAt: touchedAt(scope, remote, touch), theirsAt, theirsNotBefore: 0 } });
      description = takeText(scope, remote, touch, merged, seen.description, version.description, (text) => editVersion(scope, row.versionId, { description: text }), { subject, about }, tally);
    }
    if (version.ttlDays !== undefined) mergeLifetime(scope, remote, row.versionId, { base: seen.ttlDays, mine: now.ttlDays, theirs: version.ttlDays, theirsAt }, { subject, about }, tally);
    if (remote.settings.fields.tags) mergeTags(scope, { kind: 'version', id: row.versionId }, `mark ${row.versionId}`, remote, seen.tags, version.tags, tally);
    // Only the part that is the remote's: whatever else people wrote into the metadata stays.
    const metadata = jsonObject(now.metadata);
    const { [remote.kind]: own, ...people } = metadata;
    const { [remote.kind]: value, ...theirs } = metadataOf(remote, model.name, version);
    const moved = version.metadata !== undefined && takesMetadata(scope, remote, row.versionId, { base: seen.metadataHash, mine: people, theirs: version.metadata, theirsAt }, { subject, about });
    const next = { ...(moved ? theirs : people), ...(own === undefined || value === undefined ? {} : { [remote.kind]: isOfThisLink(own, model.name) ? value : own }) };
    if (JSON.stringify(next) !== JSON.stringify(metadata)) {
      editVersion(scope, row.versionId, { metadata: next });
      tally.applied += 1;
    }
  }
  const state = row.linkId === null ? seen.state : mergeState(scope, remote, collection, row.linkId, { base: seen.state, stage: version.stage, theirsAt: version.updatedAt + clockOffset }, tally);
  db.run(sql`UPDATE remote_versions SET seen = ${seenText({ ...version, description }, row.seen, state)}, run = ${version.runId} WHERE remote_id = ${remote.id} AND model = ${model.name} AND version = ${version.version}`);
}

/** Theirs comes where only it changed, or where both did and it is the later one. */
function mergeLifetime(scope: CommandScope, remote: RemoteRow, versionId: number, sides: { readonly base: number | null | undefined; readonly mine: number | null; readonly theirs: number | null; readonly theirsAt: number }, spoken: Spoken, tally: Tally): void {
  const touch = `ttl ${versionId}`;
  const { base, mine, theirs, theirsAt } = sides;
  const merged = mergeField<number | null>({ base: base === undefined ? { known: false } : { known: true, value: base }, mine, theirs, rule: { kind: 'last writer', mineAt: touchedAt(scope, remote, touch), theirsAt, theirsNotBefore: 0 } });
  if (merged.kind === 'confirm') settle(scope, remote.id, touch);
  if (merged.kind === 'rebase') scope.record({ kind: 'sync.superseded', ...spoken, before: { ttlDays: theirs, from: remote.name }, after: { ttlDays: mine, from: 'here' } });
  if (merged.kind !== 'apply') return;
  if (merged.loser !== null) scope.record({ kind: 'sync.superseded', ...spoken, before: { ttlDays: mine, from: 'here' }, after: { ttlDays: theirs, from: remote.name } });
  editVersion(scope, versionId, { ttlDays: theirs });
  settle(scope, remote.id, touch);
  tally.applied += 1;
}

/** Whether what people wrote into the metadata there comes over what stands here: where only they did, or wrote later than who wrote here. What was here before the two met stays. */
function takesMetadata(scope: CommandScope, remote: RemoteRow, versionId: number, sides: { readonly base: string | undefined; readonly mine: JsonObject; readonly theirs: JsonObject; readonly theirsAt: number }, spoken: Spoken): boolean {
  const touch = `metadata ${versionId}`;
  const [mine, theirs] = [metadataHashOf(sides.mine), metadataHashOf(sides.theirs)];
  if (mine === theirs) settle(scope, remote.id, touch);
  if (mine === theirs || theirs === sides.base) return false;
  if (mine === sides.base) return true;
  const mineAt = touchedAt(scope, remote, touch);
  if (mineAt === 0) return false;
  const [loser, later] = sides.theirsAt >= mineAt ? [{ metadata: sides.mine, from: 'here' }, { metadata: sides.theirs, from: remote.name }] : [{ metadata: sides.theirs, from: remote.name }, { metadata: sides.mine, from: 'here' }];
  scope.record({ kind: 'sync.superseded', ...spoken, before: loser, after: later });
  if (sides.theirsAt < mineAt) return false;
  settle(scope, remote.id, touch);
  return true;
}

/** A version that stands in several collections there says in its metadata where it came from first. */
const isOfThisLink = (own: unknown, model: string): boolean => typeof own === 'object' && own !== null && (own as { readonly model?: unknown }).model === model;

// Fields --------------------------------------------------------------------------------------------------------------

/** When somebody here last touched it and it was not told yet; long ago where nobody did. */
function touchedAt(scope: CommandScope, remote: RemoteRow, touch: string): number {
  return scope.db.value<number>(sql`SELECT max(created_at) FROM outbox WHERE remote_id = ${remote.id} AND touch = ${touch} AND state <> 'sent'`) ?? 0;
}

type Spoken = { readonly subject: Parameters<CommandScope['record']>[0]['subject']; readonly about: NonNullable<Parameters<CommandScope['record']>[0]['about']> };

/** Does what was merged of a text; answers what is now known of the upstream. */
function takeText(scope: CommandScope, remote: RemoteRow, touch: string, merged: Merge<string>, base: string, theirs: string, write: (text: string) => void, spoken: Spoken, tally: Tally): string {
  switch (merged.kind) {
    case 'keep':
      return theirs;
    case 'confirm':
      settle(scope, remote.id, touch);
      return theirs;
    case 'apply':
      if (merged.loser !== null) scope.record({ kind: 'sync.superseded', ...spoken, before: { text: merged.loser.value, from: 'here' }, after: { text: merged.value, from: remote.name } });
      write(merged.value);
      settle(scope, remote.id, touch);
      tally.applied += 1;
      return theirs;
    case 'rebase':
      scope.record({ kind: 'sync.superseded', ...spoken, before: { text: merged.loser.value, from: remote.name }, after: { text: merged.value, from: 'here' } });
      return theirs;
    case 'conflict':
      return base;
  }
}

function mergeDescription(scope: CommandScope, remote: RemoteRow, model: IncomingModel, collection: CollectionRow, base: Base<string>, seenAt: number, clockOffset: number, tally: Tally): string {
  const touch = `description ${collection.id}`;
  const merged = mergeField({ base, mine: collection.description, theirs: model.description, rule: { kind: 'last writer', mineAt: touchedAt(scope, remote, touch), theirsAt: model.updatedAt + clockOffset, theirsNotBefore: seenAt } });
  const spoken = { subject: collectionSubject(collection), about: [{ kind: 'registry' as const, id: collection.registryId }] };
  if (merged.kind === 'conflict') {
    const made = noteConflict(scope, {
      remote, collection, touch, what: 'description', field: '', base: { value: null, shown: 'never compared', linkId: null },
      mine: { value: collection.description, shown: collection.description, linkId: null }, theirs: { value: model.description, shown: model.description, linkId: null },
    });
    if (made) tally.conflicts += 1;
  }
  return takeText(scope, remote, touch, merged, base.known ? base.value : '', model.description, (text) => editCollection(scope, collectionRow(scope.db, collection.id), { name: collection.name, description: text }), spoken, tally);
}

/** Whether a tag stands has two values, so two sides that both changed it have changed it alike: no conflict is possible. */
function mergeTags(scope: CommandScope, target: { readonly kind: 'version' | 'collection'; readonly id: number }, touch: string, remote: RemoteRow, seen: Readonly<Record<string, string>>, theirs: Readonly<Record<string, string>>, tally: Tally): Readonly<Record<string, string>> {
  const mine = new Set(tagsOf(scope.db, target));
  const add: string[] = [];
  const remove: string[] = [];
  for (const key of new Set([...Object.keys(seen), ...Object.keys(theirs)])) {
    if (isOwnTag(key) || !checkTag(key).ok) continue;
    // A tag with a value is none of ours unless one of that name stands here.
    const stands = (side: Readonly<Record<string, string>>): boolean => side[key] === '' || (side[key] !== undefined && mine.has(key));
    const merged = mergeField({ base: { known: true, value: stands(seen) }, mine: mine.has(key), theirs: stands(theirs), rule: { kind: 'compare and set' } });
    if (merged.kind === 'confirm') settle(scope, remote.id, `${touch} ${key}`);
    if (merged.kind === 'apply') (merged.value ? add : remove).push(key);
  }
  if (add.length + remove.length > 0) {
    editTags(scope, { target: target as never, add, remove });
    tally.applied += add.length + remove.length;
  }
  return theirs;
}

/** Where an alias stands here, in the remote's words: the number of its version there, or the link where there is none yet. */
export function tokenOf(scope: Pick<QueryScope, 'db'>, remoteId: number, linkId: number): string {
  return scope.db.value<string>(sql`SELECT version FROM remote_versions WHERE remote_id = ${remoteId} AND link_id = ${linkId} AND gone_at IS NULL`) ?? `here ${linkId}`;
}

function mergeAliases(scope: CommandScope, remote: RemoteRow, model: IncomingModel, collection: CollectionRow, seen: Readonly<Record<string, string>>, met: boolean, tally: Tally): Readonly<Record<string, string>> {
  const { db } = scope;
  const mine = new Map(db.all<{ alias: string; linkId: number }>(sql`SELECT alias, target_id AS linkId FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${collection.id}`).map((row) => [row.alias, row.linkId]));
  const links = new Map(db.all<{ version: string; linkId: number; index: number; removed: number | null }>(sql`
    SELECT v.version, l.id AS linkId, l.idx AS "index", l.removed_at AS removed FROM remote_versions v JOIN links l ON l.id = v.link_id WHERE v.remote_id = ${remote.id} AND v.model = ${model.name} AND v.gone_at IS NULL`).map((row) => [row.version, row]));
  const next: Record<string, string> = {};
  const guard = aliasGuard(registryRow(db, collection.registryId).protectedAliases);
  for (const alias of new Set([...Object.keys(seen), ...Object.keys(model.aliases)])) {
    if (alias === latestAlias || !checkAlias(alias).ok) continue;
    const stood = model.aliases[alias];
    // One that was left behind on a version that is gone stands nowhere.
    const theirs = stood !== undefined && links.has(stood) ? stood : null;
    const linkId = mine.get(alias.normalize('NFC'));
    const here = linkId === undefined ? null : tokenOf(scope, remote.id, linkId);
    const base: Base<string | null> = met ? { known: true, value: seen[alias] ?? null } : { known: false };
    const touch = `alias ${collection.id} ${alias.normalize('NFC')}`;
    const merged = mergeField<string | null>({ base, mine: here, theirs, rule: { kind: 'compare and set' } });
    const remember = (value: string | null): void => {
      if (value !== null) next[alias] = value;
    };
    switch (merged.kind) {
      case 'confirm':
        settle(scope, remote.id, touch);
        remember(theirs);
        break;
      case 'keep':
        // A conflict whose other side went back is none any more.
        db.run(sql`UPDATE outbox SET state = 'waiting' WHERE remote_id = ${remote.id} AND touch = ${touch} AND state = 'conflict'`);
        db.run(sql`UPDATE sync_conflicts SET resolved_at = ${scope.at}, choice = 'moot' WHERE remote_id = ${remote.id} AND touch = ${touch} AND resolved_at IS NULL`);
        remember(theirs);
        break;
      case 'apply': {
        const link = merged.value === null ? undefined : links.get(merged.value);
        // What is kept for some, wants approval or has no place here is so for the remote too: it waits for whoever may say so.
        if ((link !== undefined && link.removed !== null) || isHeldBack(scope, collection, guard, alias, link?.linkId ?? null)) {
          if (noteConflict(scope, { remote, collection, touch, what: 'alias', field: alias, base: aliasSide(scope, remote, model.name, base.known ? base.value : null), mine: aliasSide(scope, remote, model.name, here), theirs: aliasSide(scope, remote, model.name, theirs) })) tally.conflicts += 1;
          if (base.known) remember(base.value);
          break;
        }
        remember(theirs);
        applyAliasWishes(scope, { kind: 'collection', id: branded(collection.id) }, [{ alias, to: link?.index ?? null }]);
        settle(scope, remote.id, touch);
        tally.applied += 1;
        break;
      }
      case 'rebase':
        remember(theirs);
        break;
      case 'conflict': {
        const made = noteConflict(scope, { remote, collection, touch, what: 'alias', field: alias, base: aliasSide(scope, remote, model.name, base.known ? base.value : null), mine: aliasSide(scope, remote, model.name, here), theirs: aliasSide(scope, remote, model.name, theirs) });
        if (made) tally.conflicts += 1;
        if (base.known) remember(base.value);
        break;
      }
    }
  }
  return next;
}

/** Whether an alias may not move here because it moved at a remote: it is protected, or a gate stands before it. */
function isHeldBack(scope: CommandScope, collection: CollectionRow, guard: AliasGuard, alias: string, linkId: number | null): boolean {
  return guard.has(alias) || (linkId !== null && approvalLacking(scope.db, collection, linkId, alias) !== null);
}

/** A side of an alias's conflict in words. */
export function aliasSide(scope: Pick<QueryScope, 'db'>, remote: { readonly id: number }, model: string, token: string | null): { readonly value: string | null; readonly shown: string; readonly linkId: number | null } {
  if (token === null) return { value: null, shown: 'on no version', linkId: null };
  const { db } = scope;
  const linkId = token.startsWith('here ') ? Number(token.slice(5)) : (db.value<number>(sql`SELECT link_id FROM remote_versions WHERE remote_id = ${remote.id} AND model = ${model} AND version = ${token}`) ?? null);
  const index = linkId === null ? undefined : db.value<number>(sql`SELECT idx FROM links WHERE id = ${linkId}`);
  const there = token.startsWith('here ') ? ' (not there yet)' : ` (version ${token} there)`;
  return { value: token, shown: index === undefined ? `on version ${token} there` : `on v${index}${there}`, linkId };
}

// Runs ----------------------------------------------------------------------------------------------------------------

export type IncomingRun = {
  readonly run: string; readonly name: string; readonly state: 'running' | 'finished' | 'failed' | 'killed' | 'crashed'; readonly experiment: string; readonly startedAt: number; readonly endedAt: number | null; readonly config: JsonObject; readonly summary: JsonObject;
  readonly tags: readonly string[]; readonly notes: string;
  /** Its own id there, where `run` is more than that; and what it did, where the remote says. */
  readonly runId?: string; readonly jobType?: string | null; readonly history?: readonly string[];
  /** What it used that is no version there. */
  readonly datasets?: readonly IncomingDataset[];
};

/** A dataset that a run used: a version of the type “dataset” here that refers to where it lies, one for each digest. */
export type IncomingDataset = { readonly name: string; readonly usedAs: string | null; readonly metadata: JsonObject; readonly entries: readonly CommittedEntry[]; readonly digest: string; readonly wandbDigest: string };

/** Runs that the versions of a remote come from: before the versions, so that these can say so. */
export function applyRemoteRuns(scope: CommandScope, input: { readonly remoteId: number; readonly runs: readonly IncomingRun[]; /** Asked for and not there. */ readonly missing: readonly string[] }): { readonly applied: number } {
  const { db } = scope;
  const remote = remoteRow(db, input.remoteId);
  const project = ensureProject(scope, { name: remote.settings.project });
  for (const run of input.runs) {
    const known = db.value<number>(sql`SELECT run_id FROM remote_runs WHERE remote_id = ${remote.id} AND run = ${run.run} AND run_id IS NOT NULL`);
    const runId = known === undefined ? freeRunId(scope, remote, project.id, run) : run.runId;
    const standing = known ?? db.value<number>(sql`SELECT r.id FROM runs r WHERE r.project_id = ${project.id} AND r.run_id = ${runId ?? run.run}`);
    const deleted = standing !== undefined && db.value(sql`SELECT 1 FROM runs WHERE id = ${standing} AND deleted_at IS NOT NULL`) !== undefined;
    const id = standing ?? insertRun(scope, project, { runId: runId ?? run.run, displayName: run.name, jobType: run.jobType ?? null, group: run.experiment === '' ? null : run.experiment.slice(0, 128), tags: run.tags.filter((tag) => checkTag(tag).ok), notes: run.notes, config: run.config });
    if (!deleted) {
      if (run.history !== undefined && run.history.length > 0) appendToRun(scope, { id: branded(id), history: { offset: 0, lines: [...run.history] } });
      updateRun(scope, { id: branded(id), state: run.state, summary: run.summary, config: run.config });
      db.run(sql`UPDATE runs SET created_at = ${Math.min(run.startedAt, scope.at)}, finished_at = ${run.endedAt} WHERE id = ${id}`);
      for (const dataset of run.datasets ?? []) noteUse(scope, { id: branded(id), versionIds: [branded(datasetVersion(scope, remote, dataset))], ...(dataset.usedAs === null ? {} : { usedAs: dataset.usedAs }) });
    }
    db.run(sql`INSERT INTO remote_runs (remote_id, run, run_id, ended) VALUES (${remote.id}, ${run.run}, ${id}, ${run.state === 'running' ? 0 : 1}) ON CONFLICT (remote_id, run) DO UPDATE SET run_id = excluded.run_id, ended = excluded.ended`);
  }
  for (const run of input.missing) db.run(sql`INSERT INTO remote_runs (remote_id, run, run_id, ended) VALUES (${remote.id}, ${run}, NULL, 1) ON CONFLICT DO NOTHING`);
  return { applied: input.runs.length };
}

/** Another run of the same id may be here already: of another project there, or none of the remote's at all. */
function freeRunId(scope: CommandScope, remote: RemoteRow, projectId: number, run: IncomingRun): string {
  const wanted = run.runId ?? run.run;
  if (run.runId === undefined) return wanted;
  const taken = scope.db.value(sql`SELECT 1 FROM runs r WHERE r.project_id = ${projectId} AND r.run_id = ${wanted} AND NOT EXISTS (SELECT 1 FROM remote_runs m WHERE m.remote_id = ${remote.id} AND m.run_id = r.id AND m.run = ${run.run})`) !== undefined;
  return taken ? `${wanted.slice(0, 100)}-${createHash('sha256').update(run.run).digest('hex').slice(0, 8)}` : wanted;
}

function datasetVersion(scope: CommandScope, remote: RemoteRow, dataset: IncomingDataset): number {
  const { db } = scope;
  const wanted = artifactNameOf(dataset.name);
  const { id: projectId } = ensureProject(scope, { name: remote.settings.project });
  const taken = db.value<string>(sql`SELECT type FROM artifacts WHERE project_id = ${projectId} AND name = ${wanted} AND deleted_at IS NULL`);
  const artifact = taken === undefined || taken === 'dataset' ? wanted : `${wanted.slice(0, 110)}-dataset`;
  const standing = db.value<number>(sql`
    SELECT v.id FROM versions v JOIN artifacts a ON a.id = v.artifact_id WHERE a.project_id = ${projectId} AND a.name = ${artifact} AND a.deleted_at IS NULL AND v.state = 'committed' AND v.digest = ${Buffer.from(dataset.digest, 'hex')} LIMIT 1`);
  if (standing !== undefined) return standing;
  return commitVersion(scope, {
    project: { name: remote.settings.project }, artifact, type: 'dataset', description: '', metadata: dataset.metadata, aliases: [], tags: [], entries: dataset.entries, digest: dataset.digest, wandbDigest: dataset.wandbDigest, size: 0, reservedNames: true,
  }).versionId;
}

/** By the remote's own id of an artifact, or by where a version there says that it came from. */
export type IncomingUse = { readonly run: string } & ({ readonly artifact: string } | { readonly source: string });

/** Which runs used which versions there, after both are here. */
export function applyRemoteUses(scope: CommandScope, input: { readonly remoteId: number; readonly uses: readonly IncomingUse[] }): { readonly applied: number } {
  const { db } = scope;
  const remote = remoteRow(db, input.remoteId);
  let applied = 0;
  for (const use of input.uses) {
    const run = db.value<number>(sql`SELECT m.run_id FROM remote_runs m JOIN runs r ON r.id = m.run_id WHERE m.remote_id = ${remote.id} AND m.run = ${use.run} AND r.deleted_at IS NULL`);
    const version = 'artifact' in use ? standingVersion(scope, remote, use.artifact) : versionFrom(scope, remote, use.source);
    if (run === undefined || version === undefined) continue;
    applied += noteUse(scope, { id: branded(run), versionIds: [branded(version.versionId)] }).added;
  }
  return { applied };
}
