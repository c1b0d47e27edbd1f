/** Artifacts and their versions: logged, edited, deleted. */
import { createHash } from 'node:crypto';
import type { CheckedInputOf, JsonObject, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import {
  aliasGuard, addVersions, blockersOfDeletion, changeAliases, checkArtifactName, checkArtifactType, checkDays, checkMetadata, checkNewArtifact, checkAlias, checkTag, decide, decideLogging, formatVersion, latestAlias, noProtectedAliases,
  takeVersion, explainDecision, type AliasMove, type TimeToLive,
} from '#shared/domain/index.ts';
import { demand, notFound, projectObject, registryObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { dropMetadataValues, putMetadataValues } from '../records/metadata.ts';
import { indexName } from '../records/names.ts';
import { putMetrics } from '../records/metrics.ts';
import { artifactNamesOf, artifactRow, collectionRow, linkRow, registryRow, runRow, versionRow, type ArtifactRow, type VersionRow } from '../records/rows.ts';
import { branded, bytesOf, hexOf, jsonObject, stringList } from '../records/shared.ts';
import { artifactSubject, versionSubject } from '../records/subjects.ts';
import { holdReasons } from '../records/retention.ts';
import { keptTimeToLive } from '../records/timeToLive.ts';
import { versionDetail } from '../records/versions.ts';
import { accepted, refuseFor } from '../refusals.ts';
import { markAllForSearch, markForSearch } from '../search-index.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { sql, valuesInPieces } from '../sql.ts';
import { aliasState, artifactSlice, collectionSlice, inverseWishes, writeMoves, type Holder, type Target } from './holders.ts';
import { checkProject, ensureProject, provenanceOf, type ProjectName } from './runs.ts';
import { addTags, editTags, tagsOf } from './tags.ts';
import { toTrash, type VersionPayload } from './trash.ts';
import { nextVersionId } from './versionIds.ts';

export type LogFacts = {
  readonly project: ProjectName; readonly artifact: string; readonly type: string; readonly description: string; readonly metadata: unknown; readonly aliases: readonly string[];
  readonly tags: readonly string[]; readonly runId?: number | undefined;
  /** Types and names that W&B's client keeps for its own logging pass. */
  readonly reservedNames?: boolean | undefined;
};

export type CommittedEntry = { readonly path: string; readonly size: number; readonly sha256: string | null; readonly md5: string | null; readonly reference: string | null };

/** What the versions of one artifact share. */
type Home = Pick<LogFacts, 'project' | 'artifact' | 'type' | 'reservedNames'>;

/** A version by itself. */
export type VersionFacts = Pick<LogFacts, 'description' | 'metadata' | 'tags' | 'runId'> & {
  readonly entries: readonly CommittedEntry[]; readonly digest: string; readonly wandbDigest: string; readonly size: number; readonly draft?: DraftFacts;
  /** Where it was made at another time than it came here; milliseconds since 1970. */
  readonly createdAt?: number;
  /** As it is kept: null says nothing, 0 is for good. A draft says it by itself. */
  readonly ttlDays?: number | null;
};

export type CommitInput = LogFacts & VersionFacts;

/** What a version that was logged over a wire brings with it. */
export type DraftFacts = { readonly id: number; readonly ttlDays: number | null; readonly historyStep: number | null; /** Hex SHA-256 of its manifest in the store. */ readonly clientManifest: string; /** As it came: large whole numbers stay exact in it. */ readonly metadataText: string };

type CheckedHome = { readonly artifact: string; readonly type: string; readonly standing: ArtifactRow | null };
type CheckedVersion = { readonly metadata: JsonObject; readonly tags: readonly string[] };
export type CheckedFacts = CheckedHome & CheckedVersion & { readonly aliases: readonly string[] };

/** Names, rights, type and metadata of what is about to be logged, judged before a byte is read. */
export function checkLog(scope: QueryScope, facts: LogFacts): CheckedFacts {
  const home = checkHome(scope, facts);
  const version = checkVersion(facts);
  const aliases = checkedAliases(facts.aliases);
  if (facts.runId !== undefined) runRow(scope.db, facts.runId);
  return { ...home, ...version, aliases };
}

function checkHome(scope: QueryScope, home: Home): CheckedHome {
  const { db } = scope;
  const project = checkProject(scope, home.project);
  const names = home.reservedNames === true ? { type: accepted(checkArtifactType(home.type)), name: accepted(checkArtifactName(home.artifact)) } : accepted(checkNewArtifact(home.type, home.artifact));
  const id = project.id === null ? undefined : db.value<number>(sql`SELECT id FROM artifacts WHERE project_id = ${project.id} AND name = ${names.name} AND deleted_at IS NULL`);
  const standing = id === undefined ? null : artifactRow(db, id);
  if (standing !== null && standing.type !== names.type) {
    throw new VitrineError('type_mismatch', { details: { type: names.type, accepted: standing.type, label: names.name, explanation: `The artifact “${names.name}” has the type “${standing.type}”, not “${names.type}”.` } });
  }
  return { artifact: names.name, type: names.type, standing };
}

function checkVersion(facts: Pick<LogFacts, 'metadata' | 'tags'>): CheckedVersion {
  return { metadata: accepted(checkMetadata(facts.metadata)) as JsonObject, tags: [...new Set(facts.tags.map((tag) => accepted(checkTag(tag))))] };
}

const checkedAliases = (aliases: readonly string[]): readonly string[] => [...new Set(aliases.map((alias) => accepted(checkAlias(alias))))].filter((alias) => alias !== latestAlias);

/** What `versions.log` answers, but for the bytes that the store had not: only core knows those. */
type Committed = Omit<OutputOf<'versions.log'>, 'newBytes'>;

/** Makes a version of bytes that the store has, or finds that `latest` is the same. */
export function commitVersion(scope: CommandScope, input: CommitInput, undoable = false): Committed {
  const [committed] = commitVersions(scope, input, [input], input.aliases, undoable);
  if (committed === undefined) throw new Error('A version that was committed is missing');
  return committed;
}

/**
 * Makes versions of one artifact in one act, the oldest first; each is told by an event of its own, and `latest` moves once. What they share is
 * looked up once and what they add up to is written once: of a thousand, each costs its own rows. Aliases go to the last one. `undoable`: the
 * way back is noted, which a person is offered and a script or a remote is not.
 */
export function commitVersions(scope: CommandScope, home: Home, versions: readonly VersionFacts[], aliases: readonly string[] = [], undoable = false): readonly Committed[] {
  const { db } = scope;
  const { standing, ...named } = checkHome(scope, home);
  const checked = versions.map((version) => ({ ...version, ...checkVersion(version) }));
  const wished = checkedAliases(aliases);
  for (const runId of new Set(versions.flatMap((version) => version.runId ?? []))) runRow(db, runId);
  const project = ensureProject(scope, home.project);
  const artifact = standing ?? insertArtifact(scope, project, named);
  const log = openLog(scope, artifact, ensureManifests(scope, checked));
  const committed = checked.map((version) => ({ version, ...log.add(version) }));
  log.finish();
  const made = committed.filter((one) => one.created);
  const last = made.at(-1) ?? committed.at(-1);
  const moves = last === undefined ? [] : putAliases(scope, artifact, made.length > 0 ? made.map((one) => one.target) : [last.target], made.length > 0, wished, last.event);
  for (const { version, target, created } of committed) {
    const added = addTags(scope, { kind: 'version', id: target.id }, version.tags);
    if (undoable && !created && added.length > 0) scope.inverse({ step: 'tags', target: { kind: 'version', id: target.id }, add: [], remove: added });
    if (!created) for (const tag of added) scope.record({ kind: 'tag.added', subject: versionSubject(namesOf(artifact), target), before: null, after: { tag }, about: [{ kind: 'artifact', id: artifact.id }] });
    if (version.runId !== undefined) noteOutput(scope, version.runId, target.id);
    scope.changed('version', target.id);
    if (undoable && created) scope.inverse({ step: 'version', id: target.id, made: standing === null && target.id === made[0]?.target.id ? artifact.id : null, said: saidOf(db, target.id) });
  }
  // What was moved onto what goes stands where it stood before; “latest” follows by itself.
  const back = inverseWishes(moves).filter((wish) => wish.alias !== latestAlias);
  if (undoable && back.length > 0) scope.inverse({ step: 'aliases', holder: { kind: 'artifact', id: branded(artifact.id) }, wishes: back });
  return committed.map(({ version, target, manifest, created }) => ({
    versionId: branded(target.id), artifactId: branded(artifact.id), index: target.index, digest: version.digest, wandbDigest: version.wandbDigest, size: manifest.size, fileCount: manifest.fileCount, created,
  }));
}

/** A version that somebody logs, with the offer to take it back. */
export function logVersion(scope: CommandScope, input: CommitInput): Committed {
  const committed = commitVersion(scope, input, true);
  scope.offerUndo(`${committed.created ? 'Log' : 'Change'} ${input.artifact}:${formatVersion(committed.index)}`);
  return committed;
}

/** A short mark of what is said of a version: description, metadata, time to live, tags. */
export function saidOf(db: ReadableDb, id: number): string {
  const row = db.get<{ description: string; metadata: string; ttlDays: number | null }>(sql`SELECT description, metadata, ttl_days AS ttlDays FROM versions WHERE id = ${id}`);
  return createHash('sha256').update(JSON.stringify([row, [...tagsOf(db, { kind: 'version', id })].sort()])).digest('hex').slice(0, 32);
}

const namesOf = ({ id, entity, project, name }: ArtifactRow) => ({ id, entity, project, name });

/** The rows of versions of one artifact, one after the other. `finish` writes and counts them, once all are in. */
function openLog(scope: CommandScope, artifact: ArtifactRow, manifests: ReadonlyMap<string, ManifestFacts>) {
  const { db, at } = scope;
  const names = namesOf(artifact);
  const latest = artifact.latestVersionId === null ? undefined : db.get<{ id: number; number: number; digest: Uint8Array }>(sql`SELECT id, idx AS number, digest FROM versions WHERE id = ${artifact.latestVersionId}`);
  let standing = latest === undefined ? null : { ...latest, digest: hexOf(latest.digest) };
  let next = artifact.nextIndex;
  let free: number | null = null;
  const made: NewVersion[] = [];
  return {
    add(version: VersionFacts & CheckedVersion): { readonly target: Target; readonly manifest: ManifestFacts; readonly created: boolean; readonly event: number | null } {
      const logging = decideLogging({ next }, standing, version.digest);
      const manifest = manifests.get(version.digest);
      if (manifest === undefined) throw new Error('A version’s manifest is missing');
      if (logging.kind !== 'new') return { target: { id: standing?.id ?? 0, versionId: standing?.id ?? 0, index: logging.number }, manifest, created: false, event: null };
      const id = version.draft?.id ?? (free ??= nextVersionId(db));
      free = free === null ? null : Math.max(free, id + 1);
      made.push({ id, index: logging.number, manifest, version });
      standing = { id, number: logging.number, digest: version.digest };
      next = logging.numbering.next;
      const event = scope.record({
        kind: 'version.created', subject: versionSubject(names, { id, index: logging.number }), before: null,
        after: { index: logging.number, digest: version.digest, size: version.size, files: manifest.fileCount, type: artifact.type },
        about: [{ kind: 'artifact', id: artifact.id }, { kind: 'project', id: artifact.projectId }, ...(version.runId === undefined ? [] : [{ kind: 'run' as const, id: version.runId }])],
      });
      return { target: { id, versionId: id, index: logging.number }, manifest, created: true, event };
    },
    finish(): void {
      if (made.length === 0) return;
      insertVersions(scope, artifact, made);
      markAllForSearch(db, made.map(({ id }) => id));
      db.run(sql`UPDATE artifacts SET next_index = ${next}, version_count = version_count + ${made.length}, updated_at = ${at} WHERE id = ${artifact.id}`);
      db.run(sql`UPDATE projects SET version_count = version_count + ${made.length}, updated_at = ${at} WHERE id = ${artifact.projectId}`);
      scope.changed('artifact', artifact.id);
      scope.changed('project', artifact.projectId);
    },
  };
}

/** The same without the entries, for a manifest that may stand already: tens of thousands of them need not cross to this thread then. Null where it doesn't: nothing was done. */
export function commitKnown(scope: CommandScope, input: Omit<CommitInput, 'entries'>): Committed | null {
  return manifestWith(scope.db, bytesOf(input.digest)) === undefined ? null : logVersion(scope, { ...input, entries: [] });
}

function insertArtifact(scope: CommandScope, project: { readonly id: number; readonly entity: string; readonly name: string }, facts: Pick<CheckedHome, 'artifact' | 'type'>): ArtifactRow {
  const { db, at } = scope;
  const { id } = db.run(sql`
    INSERT INTO artifacts (project_id, name, type, created_by, created_at, updated_at) VALUES (${project.id}, ${facts.artifact}, ${facts.type}, ${scope.actorId}, ${at}, ${at})`);
  db.run(sql`UPDATE projects SET artifact_count = artifact_count + 1, updated_at = ${at} WHERE id = ${project.id}`);
  db.run(sql`DELETE FROM redirects WHERE kind = 'artifact' AND scope_id = ${project.id} AND name_key = ${facts.artifact}`);
  indexName(db, 'artifact', id, facts.artifact);
  scope.record({
    kind: 'artifact.created', subject: artifactSubject({ id, entity: project.entity, project: project.name, name: facts.artifact }), before: null,
    after: { name: facts.artifact, type: facts.type }, about: [{ kind: 'project', id: project.id }],
  });
  scope.changed('artifact', id);
  return artifactRow(db, id);
}

type ManifestFacts = { readonly id: number; readonly size: number; readonly fileCount: number };

function manifestWith(db: ReadableDb, digest: Uint8Array): ManifestFacts | undefined {
  return db.get<ManifestFacts>(sql`SELECT id, size, file_count AS fileCount FROM manifests WHERE digest = ${digest}`);
}

type ManifestInput = Pick<CommitInput, 'entries' | 'digest' | 'wandbDigest' | 'size'>;

/** By their digests; those that do not stand yet are written, all at once. */
function ensureManifests(scope: CommandScope, inputs: readonly ManifestInput[]): ReadonlyMap<string, ManifestFacts> {
  const { db } = scope;
  const byDigest = new Map(inputs.map((input) => [input.digest, input]));
  const found = new Map(db.all<ManifestFacts & { readonly digest: string }>(sql`
    SELECT j.value AS digest, m.id, m.size, m.file_count AS fileCount FROM json_each(${JSON.stringify([...byDigest.keys()])}) j CROSS JOIN manifests m ON m.digest = unhex(j.value)`).map(({ digest, ...facts }) => [digest, facts]));
  for (const { id } of found.values()) noteHere(scope, id);
  const fresh = [...byDigest.values()].filter((input) => !found.has(input.digest));
  const first = fresh.length === 0 ? 0 : 1 + (db.value<number>(sql`SELECT max(id) FROM manifests`) ?? 0);
  const made = fresh.map((input, index) => ({ input, id: first + index }));
  for (const rows of valuesInPieces(made.map(({ input, id }) => [id, bytesOf(input.digest), bytesOf(input.wandbDigest), input.size, input.entries.length]))) db.run(sql`INSERT INTO manifests (id, digest, wandb_digest, size, file_count) VALUES ${rows}`);
  for (const rows of valuesInPieces(made.flatMap(({ input, id }) => input.entries.map((entry) => [id, entry.path, entry.size, entry.sha256 === null ? null : bytesOf(entry.sha256), checksumOf(entry), entry.reference])))) {
    db.run(sql`INSERT INTO manifest_entries (manifest_id, path, size, sha256, md5, reference) VALUES ${rows}`);
  }
  for (const { input, id } of made) {
    if (input.entries.some((entry) => entry.sha256 !== null)) noteHere(scope, id);
    found.set(input.digest, { id, size: input.size, fileCount: input.entries.length });
  }
  return found;
}

/** Whoever commits a manifest has just brought its bytes: none of them is freed any more. */
function noteHere({ db }: CommandScope, manifestId: number): void {
  if (db.value(sql`SELECT 1 FROM freed_objects LIMIT 1`) === undefined) return;
  db.run(sql`DELETE FROM freed_objects WHERE sha256 IN (SELECT sha256 FROM manifest_entries WHERE manifest_id = ${manifestId} AND sha256 IS NOT NULL)`);
}

/** A reference's checksum is whatever its place answers, so it is kept as text unless it reads as an md5. */
function checksumOf(entry: CommittedEntry): Uint8Array | string | null {
  if (entry.md5 === null) return null;
  return /^[0-9a-f]{32}$/.test(entry.md5) ? bytesOf(entry.md5) : entry.md5;
}

/** For content that stands already: aliases and tags that were wished for go to it, and the run has it among its outputs. */
export function applyToStanding(scope: CommandScope, artifact: ArtifactRow, versionId: number, facts: CheckedFacts, runId: number | undefined): void {
  const version = versionRow(scope.db, versionId);
  putAliases(scope, artifact, [{ id: versionId, versionId, index: version.index }], false, facts.aliases, null);
  const added = addTags(scope, { kind: 'version', id: versionId }, facts.tags);
  for (const tag of added) scope.record({ kind: 'tag.added', subject: versionSubject(artifactNamesOf(version), version), before: null, after: { tag }, about: [{ kind: 'artifact', id: artifact.id }] });
  if (runId !== undefined) noteOutput(scope, runId, versionId);
  scope.changed('version', versionId);
}

type NewVersion = { readonly id: number; readonly index: number; readonly manifest: ManifestFacts; readonly version: VersionFacts & CheckedVersion };

function insertVersions(scope: CommandScope, artifact: ArtifactRow, made: readonly NewVersion[]): void {
  const { db, at } = scope;
  const rows = made.map(({ id, index, manifest, version }) => [
    id, artifact.id, artifact.projectId, artifact.type, index, 'committed', version.size, manifest.fileCount, manifest.id, bytesOf(version.digest), bytesOf(version.wandbDigest), version.runId ?? null, scope.actorId, version.createdAt ?? at, at,
    version.description, version.draft?.metadataText ?? JSON.stringify(version.metadata), version.draft?.ttlDays ?? version.ttlDays ?? null, version.draft?.historyStep ?? null, version.draft === undefined ? null : bytesOf(version.draft.clientManifest),
  ]);
  for (const piece of valuesInPieces(rows)) {
    db.run(sql`
      INSERT INTO versions (id, artifact_id, project_id, type, idx, state, size, file_count, manifest_id, digest, wandb_digest, run_id, created_by, created_at, updated_at, description, metadata, ttl_days, history_step, client_manifest)
      VALUES ${piece}`);
  }
  putMetadataValues(db, made.map(({ id, version }) => ({ versionId: id, metadata: version.metadata })));
}

function holderOf(artifact: ArtifactRow): Holder {
  return { kind: 'artifact', artifact: { artifactId: artifact.id, entity: artifact.entity, project: artifact.project, artifact: artifact.name, projectId: artifact.projectId } };
}

/** Onto the last of these versions; `created`: all of them were just made, and `latest` follows. */
function putAliases(scope: CommandScope, artifact: ArtifactRow, targets: readonly Target[], created: boolean, aliases: readonly string[], event: number | null): readonly AliasMove[] {
  const part = artifactSlice(scope.db, artifact.id, { aliases, targetIds: created ? [] : targets.map((target) => target.id) });
  const before = aliasState(part);
  const grown = created ? addVersions(before, targets.map((target) => target.index)) : { state: before, moves: [] as readonly AliasMove[] };
  const last = targets.at(-1);
  const change = last === undefined ? { moves: [] } : accepted(changeAliases(grown.state, noProtectedAliases, aliases.map((alias) => ({ alias, to: last.index }))));
  const moves = [...grown.moves, ...change.moves];
  writeMoves(scope, holderOf(artifact), moves, new Map([...part.targets, ...targets.map((target) => [target.index, target] as const)]), event);
  return moves;
}

function noteOutput(scope: CommandScope, runId: number, versionId: number): void {
  const { db, at } = scope;
  demand(scope.asker, 'source.log', projectObject(db, runRow(db, runId).projectId));
  const { changes } = db.run(sql`INSERT INTO run_outputs (run_id, version_id, provenance, at) VALUES (${runId}, ${versionId}, ${provenanceOf(scope)}, ${at}) ON CONFLICT DO NOTHING`);
  if (changes === 0) return;
  db.run(sql`UPDATE versions SET run_id = ${runId} WHERE id = ${versionId} AND run_id IS NULL`);
  if (db.value(sql`SELECT 1 FROM versions WHERE id = ${versionId} AND link_count > 0`) !== undefined) putMetrics(db, [versionId]);
  scope.changed('run', runId);
  scope.changed('lineage', versionId);
}

// Editing -------------------------------------------------------------------------------------------------------------

export function updateVersion(scope: CommandScope, input: CheckedInputOf<'versions.update'>): OutputOf<'versions.update'> {
  const { id, addTags: add, removeTags: remove, ttlDays, ttl, ...edit } = input;
  const setting: TimeToLive | undefined = ttl ?? (ttlDays === undefined ? undefined : ttlDays === null ? { kind: 'inherit' } : { kind: 'days', days: ttlDays });
  editVersion(scope, id, { ...edit, ...(setting === undefined ? {} : { ttlDays: keptTimeToLive(setting) }) });
  if (add.length + remove.length > 0) editTags(scope, { target: { kind: 'version', id }, add, remove });
  const detail = versionDetail(scope, id);
  if (detail === null) throw notFound('artifact version', String(id));
  return detail;
}

/** `ttlDays` as it is kept: null says nothing, 0 is for good. */
export type VersionEdit = { readonly description?: string | undefined; readonly metadata?: unknown; readonly ttlDays?: number | null | undefined };

export function editVersion(scope: CommandScope, id: number, edit: VersionEdit): void {
  const { db, at } = scope;
  const version = versionRow(db, id);
  demand(scope.asker, 'source.edit', projectObject(db, version.projectId), { kind: 'artifact version', label: String(id) });
  if (version.state === 'deleted') throw notFound('artifact version', String(id));
  const now = db.get<{ description: string; metadata: string; ttlDays: number | null }>(sql`SELECT description, metadata, ttl_days AS ttlDays FROM versions WHERE id = ${id}`);
  if (now === undefined) throw notFound('artifact version', String(id));
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  if (edit.description !== undefined && edit.description !== now.description) {
    before['description'] = now.description;
    after['description'] = edit.description;
    db.run(sql`UPDATE versions SET description = ${edit.description} WHERE id = ${id}`);
  }
  if (edit.metadata !== undefined) {
    const metadata = accepted(checkMetadata(edit.metadata)) as JsonObject;
    const text = JSON.stringify(metadata);
    if (text !== now.metadata) {
      const old = jsonObject(now.metadata);
      before['metadata'] = old;
      after['metadata'] = metadata;
      dropMetadataValues(db, id, old);
      db.run(sql`UPDATE versions SET metadata = ${text} WHERE id = ${id}`);
      putMetadataValues(db, [{ versionId: id, metadata }]);
    }
  }
  if (edit.ttlDays !== undefined && edit.ttlDays !== now.ttlDays) {
    if (edit.ttlDays !== null && edit.ttlDays !== 0) accepted(checkDays(edit.ttlDays));
    before['ttlDays'] = now.ttlDays;
    after['ttlDays'] = edit.ttlDays;
    db.run(sql`UPDATE versions SET ttl_days = ${edit.ttlDays} WHERE id = ${id}`);
  }
  if (Object.keys(after).length === 0) return;
  db.run(sql`UPDATE versions SET updated_at = ${at} WHERE id = ${id}`);
  markForSearch(db, id);
  const subject = versionSubject(artifactNamesOf(version), version);
  scope.record({ kind: 'version.updated', subject, before, after, about: [{ kind: 'artifact', id: version.artifactId }, { kind: 'project', id: version.projectId }] });
  scope.changed('version', id);
  scope.inverse({ step: 'edit', kind: 'version', id, set: before, expected: after });
  scope.offerUndo(`Edit ${version.artifact}:${formatVersion(version.index)}`);
}

// Deleting ------------------------------------------------------------------------------------------------------------

export function deleteVersions(scope: CommandScope, input: CheckedInputOf<'versions.delete'>): OutputOf<'versions.delete'> {
  const named = new Set(input.aliases);
  const ids = [...new Set(input.ids as readonly number[])];
  const trashIds = ids.map((id) => deleteVersion(scope, versionRow(scope.db, id), named));
  scope.inverse({ step: 'restore', trashIds });
  scope.offerUndo(ids.length === 1 ? 'Delete version' : `Delete ${ids.length} versions`);
  return { deleted: ids.length };
}

/** Aliases with where they stand, for links of a version that are protected there. */
function protectedHolders(scope: CommandScope, versionId: number): string[] {
  return scope.db.all<{ registry: string; collection: string; alias: string; guarded: string }>(sql`
    SELECT r.name AS registry, c.name AS collection, x.alias, r.protected_aliases AS guarded FROM links l JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id
    JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = l.id WHERE l.version_id = ${versionId} AND l.removed_at IS NULL`)
    .filter((row) => aliasGuard(stringList(row.guarded)).has(row.alias))
    .map((row) => `${row.registry}/${row.collection}:${row.alias}`);
}

/** To the trash with the aliases that are named. Its id there. */
export function deleteVersion(scope: CommandScope, version: VersionRow, named: ReadonlySet<string>, because: { readonly lapsed?: string } = {}): number {
  const { db, at } = scope;
  // What lapses goes by itself: nobody's right is asked for.
  if (because.lapsed === undefined) demand(scope.asker, 'source.delete', projectObject(db, version.projectId), { kind: 'artifact version', label: String(version.id) });
  const names = artifactNamesOf(version);
  const subject = versionSubject(names, version);
  const aliases = db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'artifact' AND target_id = ${version.id}`);
  refuseFor(blockersOfDeletion({ address: subject.label, state: version.state, aliases, protectedHolders: protectedHolders(scope, version.id), holds: holdReasons(db, version.id) }, named));
  const links = takeLinksOf(scope, version);
  const payload: VersionPayload = { aliases, links };
  const trashId = toTrash(scope, { kind: 'version', id: version.id, registryId: null, label: subject.label, address: subject.address, payload });
  for (const link of links) db.run(sql`UPDATE links SET trash_id = ${trashId} WHERE id = ${link.id}`);
  const part = artifactSlice(db, version.artifactId, { targetIds: [version.id], going: 1 });
  const change = takeVersion(aliasState(part), version.index);
  db.run(sql`UPDATE versions SET state = 'deleted', deleted_at = ${at}, trash_id = ${trashId}, link_count = 0 WHERE id = ${version.id}`);
  db.run(sql`UPDATE artifacts SET version_count = version_count - 1, updated_at = ${at} WHERE id = ${version.artifactId}`);
  db.run(sql`UPDATE projects SET version_count = version_count - 1, updated_at = ${at} WHERE id = ${version.projectId}`);
  markForSearch(db, version.id);
  const event = scope.record({
    kind: 'version.deleted', subject, before: { index: version.index, aliases, links: links.length }, after: null, ...(because.lapsed === undefined ? {} : { message: because.lapsed }),
    about: [{ kind: 'artifact', id: version.artifactId }, { kind: 'project', id: version.projectId }],
  });
  writeMoves(scope, { kind: 'artifact', artifact: version }, change.moves, part.targets, event);
  scope.changed('version', version.id);
  scope.changed('artifact', version.artifactId);
  scope.changed('project', version.projectId);
  scope.changed('lineage', version.id);
  return trashId;
}

/** A deleted version stands nowhere: its links go with it, and come back with it. */
function takeLinksOf(scope: CommandScope, version: VersionRow): VersionPayload['links'] {
  const { db, at } = scope;
  return db.column<number>(sql`SELECT id FROM links WHERE version_id = ${version.id} AND removed_at IS NULL`).map((id) => {
    const link = linkRow(db, id);
    const collection = collectionRow(db, link.collectionId);
    const access = registryObject(db, registryRow(db, collection.registryId));
    const right = decide(scope.asker, 'link.remove', access);
    if (!right.allowed) {
      throw new VitrineError('blocked', { details: { explanation: right.visible ? `It is linked in ${collection.registry}/${collection.name}. ${explainDecision(right)}` : 'It is linked where you may not unlink it.' } });
    }
    const part = collectionSlice(db, collection.id, { targetIds: [id], going: 1 });
    const carried = [...part.aliases].filter(([, index]) => index === link.index).map(([alias]) => alias);
    const change = takeVersion(aliasState(part), link.index);
    db.run(sql`UPDATE links SET removed_at = ${at} WHERE id = ${id}`);
    db.run(sql`UPDATE collections SET link_count = link_count - 1, updated_at = ${at} WHERE id = ${collection.id}`);
    db.run(sql`UPDATE registries SET link_count = link_count - 1, updated_at = ${at} WHERE id = ${collection.registryId}`);
    const event = scope.record({
      kind: 'link.removed', subject: { kind: 'link', id, label: `${collection.registry}/${collection.name}:${formatVersion(link.index)}`, address: null, registryId: collection.registryId },
      before: { index: link.index, version: versionSubject(artifactNamesOf(version), version).label, aliases: carried }, after: null,
      about: [{ kind: 'collection', id: collection.id }, { kind: 'registry', id: collection.registryId }, { kind: 'version', id: version.id }],
    });
    writeMoves(scope, { kind: 'collection', collection }, change.moves, part.targets, event);
    scope.changed('link', id);
    scope.changed('collection', collection.id);
    scope.changed('registry', collection.registryId);
    return { id, aliases: carried };
  });
}


/**
 * For a version of a remote whose files were not here: what stood for them gives way to the files. What the version is has not changed, only
 * what is known of it; its digest is the true one from now on.
 */
export function replaceManifest(scope: CommandScope, id: number, input: Pick<CommitInput, 'entries' | 'digest' | 'wandbDigest' | 'size'>): void {
  const { db, at } = scope;
  const version = versionRow(db, id);
  demand(scope.asker, 'source.edit', projectObject(db, version.projectId), { kind: 'artifact version', label: String(id) });
  if (version.state !== 'committed') throw notFound('artifact version', String(id));
  const before = db.value<Uint8Array>(sql`SELECT digest FROM versions WHERE id = ${id}`);
  const manifest = ensureManifests(scope, [input]).get(input.digest);
  if (manifest === undefined) throw new Error('A version’s manifest is missing');
  db.run(sql`UPDATE versions SET manifest_id = ${manifest.id}, digest = ${bytesOf(input.digest)}, wandb_digest = ${bytesOf(input.wandbDigest)}, size = ${manifest.size}, file_count = ${manifest.fileCount}, updated_at = ${at} WHERE id = ${id}`);
  markForSearch(db, id);
  scope.record({
    kind: 'version.fetched', subject: versionSubject(artifactNamesOf(version), version), before: { digest: before === undefined ? null : hexOf(before) }, after: { digest: input.digest, size: manifest.size, files: manifest.fileCount },
    about: [{ kind: 'artifact', id: version.artifactId }, { kind: 'project', id: version.projectId }],
  });
  scope.changed('version', id);
}
