/**
 * Versions that are being logged over a wire. A draft has its own table, so that no list can show one, and an id from the sequence of the
 * versions, so that it can keep it. Number, aliases and `latest` are given at the commit, in one transaction.
 */
import { randomUUID } from 'node:crypto';
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { parseMetadata, validatePathInArtifact } from '#shared/domain/index.ts';
import { decide } from '#shared/domain/roles.ts';
import { demand, notFound, projectObject } from '../access.ts';
import { draftRow, type DraftRow } from '../records/drafts.ts';
import { runRow, versionRow } from '../records/rows.ts';
import { branded, bytesOf, hexOf, stringList } from '../records/shared.ts';
import { keptTimeToLive } from '../records/timeToLive.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { seenVersion, usableVersion } from '../queries/visible.ts';
import { checkProject } from './runs.ts';
import { nextDraftId } from './versionIds.ts';
import { applyToStanding, checkLog, commitVersion, type CommittedEntry } from './versions.ts';

// Beginning -----------------------------------------------------------------------------------------------------------

export type DraftCreated = { readonly answer: OutputOf<'drafts.create'>; /** Whether the answer promises more than a draft, and must wait for the disk: an existing version was changed, or ids are given from a new block. */ readonly binding: boolean };

export function createDraft(scope: CommandScope, input: CheckedInputOf<'drafts.create'>): DraftCreated {
  const { db, at } = scope;
  const metadata = input.metadataText == null || input.metadataText === '' ? { value: {}, text: '{}' } : accepted(parseMetadata(input.metadataText));
  const facts = checkLog(scope, {
    project: input.project, artifact: input.artifact, type: input.type, description: input.description ?? '', metadata: metadata.value, aliases: input.aliases, tags: input.tags, runId: input.runId ?? undefined,
    reservedNames: input.reservedNames,
  });
  const { team, name: project } = checkProject(scope, input.project);
  if (input.runId != null) demand(scope.asker, 'source.log', projectObject(db, runRow(db, input.runId).projectId), { kind: 'run', label: String(input.runId) });
  const latest = facts.standing?.latestVersionId ?? null;
  const answer = (id: number, state: 'pending' | 'committed', binding = state === 'committed'): DraftCreated => ({ binding, answer: {
    id: branded<OutputOf<'drafts.create'>['id']>(id), state, latestVersionId: latest === null ? null : branded<OutputOf<'drafts.create'>['id']>(latest),
    artifactId: facts.standing === null ? null : branded<NonNullable<OutputOf<'drafts.create'>['artifactId']>>(facts.standing.id),
  } });

  // Clients ask again when an answer was lost: the same id is the same draft, or what became of it.
  if (input.clientId != null) {
    const open = db.value<number>(sql`SELECT id FROM drafts WHERE client_id = ${input.clientId} AND state = 'open'`);
    if (open !== undefined) {
      const draft = draftRow(db, open);
      if (draft.createdBy !== scope.actorId || draft.teamId !== team.id || draft.project !== project || draft.artifact !== facts.artifact) throw new VitrineError('already_exists', { details: { kind: 'draft', label: input.clientId } });
      return answer(open, 'pending');
    }
    const became = db.value<number>(sql`SELECT object_id FROM client_ids WHERE client_id = ${input.clientId} AND kind = 'version'`);
    if (became !== undefined) {
      const version = seenVersion(scope, became);
      if (facts.standing === null || version.artifactId !== facts.standing.id) throw new VitrineError('already_exists', { details: { kind: 'artifact version', label: input.clientId } });
      return answer(version.id, 'committed');
    }
  }
  if (input.distributedId != null) {
    const open = db.value<number>(sql`SELECT id FROM drafts WHERE team_id = ${team.id} AND project = ${project} AND artifact = ${facts.artifact} AND distributed_id = ${input.distributedId} AND state = 'open'`);
    if (open !== undefined) {
      const draft = draftRow(db, open);
      const union = (kept: string, more: readonly string[]) => JSON.stringify([...new Set([...stringList(kept), ...more])]);
      db.run(sql`UPDATE drafts SET aliases = ${union(draft.aliases, facts.aliases)}, tags = ${union(draft.tags, facts.tags)}, touched_at = ${at} WHERE id = ${open}`);
      return answer(open, 'pending');
    }
  } else if (input.deduplicate && facts.standing !== null && latest !== null) {
    const equal = db.value(sql`SELECT 1 FROM versions WHERE id = ${latest} AND lower(hex(wandb_digest)) = ${input.wandbDigest}`);
    if (equal !== undefined) {
      applyToStanding(scope, facts.standing, latest, facts, input.runId ?? undefined);
      if (input.clientId != null) nameForClient(scope, input.clientId, 'version', latest);
      if (input.sequenceClientId != null) nameForClient(scope, input.sequenceClientId, 'artifact', facts.standing.id);
      return answer(latest, 'committed');
    }
  }
  const { id, fromNewBlock } = nextDraftId(db);
  db.run(sql`
    INSERT INTO drafts (id, team_id, project, artifact, type, run_id, wandb_digest, aliases, tags, ttl_days, history_step, client_id, sequence_client_id, distributed_id, reserved_names, created_by, created_at, touched_at,
      description, metadata)
    VALUES (${id}, ${team.id}, ${project}, ${facts.artifact}, ${facts.type}, ${input.runId ?? null}, ${input.wandbDigest}, ${JSON.stringify(facts.aliases)}, ${JSON.stringify(facts.tags)},
      ${input.ttl == null ? null : keptTimeToLive(input.ttl)}, ${input.historyStep ?? null}, ${input.clientId ?? null}, ${input.sequenceClientId ?? null}, ${input.distributedId ?? null}, ${input.reservedNames ? 1 : 0},
      ${scope.actorId}, ${at}, ${at}, ${input.description ?? ''}, ${metadata.text})`);
  return answer(id, 'pending', fromNewBlock);
}

