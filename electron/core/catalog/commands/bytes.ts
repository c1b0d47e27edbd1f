/** Buckets, and what was put into them, freed here, and is on its way here. The bytes themselves are the store's. */
import type { Bucket } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { demand, organizationObject } from '../access.ts';
import type { EventSubject } from '../history.ts';
import { bucketOf, bucketRow, type BucketSettings } from '../records/buckets.ts';
import { artifactNamesOf, versionRow } from '../records/rows.ts';
import { versionSubject } from '../records/subjects.ts';
import type { CommandScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import type { FetchedFile } from '../queries/bytes.ts';

const bucketSubject = ({ id, name }: { readonly id: number; readonly name: string }): EventSubject => ({ kind: 'bucket', id, label: name, address: 'vitrine://sync', registryId: null });

const blob = (digest: string): Uint8Array => Buffer.from(digest, 'hex');

function mayManage(scope: CommandScope): void {
  demand(scope.asker, 'organization.manage', organizationObject(scope.db));
}

function acceptedName(scope: CommandScope, text: string, id: number): string {
  const name = text.trim();
  if (name === '') throw new VitrineError('bad_input', { details: { explanation: 'A bucket needs a name to be known by.' } });
  if (scope.db.value(sql`SELECT 1 FROM buckets WHERE name = ${name} AND removed_at IS NULL AND id <> ${id}`) !== undefined) throw new VitrineError('already_exists', { details: { kind: 'bucket', label: name } });
  return name;
}

export function addBucket(scope: CommandScope, input: { readonly name: string; readonly settings: BucketSettings }): Bucket {
  mayManage(scope);
  const name = acceptedName(scope, input.name, 0);
  const { id } = scope.db.run(sql`INSERT INTO buckets (name, settings, created_at) VALUES (${name}, ${JSON.stringify(input.settings)}, ${scope.at})`);
  const { bucket, prefix, endpoint } = input.settings;
  scope.record({ kind: 'bucket.added', subject: bucketSubject({ id, name }), before: null, after: { bucket, prefix, endpoint } });
  scope.changed('bucket', id);
  return bucketOf(bucketRow(scope.db, id));
}

export function updateBucket(scope: CommandScope, input: { readonly id: number; readonly name?: string | undefined; readonly credential?: BucketSettings['credential'] | undefined }): Bucket {
  mayManage(scope);
  const bucket = bucketRow(scope.db, input.id);
  const name = input.name === undefined ? bucket.name : acceptedName(scope, input.name, bucket.id);
  const settings = input.credential === undefined ? bucket.settings : { ...bucket.settings, credential: input.credential };
  const before = { name: bucket.name, credential: bucket.settings.credential };
  const after = { name, credential: settings.credential };
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    scope.db.run(sql`UPDATE buckets SET name = ${name}, settings = ${JSON.stringify(settings)} WHERE id = ${bucket.id}`);
    scope.record({ kind: 'bucket.updated', subject: bucketSubject({ id: bucket.id, name }), before, after });
    scope.changed('bucket', bucket.id);
  }
  return bucketOf(bucketRow(scope.db, bucket.id));
}

export function removeBucket(scope: CommandScope, input: { readonly id: number }): Record<string, never> {
  const { db } = scope;
  mayManage(scope);
  const bucket = bucketRow(db, input.id);
  const alone = db.get<{ label: string; count: number }>(sql`
    SELECT a.name || ':v' || v.idx AS label, count(DISTINCT v.id) AS count FROM bucket_objects o JOIN freed_objects f ON f.sha256 = o.sha256 JOIN manifest_entries e ON e.sha256 = o.sha256 JOIN versions v ON v.manifest_id = e.manifest_id AND v.state = 'committed' JOIN artifacts a ON a.id = v.artifact_id
    WHERE o.bucket_id = ${bucket.id} AND NOT EXISTS (SELECT 1 FROM bucket_objects p JOIN buckets b ON b.id = p.bucket_id WHERE p.sha256 = o.sha256 AND p.bucket_id <> o.bucket_id AND b.removed_at IS NULL)`);
  if (alone !== undefined && alone.count > 0) {
    throw new VitrineError('blocked', { details: { explanation: `Bytes of ${alone.count === 1 ? `“${alone.label}”` : `${alone.count} versions, among them “${alone.label}”,`} lie in “${bucket.name}” and no longer here: get them first.` } });
  }
  db.run(sql`DELETE FROM bucket_objects WHERE bucket_id = ${bucket.id}`);
  // The row stays, so that its id is not given again.
  db.run(sql`UPDATE buckets SET removed_at = ${scope.at} WHERE id = ${bucket.id}`);
  scope.record({ kind: 'bucket.removed', subject: { ...bucketSubject(bucket), address: null }, before: { bucket: bucket.settings.bucket, objects: bucket.objects }, after: null });
  scope.changed('bucket', bucket.id);
  return {};
}

