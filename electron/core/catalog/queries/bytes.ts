/** Where the bytes of versions lie, as far as the catalog knows. */
import type { BytesStanding, CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { demand, organizationObject } from '../access.ts';
import { bucketOf, bucketRow, bucketRows } from '../records/buckets.ts';
import type { SeenVersion } from '../records/remotes.ts';
import { artifactNamesOf, versionRow } from '../records/rows.ts';
import { branded } from '../records/shared.ts';
import { versionSubject } from '../records/subjects.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import type { Unfetched } from './remotes.ts';
import { seenVersion } from './visible.ts';

export const listBuckets = (scope: QueryScope): OutputOf<'buckets.list'> => ({ items: bucketRows(scope.db).map(bucketOf) });

/** For whoever is to change, test or read out a bucket. */
export function manageBucket(scope: QueryScope, input: { readonly id: number }): OutputOf<'buckets.update'> {
  demand(scope.asker, 'organization.manage', organizationObject(scope.db));
  return bucketOf(bucketRow(scope.db, input.id));
}

type Counted = { readonly manifestId: number; readonly files: number; readonly bytes: number; readonly contents: number; readonly freedFiles: number; readonly freedBytes: number; readonly freedContents: number };

/** Counts of what a version is made of, and of what of it was freed. */
function countsOf(scope: QueryScope, versionId: number): Counted {
  const counted = scope.db.get<Counted>(sql`
    SELECT v.manifest_id AS manifestId, count(e.sha256) AS files, coalesce(sum(CASE WHEN e.sha256 IS NULL THEN 0 ELSE e.size END), 0) AS bytes, count(DISTINCT e.sha256) AS contents,
      count(f.sha256) AS freedFiles, coalesce(sum(CASE WHEN f.sha256 IS NULL THEN 0 ELSE e.size END), 0) AS freedBytes, count(DISTINCT f.sha256) AS freedContents
    FROM versions v LEFT JOIN manifest_entries e ON e.manifest_id = v.manifest_id LEFT JOIN freed_objects f ON f.sha256 = e.sha256 WHERE v.id = ${versionId} GROUP BY v.id`);
  return counted ?? { manifestId: 0, files: 0, bytes: 0, contents: 0, freedFiles: 0, freedBytes: 0, freedContents: 0 };
}

export function whereBytes(scope: QueryScope, input: CheckedInputOf<'bytes.where'>): OutputOf<'bytes.where'> {
  return { items: [...new Set(input.versionIds as readonly number[])].map((id) => standingOf(scope, seenVersion(scope, id).id)) };
}

function standingOf(scope: QueryScope, id: number): BytesStanding {
  const { db } = scope;
  const counted = countsOf(scope, id);
  const remotes = db.all<{ id: number; name: string; fetched: number | null; trouble: string | null }>(sql`
    SELECT DISTINCT m.id, m.name, v.fetched_at AS fetched, v.unfetchable AS trouble FROM remote_versions v JOIN remotes m ON m.id = v.remote_id WHERE v.version_id = ${id} AND v.gone_at IS NULL AND m.removed_at IS NULL ORDER BY m.name`);
  const buckets = db.all<{ id: number; name: string; contents: number; freed: number }>(sql`
    SELECT b.id, b.name, count(DISTINCT o.sha256) AS contents, count(DISTINCT f.sha256) AS freed FROM manifest_entries e JOIN bucket_objects o ON o.sha256 = e.sha256 JOIN buckets b ON b.id = o.bucket_id LEFT JOIN freed_objects f ON f.sha256 = e.sha256
    WHERE e.manifest_id = ${counted.manifestId} AND b.removed_at IS NULL GROUP BY b.id ORDER BY b.name`);
  const fetched = db.value<number | null>(sql`SELECT sum(CASE WHEN sha256 IS NULL THEN coalesce((SELECT sum(json_extract(value, '$[1]')) FROM json_each(parts)), 0) ELSE size END) FROM fetched_files WHERE version_id = ${id}`) ?? null;
  const places: BytesStanding['places'] = [
    ...[...new Map(remotes.map((remote) => [remote.id, remote])).values()].map(({ id: remote, name }) => ({ kind: 'remote' as const, id: remote, name, holds: 'all' as const })),
    ...buckets.map(({ id: bucket, name, contents }) => ({ kind: 'bucket' as const, id: bucket, name, holds: contents === counted.contents ? ('all' as const) : ('some' as const) })),
  ];
  // What was never fetched has one reference in place of its files.
  if (counted.files === 0 && remotes.some((remote) => remote.fetched === null)) {
    return { versionId: branded(id), standing: 'elsewhere', files: null, bytes: null, filesHere: 0, bytesHere: 0, places, fetched, trouble: remotes.find((remote) => remote.trouble !== null)?.trouble ?? null };
  }
  const reachable = remotes.length > 0 || buckets.some(({ freed }) => freed === counted.freedContents);
  const standing = counted.freedFiles === 0 ? 'here' : !reachable ? 'nowhere' : counted.freedFiles === counted.files ? 'elsewhere' : 'partly';
  return { versionId: branded(id), standing, files: counted.files, bytes: counted.bytes, filesHere: counted.files - counted.freedFiles, bytesHere: counted.bytes - counted.freedBytes, places, fetched, trouble: null };
}

/** A version whose bytes are to go somewhere or to come from there. */
export type BytesSources = {
  readonly versionId: number;
  readonly label: string;
  /** Not fetched yet: its files are not known here. */
  readonly unknown: boolean;
  /** Whether some of what it is made of was freed here. */
  readonly freed: boolean;
  readonly remotes: readonly Unfetched[];
  /** Buckets with at least one of its objects, those with the most first. */
  readonly buckets: readonly number[];
};

export function bytesSources(scope: QueryScope, input: { readonly versionIds: readonly number[] }): readonly BytesSources[] {
  const { db } = scope;
  return [...new Set(input.versionIds)].map((id) => {
    const version = versionRow(db, id);
    const counted = countsOf(scope, id);
    const remotes = db.all<{ remoteId: number; model: string; version: string; seen: string; fetched: number | null }>(sql`
      SELECT v.remote_id AS remoteId, v.model, v.version, v.seen, v.fetched_at AS fetched FROM remote_versions v JOIN remotes m ON m.id = v.remote_id WHERE v.version_id = ${id} AND v.gone_at IS NULL AND m.removed_at IS NULL ORDER BY v.remote_id`);
    return {
      versionId: id, label: versionSubject(artifactNamesOf(version), version).label, unknown: counted.files === 0 && remotes.some(({ fetched }) => fetched === null), freed: counted.freedFiles > 0,
      remotes: remotes.map(({ seen, remoteId, model, version: number }) => {
        const { source, runId } = JSON.parse(seen) as SeenVersion;
        return { remoteId, versionId: id, model, version: number, source, runId };
      }),
      buckets: db.column<number>(sql`
        SELECT o.bucket_id FROM manifest_entries e JOIN bucket_objects o ON o.sha256 = e.sha256 JOIN buckets b ON b.id = o.bucket_id WHERE e.manifest_id = ${counted.manifestId} AND b.removed_at IS NULL GROUP BY o.bucket_id ORDER BY count(*) DESC, o.bucket_id`),
    };
  });
}

/** Which of these objects a bucket has, as far as was noted. */
export function inBucket(scope: QueryScope, input: { readonly bucketId: number; readonly digests: readonly string[] }): readonly string[] {
  return input.digests.filter((digest) => scope.db.value(sql`SELECT 1 FROM bucket_objects WHERE bucket_id = ${input.bucketId} AND sha256 = ${Buffer.from(digest, 'hex')}`) !== undefined);
}

/** Objects among these that other standing versions, or anything else than versions, are made of too. */
export function sharedDigests(scope: QueryScope, input: { readonly digests: readonly string[]; readonly versionIds: readonly number[] }): readonly string[] {
  const { db } = scope;
  return input.digests.filter((digest) => {
    const sha256 = Buffer.from(digest, 'hex');
    return db.value(sql`
      SELECT 1 FROM manifest_entries e JOIN versions v ON v.manifest_id = e.manifest_id WHERE e.sha256 = ${sha256} AND v.state <> 'pending' AND v.id NOT IN ${listOf(input.versionIds)}
      UNION ALL SELECT 1 FROM versions v WHERE v.client_manifest = ${sha256}
      UNION ALL SELECT 1 FROM run_files WHERE sha256 = ${sha256} UNION ALL SELECT 1 FROM uploads WHERE sha256 = ${sha256} UNION ALL SELECT 1 FROM upload_parts WHERE sha256 = ${sha256} LIMIT 1`) !== undefined;
  });
}

export type FetchedFile = { readonly path: string; readonly size: number; readonly sha256: string | null; readonly md5: string | null; readonly arrival: string | null; readonly parts: readonly (readonly [start: number, size: number])[]; readonly etag: string | null };

export function fetchedFiles(scope: QueryScope, input: { readonly versionId: number }): readonly FetchedFile[] {
  return scope.db.all<Omit<FetchedFile, 'parts'> & { readonly parts: string }>(sql`SELECT path, size, sha256, md5, arrival, parts, etag FROM fetched_files WHERE version_id = ${input.versionId}`)
    .map(({ parts, ...rest }) => ({ ...rest, parts: JSON.parse(parts) as FetchedFile['parts'] }));
}