/** A commit that waits for the disk, and takes along what was answered before it. */
export function settle(scope: CommandScope): Record<string, never> {
  scope.db.run(sql`UPDATE meta SET value = value WHERE key = 'draft_ids'`);
  return {};
}

function nameForClient(scope: CommandScope, clientId: string, kind: 'version' | 'artifact', id: number): void {
  scope.db.run(sql`INSERT INTO client_ids (client_id, kind, object_id) VALUES (${clientId}, ${kind}, ${id}) ON CONFLICT (client_id) DO UPDATE SET kind = excluded.kind, object_id = excluded.object_id`);
}

/** A draft that the asker may go on with: their own, or one that several of the team write together. */
export function ownDraft(scope: QueryScope, id: number): DraftRow {
  const { db } = scope;
  const draft = draftRow(db, id);
  const asked = { kind: 'draft', label: String(id) };
  if (draft.createdBy !== scope.actorId && draft.distributedId === null) throw notFound(asked.kind, asked.label);
  const projectId = db.value<number>(sql`SELECT id FROM projects WHERE team_id = ${draft.teamId} AND name = ${draft.project} AND deleted_at IS NULL`);
  demand(scope.asker, 'source.log', { kind: 'project', id: projectId === undefined ? '' : String(projectId), name: draft.project, team: { id: String(draft.teamId), name: draft.entity } }, asked);
  return draft;
}

export function openDraft(scope: QueryScope, id: number): DraftRow {
  const draft = ownDraft(scope, id);
  demandOpen(draft);
  return draft;
}

/** @throws `version_unavailable` where nothing can be added any more */
export function demandOpen(draft: Pick<DraftRow, 'state'>): void {
  if (draft.state !== 'open') throw new VitrineError('version_unavailable', { details: { state: draft.state, explanation: draft.state === 'committed' ? 'The draft is committed: nothing can be added to a version.' : 'The draft was given up; log the version anew.' } });
}

function touch(scope: CommandScope, id: number): void {
  scope.db.run(sql`UPDATE drafts SET touched_at = ${scope.at} WHERE id = ${id}`);
}

// Manifests -----------------------------------------------------------------------------------------------------------