/** Objects lie in a bucket now: it has answered for each of them. */
export function noteStored(scope: CommandScope, input: { readonly bucketId: number; readonly objects: readonly { readonly sha256: string; readonly size: number }[] }): null {
  mayManage(scope);
  const bucket = bucketRow(scope.db, input.bucketId);
  for (const { sha256, size } of input.objects) scope.db.run(sql`INSERT INTO bucket_objects (bucket_id, sha256, size, stored_at) VALUES (${bucket.id}, ${blob(sha256)}, ${size}, ${scope.at}) ON CONFLICT (bucket_id, sha256) DO UPDATE SET stored_at = excluded.stored_at`);
  scope.changed('bucket', bucket.id);
  return null;
}

/** What was noted of a bucket is not true: it does not have them. */
export function noteLost(scope: CommandScope, input: { readonly bucketId: number; readonly digests: readonly string[] }): null {
  const bucket = bucketRow(scope.db, input.bucketId);
  for (const digest of input.digests) scope.db.run(sql`DELETE FROM bucket_objects WHERE bucket_id = ${bucket.id} AND sha256 = ${blob(digest)}`);
  scope.changed('bucket', bucket.id);
  return null;
}

/** All bytes of a version lie in a bucket. */
export function tellStored(scope: CommandScope, input: { readonly versionId: number; readonly bucketId: number; readonly objects: number; readonly bytes: number }): null {
  mayManage(scope);
  const version = versionRow(scope.db, input.versionId);
  const bucket = bucketRow(scope.db, input.bucketId);
  scope.record({
    kind: 'version.stored', subject: versionSubject(artifactNamesOf(version), version), before: null, after: { bucket: bucket.name, objects: input.objects, bytes: input.bytes },
    about: [{ kind: 'artifact', id: version.artifactId }, { kind: 'project', id: version.projectId }, { kind: 'bucket', id: bucket.id }],
  });
  scope.changed('version', version.id);
  return null;
}

/**
 * Objects are about to be let go of here. Noted before it is done: of what is noted and still here nothing is lost, of what is gone and not
 * noted nobody would know where to look.
 */
export function noteFreed(scope: CommandScope, input: { readonly versionIds: readonly number[]; readonly digests: readonly string[]; readonly places: readonly string[] }): null {
  const { db, at } = scope;
  mayManage(scope);
  for (const digest of input.digests) db.run(sql`INSERT INTO freed_objects (sha256, freed_at) VALUES (${blob(digest)}, ${at}) ON CONFLICT DO NOTHING`);
  for (const id of input.versionIds) {
    const version = versionRow(db, id);
    scope.record({
      kind: 'version.freed', subject: versionSubject(artifactNamesOf(version), version), before: null, after: { places: input.places },
      about: [{ kind: 'artifact', id: version.artifactId }, { kind: 'project', id: version.projectId }],
    });
    scope.changed('version', id);
  }
  return null;
}

/** Objects are here again. */
export function noteArrived(scope: CommandScope, input: { readonly versionIds: readonly number[]; readonly digests: readonly string[] }): null {
  for (const digest of input.digests) scope.db.run(sql`DELETE FROM freed_objects WHERE sha256 = ${blob(digest)}`);
  scope.db.run(sql`DELETE FROM fetched_files WHERE version_id IN ${listOf(input.versionIds)}`);
  scope.changed('version', ...input.versionIds);
  return null;
}

/** How far files are on their way here; those of `drop` begin anew. */
export function noteFetching(scope: CommandScope, input: { readonly versionId: number; readonly files: readonly FetchedFile[] }): null {
  for (const { path, size, sha256, md5, arrival, parts, etag } of input.files) {
    scope.db.run(sql`
      INSERT INTO fetched_files (version_id, path, size, sha256, md5, arrival, parts, etag, at) VALUES (${input.versionId}, ${path}, ${size}, ${sha256}, ${md5}, ${arrival}, ${JSON.stringify(parts)}, ${etag}, ${scope.at})
      ON CONFLICT (version_id, path) DO UPDATE SET size = excluded.size, sha256 = excluded.sha256, md5 = excluded.md5, arrival = excluded.arrival, parts = excluded.parts, etag = excluded.etag, at = excluded.at`);
  }
  return null;
}
