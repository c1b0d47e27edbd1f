/** Drafts as core needs them to take their bytes and to commit them. */
import type { CheckedInputOf, ManifestEntry, ManifestKind, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { notFound } from '../access.ts';
import { committedDraft, demandOpen, openDraft, ownDraft, readableObject } from '../commands/drafts.ts';
import { branded, bytesOf, hexOf } from '../records/shared.ts';
import { versionRow } from '../records/rows.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { entryOf, type EntryRow } from './versions.ts';
import { seenProject, seenVersion, usableVersion } from './visible.ts';

export function getDraft(scope: QueryScope, input: CheckedInputOf<'drafts.get'>): OutputOf<'drafts.get'> {
  const draft = ownDraft(scope, input.id);
  const manifests = scope.db.all<{ id: number; kind: ManifestKind; name: string; received: number }>(sql`
    SELECT m.id, m.kind, m.name, u.sha256 IS NOT NULL AS received FROM draft_manifests m LEFT JOIN uploads u ON u.manifest_id = m.id WHERE m.draft_id = ${draft.id} ORDER BY m.id`);
  return {
    id: branded(draft.id), state: draft.state, versionId: draft.versionId === null ? null : branded(draft.versionId), entity: draft.entity, project: draft.project, artifact: draft.artifact, type: draft.type,
    wandbDigest: draft.wandbDigest, manifests: manifests.map((row) => ({ id: branded(row.id), kind: row.kind, name: row.name, received: row.received === 1 })),
  };
}

export function resolveClientId(scope: QueryScope, input: CheckedInputOf<'clientIds.resolve'>): OutputOf<'clientIds.resolve'> {
  const { db } = scope;
  const known = db.get<{ kind: 'version' | 'artifact'; id: number }>(sql`SELECT kind, object_id AS id FROM client_ids WHERE client_id = ${input.clientId}`);
  if (known !== undefined) {
    if (known.kind === 'version') seenVersion(scope, known.id);
    else {
      const projectId = db.value<number>(sql`SELECT project_id FROM artifacts WHERE id = ${known.id}`);
      if (projectId !== undefined) seenProject(scope, projectId, { kind: 'client id', label: input.clientId });
    }
    return { ...known, pending: false };
  }
  const draft = db.value<number>(sql`SELECT id FROM drafts WHERE client_id = ${input.clientId} AND state = 'open'`);
  if (draft === undefined) throw notFound('client id', input.clientId);
  return { kind: 'version', id: ownDraft(scope, draft).id, pending: true };
}

export type UploadFacts = { readonly draftId: number; readonly md5: string; readonly size: number | null; readonly path: string; /** Of the object that holds its bytes. */ readonly sha256: string | null };

/** What is to come at a place for bytes: refused where the draft takes none any more. */
export function uploadFacts(scope: QueryScope, input: { readonly uploadId: number; readonly part?: number | undefined }): UploadFacts {
  const { db } = scope;
  const found = db.get<{ draftId: number; md5: Uint8Array; size: number | null; path: string; sha256: Uint8Array | null }>(sql`SELECT draft_id AS draftId, md5, size, path, sha256 FROM uploads WHERE id = ${input.uploadId}`);
  if (found === undefined) throw notFound('upload', String(input.uploadId));
  openDraft(scope, found.draftId);
  const row = { ...found, sha256: found.sha256 === null ? null : hexOf(found.sha256) };
  if (input.part === undefined) return { ...row, md5: hexOf(row.md5) };
  const md5 = db.value<Uint8Array>(sql`SELECT md5 FROM upload_parts WHERE upload_id = ${input.uploadId} AND number = ${input.part}`);
  if (md5 === undefined) throw notFound('part of an upload', String(input.part));
  return { ...row, md5: hexOf(md5), size: null };
}

export type PartFacts = { readonly number: number; /** Of the object that holds it alone; null where it lies at its place, or never came. */ readonly sha256: string | null; /** Null: it never came. */ readonly size: number | null };
export type UploadParts = { /** Under which name the whole arrives. */ readonly arrival: string | null; readonly parts: readonly PartFacts[] };

export function uploadParts(scope: QueryScope, input: { readonly uploadId: number }): UploadParts {
  const parts = scope.db.all<{ number: number; sha256: Uint8Array | null; size: number | null }>(sql`SELECT number, sha256, size FROM upload_parts WHERE upload_id = ${input.uploadId} ORDER BY number`);
  return {
    arrival: scope.db.value<string | null>(sql`SELECT arrival FROM uploads WHERE id = ${input.uploadId}`) ?? null,
    parts: parts.map((row) => ({ ...row, sha256: row.sha256 === null ? null : hexOf(row.sha256) })),
  };
}

/** Names of all that arrives in parts. */
export function arrivals(scope: QueryScope): readonly string[] {
  return scope.db.column<string>(sql`SELECT arrival FROM uploads WHERE arrival IS NOT NULL UNION ALL SELECT arrival FROM fetched_files WHERE arrival IS NOT NULL`);
}

export type DraftManifest = { readonly id: number; readonly kind: ManifestKind; readonly name: string; readonly baseVersionId: number | null; readonly announced: boolean; readonly sha256: string | null; readonly size: number };
export type DraftToCommit =
  | { readonly state: 'committed'; readonly outcome: OutputOf<'drafts.commit'> }
  | { readonly state: 'open'; readonly wandbDigest: string; readonly distributed: boolean; readonly manifests: readonly DraftManifest[] };

export function draftToCommit(scope: QueryScope, input: { readonly id: number }): DraftToCommit {
  const draft = ownDraft(scope, input.id);
  if (draft.state === 'committed') return { state: 'committed', outcome: committedDraft(scope, draft) };
  demandOpen(draft);
  const manifests = scope.db.all<Omit<DraftManifest, 'announced' | 'sha256'> & { announced: number; sha256: Uint8Array | null }>(sql`
    SELECT m.id, m.kind, m.name, m.base_version_id AS baseVersionId, u.id IS NOT NULL AS announced, u.sha256, coalesce(u.received_size, 0) AS size
    FROM draft_manifests m LEFT JOIN uploads u ON u.manifest_id = m.id WHERE m.draft_id = ${draft.id} ORDER BY m.id`);
  return {
    state: 'open', wandbDigest: draft.wandbDigest, distributed: draft.distributedId !== null,
    manifests: manifests.map((row) => ({ ...row, announced: row.announced === 1, sha256: row.sha256 === null ? null : hexOf(row.sha256) })),
  };
}

/** For each content in order, the object with its bytes: sent to this draft, in one of its bases, or in a version that the asker may read. */
export function resolveContents(scope: QueryScope, input: { readonly draftId: number; readonly baseVersionIds: readonly number[]; readonly contents: readonly { readonly md5: string; readonly size: number }[] }): readonly (string | null)[] {
  const { db } = scope;
  openDraft(scope, input.draftId);
  const bases = input.baseVersionIds.map((id) => usableVersion(scope, id, 'version.use').id);
  return input.contents.map(({ md5, size }) => {
    const bytes = bytesOf(md5);
    const sent = db.value<Uint8Array>(sql`SELECT sha256 FROM uploads WHERE draft_id = ${input.draftId} AND md5 = ${bytes} AND sha256 IS NOT NULL AND received_size = ${size} AND manifest_id IS NULL LIMIT 1`);
    if (sent !== undefined) return hexOf(sent);
    for (const id of bases) {
      const kept = db.value<Uint8Array>(sql`
        SELECT e.sha256 FROM versions v JOIN manifest_entries e ON e.manifest_id = v.manifest_id WHERE v.id = ${id} AND e.md5 = ${bytes} AND e.size = ${size} AND e.sha256 IS NOT NULL LIMIT 1`);
      if (kept !== undefined) return hexOf(kept);
    }
    return readableObject(scope, bytes, size)?.sha256 ?? null;
  });
}

/** Where the client's own manifest of a version lies; null where none was kept. */
export function clientManifest(scope: QueryScope, input: { readonly id: number }): { readonly versionId: number; readonly sha256: string | null } {
  const version = usableVersion(scope, input.id, 'version.download');
  const kept = scope.db.value<Uint8Array | null>(sql`SELECT client_manifest FROM versions WHERE id = ${version.id}`) ?? null;
  return { versionId: version.id, sha256: kept === null ? null : hexOf(kept) };
}

/** An entry by the MD5 of its bytes, as old download addresses name it. */
export function entryByMd5(scope: QueryScope, input: { readonly id: number; readonly md5: string }): ManifestEntry {
  if (!/^[0-9a-f]{32}$/.test(input.md5)) throw new VitrineError('bad_input', { details: { explanation: 'The digest is no MD5 in hex.' } });
  usableVersion(scope, input.id, 'version.download');
  const manifestId = scope.db.value<number>(sql`SELECT manifest_id FROM versions WHERE id = ${versionRow(scope.db, input.id).id}`) ?? 0;
  const row = scope.db.get<EntryRow>(sql`SELECT path, size, sha256, md5, reference FROM manifest_entries WHERE manifest_id = ${manifestId} AND md5 = ${bytesOf(input.md5)} AND sha256 IS NOT NULL LIMIT 1`);
  if (row === undefined) throw notFound('file', input.md5);
  return entryOf(row);
}