export function addManifest(scope: CommandScope, input: CheckedInputOf<'drafts.addManifest'>): OutputOf<'drafts.addManifest'> {
  const { db } = scope;
  openDraft(scope, input.draftId);
  const base = checkedBase(scope, input.baseVersionId);
  // A part of many is one of its own each time; else the client comes back for the same one once it knows the digest.
  const standing = input.kind === 'patch' ? undefined : db.value<number>(sql`SELECT id FROM draft_manifests WHERE draft_id = ${input.draftId} AND name = ${input.name} AND kind = ${input.kind}`);
  if (standing !== undefined && base !== null) db.run(sql`UPDATE draft_manifests SET base_version_id = ${base} WHERE id = ${standing}`);
  const manifestId = standing ?? db.run(sql`INSERT INTO draft_manifests (draft_id, kind, name, base_version_id) VALUES (${input.draftId}, ${input.kind}, ${input.name}, ${base})`).id;
  touch(scope, input.draftId);
  return { manifestId: branded(manifestId), uploadId: manifestUpload(scope, input.draftId, manifestId, input.md5 ?? null) };
}

export function updateManifest(scope: CommandScope, input: CheckedInputOf<'drafts.updateManifest'>): OutputOf<'drafts.updateManifest'> {
  const { db } = scope;
  const manifest = db.get<{ draftId: number }>(sql`SELECT draft_id AS draftId FROM draft_manifests WHERE id = ${input.manifestId}`);
  if (manifest === undefined) throw notFound('manifest', String(input.manifestId));
  openDraft(scope, manifest.draftId);
  const base = checkedBase(scope, input.baseVersionId);
  if (base !== null) db.run(sql`UPDATE draft_manifests SET base_version_id = ${base} WHERE id = ${input.manifestId}`);
  touch(scope, manifest.draftId);
  return { draftId: branded(manifest.draftId), manifestId: input.manifestId, uploadId: manifestUpload(scope, manifest.draftId, input.manifestId, input.md5 ?? null) };
}

function checkedBase(scope: CommandScope, id: number | null | undefined): number | null {
  return id == null ? null : usableVersion(scope, id, 'version.use').id;
}

/** Where a manifest's bytes may go; a new digest makes what came before worthless. */
function manifestUpload(scope: CommandScope, draftId: number, manifestId: number, md5: string | null): OutputOf<'drafts.addManifest'>['uploadId'] {
  const { db } = scope;
  if (md5 === null) return null;
  const standing = db.get<{ id: number; md5: Uint8Array }>(sql`SELECT id, md5 FROM uploads WHERE manifest_id = ${manifestId}`);
  if (standing === undefined) return branded(db.run(sql`INSERT INTO uploads (draft_id, manifest_id, path, md5) VALUES (${draftId}, ${manifestId}, '', ${bytesOf(md5)})`).id);
  if (hexOf(standing.md5) !== md5) db.run(sql`UPDATE uploads SET md5 = ${bytesOf(md5)}, sha256 = NULL, received_size = NULL, received_at = NULL WHERE id = ${standing.id}`);
  return branded(standing.id);
}

// Files ---------------------------------------------------------------------------------------------------------------

/** An object that the asker may read in some version, by what the client knows of it. */
export function readableObject(scope: QueryScope, md5: Uint8Array, size: number | null): { readonly sha256: string; readonly size: number } | null {
  const { db } = scope;
  const found = db.all<{ sha256: Uint8Array; size: number; projectId: number }>(sql`
    SELECT e.sha256, e.size, v.project_id AS projectId FROM manifest_entries e CROSS JOIN versions v ON v.manifest_id = e.manifest_id
    WHERE e.md5 = ${md5} AND e.sha256 IS NOT NULL AND v.state = 'committed' AND (${size} IS NULL OR e.size = ${size}) LIMIT 200`);
  const judged = new Map<number, boolean>();
  for (const one of found) {
    let may = judged.get(one.projectId);
    if (may === undefined) judged.set(one.projectId, (may = decide(scope.asker, 'source.use', projectObject(db, one.projectId)).allowed));
    if (may) return { sha256: hexOf(one.sha256), size: one.size };
  }
  return null;
}

