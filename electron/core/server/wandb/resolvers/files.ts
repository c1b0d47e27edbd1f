/** Files of versions, with addresses that fetch them without a key. */
import { VitrineError, type ManifestEntry, type VersionDetail, type VersionId } from '#shared/contract/index.ts';
import { mediaTypeOf } from '../../../operations/mediaTypes.ts';
import type { Asking, EntryFacts } from '../asking.ts';
import { digestToWire } from '../digests.ts';
import { globalId } from '../ids.ts';
import { clampRows } from '../limits.ts';
import { connection, pageOf, type PageArguments } from '../pages.ts';

export type ManifestEntryAsked = { readonly name: string; readonly digest: string; readonly birthArtifactID?: string | null; readonly size?: number | null };

/** Every entry of the manifest, references among them: what is not listed here, a client doesn't download. */
export async function filesConnection(asking: Asking, versionId: VersionId, args: PageArguments & { readonly names?: readonly string[] | null }): Promise<object> {
  const version = await asking.version(versionId);
  const updatedAt = version?.createdAt ?? null;
  const id = version?.id ?? versionId;
  if (args.names !== null && args.names !== undefined && args.names.length > 0) {
    const names = [...new Set(args.names)].slice(0, 10_000);
    const found = (await Promise.all(names.map((name) => asking.entry(id, name)))).filter((entry) => entry !== null);
    const start = /^\d{1,9}$/.test(args.after ?? '') ? Number(args.after) : 0;
    const end = start + clampRows(args.first ?? found.length);
    return connection({ items: found.slice(start, end), nextCursor: end < found.length ? String(end) : null, total: found.length }, (entry) => fileNode(asking, id, entry, updatedAt));
  }
  const page = await pageOf<ManifestEntry>(args, (asked) => asking.ask('versions.manifest', { id, ...asked }));
  return connection(page, (entry) => fileNode(asking, id, entry, updatedAt));
}

/** One file per entry, in their order, as older clients fetch what they know from the manifest. */
export function filesByEntries(asking: Asking, versionId: VersionId, entries: readonly ManifestEntryAsked[]): Promise<readonly object[]> {
  if (entries.length > 10_000) throw new VitrineError('bad_input', { details: { explanation: 'At most 10000 entries can be asked for at once.' } });
  return Promise.all(entries.map(async (asked) => {
    const entry = await asking.entry(versionId, asked.name);
    if (entry === null) throw new VitrineError('not_found', { details: { kind: 'file', label: asked.name } });
    return fileNode(asking, versionId, entry, null);
  }));
}

function fileNode(asking: Asking, versionId: VersionId, entry: EntryFacts, updatedAt: string | null): object {
  const digest = entry.md5 === null ? null : digestToWire(entry.md5);
  const address = (): string => entry.reference ?? asking.address({ for: 'file', versionId, path: entry.path }, entry.path);
  return {
    __typename: 'File', id: globalId('File', `${versionId}:${entry.path}`), name: entry.path, displayName: entry.path, url: address, directUrl: address, sizeBytes: entry.size,
    storagePath: entry.sha256 === null ? null : `sha256/${entry.sha256}`, mimetype: mediaTypeOf(entry.path), updatedAt, digest, md5: digest, uploadUrl: null, uploadHeaders: [], uploadMultipartUrls: null, artifact: null,
  };
}

export function manifestFileNode(asking: Asking, version: VersionDetail): object {
  const name = 'wandb_manifest.json';
  const address = (): string => asking.address({ for: 'manifest', versionId: version.id }, name);
  return {
    __typename: 'File', id: globalId('File', `manifest-${version.id}`), name, displayName: name, url: address, directUrl: address, sizeBytes: 0, storagePath: null, mimetype: 'application/json', updatedAt: version.createdAt, digest: null, md5: null,
    uploadUrl: null, uploadHeaders: [], uploadMultipartUrls: null, artifact: null,
  };
}

/** Where bytes may be sent; an address of null says that they are here already. */
export function uploadFileNode(asking: Asking, upload: { readonly name: string; readonly uploadId: number | null; readonly parts: readonly number[] | null; readonly artifact: object | null }): object {
  const { uploadId, name } = upload;
  const address = (part: number | null): string | null => (uploadId === null ? null : asking.address({ for: 'upload', uploadId, part }, name));
  return {
    __typename: 'File', id: globalId('File', `upload-${uploadId ?? 0}`), name, displayName: name, url: null, directUrl: '', sizeBytes: 0, storagePath: `drafts/${uploadId ?? 'stored'}`, mimetype: null, updatedAt: null, digest: null, md5: null,
    uploadUrl: () => address(null), uploadHeaders: [], artifact: upload.artifact,
    uploadMultipartUrls: () => (uploadId === null || upload.parts === null ? null : { uploadID: globalId('Upload', uploadId), uploadUrlParts: upload.parts.map((part) => ({ partNumber: part, uploadUrl: address(part) })) }),
  };
}