export type PlannedFile = OutputOf<'drafts.planFiles'>['files'][number] & { /** Of the object that is here already. */ readonly sha256: string | null };

/**
 * A place for each file whose bytes are not here. `missing` names objects (hex SHA-256) that the catalog knows and the store turned out not
 * to have: they are to be sent again.
 */
export function planFiles(scope: CommandScope, input: CheckedInputOf<'drafts.planFiles'> & { readonly missing?: readonly string[] }): { readonly files: readonly PlannedFile[] } {
  const { db } = scope;
  const missing = new Set(input.missing ?? []);
  for (const id of new Set(input.files.map((file) => file.draftId))) {
    openDraft(scope, id);
    touch(scope, id);
  }
  return {
    files: input.files.map((file): PlannedFile => {
      const path = accepted(validatePathInArtifact(file.path));
      const md5 = bytesOf(file.md5);
      const size = file.size ?? null;
      const own = db.get<{ id: number; sha256: Uint8Array | null; inParts: number }>(sql`
        SELECT id, sha256, in_parts AS inParts FROM uploads WHERE draft_id = ${file.draftId} AND md5 = ${md5} AND manifest_id IS NULL ORDER BY received_at IS NULL LIMIT 1`);
      const here = own?.sha256 != null ? hexOf(own.sha256) : (readableObject(scope, md5, size)?.sha256 ?? null);
      if (here !== null && !missing.has(here)) return { draftId: file.draftId, path, uploadId: null, parts: null, sha256: here };
      const id = own?.id ?? db.run(sql`INSERT INTO uploads (draft_id, path, md5, size) VALUES (${file.draftId}, ${path}, ${md5}, ${size})`).id;
      if (own?.sha256 != null) db.run(sql`UPDATE uploads SET sha256 = NULL, received_size = NULL, received_at = NULL WHERE id = ${id}`);
      const parts = file.parts ?? [];
      if (parts.length > 0) planParts(scope, id, parts);
      return { draftId: file.draftId, path, uploadId: branded(id), parts: parts.length === 0 ? null : parts.map((part) => part.number).sort((left, right) => left - right), sha256: null };
    }),
  };
}

/** The parts of an upload. Announced otherwise than before, what came of it is worthless. */
function planParts(scope: CommandScope, uploadId: number, parts: readonly { readonly number: number; readonly md5: string }[]): void {
  const { db } = scope;
  const known = new Map(db.all<{ number: number; md5: Uint8Array }>(sql`SELECT number, md5 FROM upload_parts WHERE upload_id = ${uploadId}`).map((part) => [part.number, hexOf(part.md5)]));
  db.run(sql`UPDATE uploads SET in_parts = 1 WHERE id = ${uploadId}`);
  const announced = new Map(parts.map((part) => [part.number, part.md5]));
  if (known.size === announced.size && [...announced].every(([number, md5]) => known.get(number) === md5)) return;
  db.run(sql`DELETE FROM upload_parts WHERE upload_id = ${uploadId}`);
  db.run(sql`UPDATE uploads SET part_size = NULL, arrival = NULL WHERE id = ${uploadId}`);
  for (const [number, md5] of announced) db.run(sql`INSERT INTO upload_parts (upload_id, number, md5) VALUES (${uploadId}, ${number}, ${bytesOf(md5)})`);
}

export type PartPlace = { readonly md5: string; readonly path: string; /** Under which name the whole arrives, and where in it the part begins; null: it is kept as an object of its own. */ readonly place: { readonly arrival: string; readonly start: number; readonly received: boolean } | null };

/**
 * Where a part of that size goes. All but the last have one size, which the first to come tells: then each has its place in the whole. The last one, and
 * whoever doesn't keep to that, has none.
 */
export function placePart(scope: CommandScope, input: { readonly uploadId: number; readonly part: number; readonly size: number }): PartPlace {
  const { db } = scope;
  const upload = db.get<{ draftId: number; path: string; partSize: number | null; arrival: string | null }>(sql`SELECT draft_id AS draftId, path, part_size AS partSize, arrival FROM uploads WHERE id = ${input.uploadId}`);
  if (upload === undefined) throw notFound('upload', String(input.uploadId));
  openDraft(scope, upload.draftId);
  const part = db.get<{ md5: Uint8Array; size: number | null; sha256: Uint8Array | null }>(sql`SELECT md5, size, sha256 FROM upload_parts WHERE upload_id = ${input.uploadId} AND number = ${input.part}`);
  if (part === undefined) throw notFound('part of an upload', String(input.part));
  const facts = { md5: hexOf(part.md5), path: upload.path };
  const [before, after] = [sql`number < ${input.part}`, sql`number > ${input.part}`].map((where) => db.value<number>(sql`SELECT count(*) FROM upload_parts WHERE upload_id = ${input.uploadId} AND ${where}`) ?? 0);
  if (after === 0 || (upload.partSize !== null && upload.partSize !== input.size)) return { ...facts, place: null };
  const arrival = upload.arrival ?? randomUUID();
  if (upload.arrival === null) db.run(sql`UPDATE uploads SET part_size = ${input.size}, arrival = ${arrival} WHERE id = ${input.uploadId}`);
  touch(scope, upload.draftId);
  return { ...facts, place: { arrival, start: (before ?? 0) * input.size, received: part.size !== null && part.sha256 === null } };
}

type UploadNote = { readonly uploadId: number; readonly part?: number | undefined; readonly md5?: string; readonly sha256: string | null; readonly size: number };

/**
 * Notes that bytes came; a part without a digest lies at its place in the whole. Small ones are noted while they are written: the store is asked
 * whether it has them. Not noted where the place has been given to other bytes (`md5`) meanwhile.
 */
export function noteUpload(scope: CommandScope, input: UploadNote): Record<string, never> {
  const draftId = draftOfUpload(scope, input);
  openDraft(scope, draftId);
  noteBytes(scope, input);
  touch(scope, draftId);
  return {};
}

function draftOfUpload({ db }: CommandScope, { uploadId }: UploadNote): number {
  const draftId = db.value<number>(sql`SELECT draft_id FROM uploads WHERE id = ${uploadId}`);
  if (draftId === undefined) throw notFound('upload', String(uploadId));
  return draftId;
}

function noteBytes({ db, at }: CommandScope, input: UploadNote): void {
  const sha256 = input.sha256 === null ? null : bytesOf(input.sha256);
  if (input.part === undefined) {
    db.run(sql`UPDATE uploads SET sha256 = ${sha256}, received_size = ${input.size}, received_at = ${at} WHERE id = ${input.uploadId} AND ${input.md5 === undefined ? sql`1` : sql`md5 = ${bytesOf(input.md5)}`}`);
    return;
  }
  const { changes } = db.run(sql`UPDATE upload_parts SET sha256 = ${sha256}, size = ${input.size} WHERE upload_id = ${input.uploadId} AND number = ${input.part}`);
  if (changes === 0) throw notFound('part of an upload', String(input.part));
}

/** The same of several of one draft. */
export function noteUploads(scope: CommandScope, input: { readonly uploads: readonly UploadNote[] }): Record<string, never> {
  const drafts = new Set<number>();
  for (const upload of input.uploads) {
    const draftId = draftOfUpload(scope, upload);
    if (!drafts.has(draftId)) openDraft(scope, draftId);
    drafts.add(draftId);
    noteBytes(scope, upload);
  }
  for (const draftId of drafts) touch(scope, draftId);
  return {};
}

/** Lets go of the parts of an upload. */
export function dropParts(scope: CommandScope, input: { readonly uploadId: number }): Record<string, never> {
  const { db } = scope;
  const draftId = db.value<number>(sql`SELECT draft_id FROM uploads WHERE id = ${input.uploadId}`);
  if (draftId === undefined) throw notFound('upload', String(input.uploadId));
  ownDraft(scope, draftId);
  db.run(sql`DELETE FROM upload_parts WHERE upload_id = ${input.uploadId}`);
  db.run(sql`UPDATE uploads SET part_size = NULL, arrival = NULL WHERE id = ${input.uploadId}`);
  return {};
}

// Ending --------------------------------------------------------------------------------------------------------------

export type DraftCommit = { readonly id: number; readonly entries: readonly CommittedEntry[]; readonly digest: string; readonly wandbDigest: string; readonly size: number; /** Hex SHA-256 of the manifest in the store. */ readonly clientManifest: string };

/** Makes the draft a version. Everything that it lists was found in the store before. */
export function commitDraft(scope: CommandScope, input: DraftCommit): OutputOf<'drafts.commit'> {
  const { db } = scope;
  const draft = ownDraft(scope, input.id);
  if (draft.state === 'committed') return committedDraft(scope, draft);
  demandOpen(draft);
  const committed = commitVersion(scope, {
    project: { entity: draft.entity, name: draft.project }, artifact: draft.artifact, type: draft.type, description: draft.description, metadata: JSON.parse(draft.metadata) as unknown,
    aliases: stringList(draft.aliases), tags: stringList(draft.tags), runId: draft.runId ?? undefined, reservedNames: draft.reservedNames,
    entries: input.entries, digest: input.digest, wandbDigest: input.wandbDigest, size: input.size,
    draft: { id: draft.id, ttlDays: draft.ttlDays, historyStep: draft.historyStep, clientManifest: input.clientManifest, metadataText: draft.metadata },
  });
  db.run(sql`UPDATE drafts SET state = 'committed', version_id = ${committed.versionId} WHERE id = ${draft.id}`);
  forgetUploads(scope, draft.id);
  if (draft.clientId !== null) nameForClient(scope, draft.clientId, 'version', committed.versionId);
  if (draft.sequenceClientId !== null) nameForClient(scope, draft.sequenceClientId, 'artifact', committed.artifactId);
  return committed;
}

/** What a commit answered, for a client that asks again. */
export function committedDraft(scope: QueryScope, draft: DraftRow): OutputOf<'drafts.commit'> {
  const version = versionRow(scope.db, draft.versionId ?? draft.id);
  const facts = scope.db.get<{ digest: Uint8Array; wandbDigest: Uint8Array; size: number; fileCount: number }>(sql`SELECT digest, wandb_digest AS wandbDigest, size, file_count AS fileCount FROM versions WHERE id = ${version.id}`);
  if (facts === undefined) throw notFound('artifact version', String(version.id));
  return {
    versionId: branded(version.id), artifactId: branded(version.artifactId), index: version.index, digest: hexOf(facts.digest), wandbDigest: hexOf(facts.wandbDigest), size: facts.size, fileCount: facts.fileCount,
    created: version.id === draft.id,
  };
}

function forgetUploads(scope: CommandScope, draftId: number): void {
  const { db } = scope;
  db.run(sql`DELETE FROM upload_parts WHERE upload_id IN (SELECT id FROM uploads WHERE draft_id = ${draftId})`);
  db.run(sql`DELETE FROM uploads WHERE draft_id = ${draftId}`);
  db.run(sql`DELETE FROM draft_manifests WHERE draft_id = ${draftId}`);
}

function giveUp(scope: CommandScope, draftId: number): void {
  forgetUploads(scope, draftId);
  scope.db.run(sql`UPDATE drafts SET state = 'abandoned', description = '', metadata = '{}' WHERE id = ${draftId}`);
}

export function abandonDraft(scope: CommandScope, input: CheckedInputOf<'drafts.abandon'>): OutputOf<'drafts.abandon'> {
  const draft = ownDraft(scope, input.id);
  if (draft.state === 'open') giveUp(scope, draft.id);
  return {};
}

/** Drafts that nobody has touched since: their client is gone. */
export function sweepDrafts(scope: CommandScope, input: { readonly untouchedSince: number }): { readonly abandoned: number } {
  const old = scope.db.column<number>(sql`SELECT id FROM drafts WHERE state = 'open' AND touched_at < ${input.untouchedSince} ORDER BY touched_at LIMIT 1000`);
  for (const id of old) giveUp(scope, id);
  return { abandoned: old.length };
}

