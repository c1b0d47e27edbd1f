/** Where the bytes of versions lie: here, at a remote, in a bucket; brought there, freed here. */
import { z } from 'zod';
import { ByteCount, Timestamp } from '../entities.ts';
import { BucketId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery } from '../operation.ts';
import { RemoteCredential } from './sync.ts';

/** A bucket of an S3-compatible store: a place for bytes, by their SHA-256. The catalog stays here. */
export const Bucket = z.strictObject({
  id: BucketId,
  name: z.string(),
  bucket: z.string(),
  /** What its keys begin with; empty, or ends with `/`. */
  prefix: z.string(),
  /** null for Amazon's own. */
  endpoint: z.string().nullable(),
  region: z.string(),
  /** Whether the bucket's name stands in the path rather than in the host, as most servers but Amazon's want it. */
  pathStyle: z.boolean(),
  credential: z.strictObject({
    /** `none`: what the SDK finds by itself (`AWS_…` variables, `~/.aws`). */
    kind: z.enum(['none', 'basic', 'environment']),
    /** The access key’s id, or the variable’s name. */
    name: z.string().nullable(),
    place: z.enum(['keychain', 'file', 'environment']).nullable(),
  }),
  objects: z.number().int().nonnegative(),
  bytes: ByteCount,
  createdAt: Timestamp,
});
export type Bucket = z.infer<typeof Bucket>;

/** `basic`: access key id and secret access key; `environment`: a variable with `id:secret`; `none`: what the SDK finds by itself. */
export const BucketCredential = z.discriminatedUnion('kind', [RemoteCredential.options[0], RemoteCredential.options[1], RemoteCredential.options[3]]);
export type BucketCredential = z.infer<typeof BucketCredential>;

export const BucketAddress = z.strictObject({
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'A bucket’s name has 3 to 63 small letters, digits, “.” and “-”.'),
  prefix: z.string().max(512).regex(/^(?:[^/].*\/)?$/u, 'A prefix ends with “/” and does not begin with it.').default(''),
  endpoint: z.url({ protocol: /^https?$/ }).max(2000).nullable().default(null),
  region: z.string().regex(/^[a-z0-9-]{1,64}$/).default('us-east-1'),
  pathStyle: z.boolean().default(false),
  credential: BucketCredential.default({ kind: 'none' }),
});
export type BucketAddress = z.infer<typeof BucketAddress>;

export const BucketTestStep = z.strictObject({ step: z.enum(['address', 'sign_in', 'read', 'write']), verdict: z.enum(['well', 'failed', 'skipped']), detail: z.string(), advice: z.string().nullable() });
export type BucketTestStep = z.infer<typeof BucketTestStep>;

/** A place that has a version’s bytes, as far as is known. */
export const BytesPlace = z.strictObject({
  kind: z.enum(['remote', 'bucket']),
  id: z.number().int().positive(),
  name: z.string(),
  /** What stands there: all files of the version, or some. */
  holds: z.enum(['all', 'some']),
});
export type BytesPlace = z.infer<typeof BytesPlace>;

export const BytesStanding = z.strictObject({
  versionId: VersionId,
  /** `elsewhere`: none of its bytes is here. `nowhere`: some are neither here nor at a known place. */
  standing: z.enum(['here', 'partly', 'elsewhere', 'nowhere']),
  /** null where the files are not known before they were fetched. */
  files: z.number().int().nonnegative().nullable(),
  bytes: ByteCount.nullable(),
  filesHere: z.number().int().nonnegative(),
  bytesHere: ByteCount,
  places: z.array(BytesPlace),
  /** A fetch that was cut off: so much of it is here already. */
  fetched: ByteCount.nullable(),
  /** Why they could not be had when they were asked for last, where another try alone mends nothing. */
  trouble: z.string().nullable(),
});
export type BytesStanding = z.infer<typeof BytesStanding>;

const remoteErrors = ['remote_unreachable', 'remote_sign_in', 'remote_refused', 'remote_failed', 'cancelled'] as const;
const writing = ['not_found', 'permission_denied', 'catalog_read_only', 'disk_full', 'store_read_only'] as const;

export const bytesOperations = [
  defineQuery({
    name: 'buckets.list',
    summary: 'Buckets that hold bytes of versions, by name.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ items: z.array(Bucket) }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'buckets.add',
    summary: 'Makes a bucket known as a place for bytes, and as the way to artifacts that an MLflow server keeps in it.',
    input: () => BucketAddress.extend({ name: z.string().min(1).max(128) }),
    output: () => Bucket,
    errors: ['bad_input', 'already_exists', ...writing],
    audience: 'admin',
  }),
  defineCommand({
    name: 'buckets.update',
    summary: 'Changes a bucket’s name or credential.',
    input: () => z.strictObject({ id: BucketId, name: z.string().min(1).max(128).optional(), credential: BucketCredential.optional() }),
    output: () => Bucket,
    errors: ['bad_input', 'already_exists', ...writing],
    audience: 'admin',
  }),
  defineCommand({
    name: 'buckets.remove',
    summary: 'Forgets a bucket and its secret; what lies in it stays there. Refused while it alone has bytes of a version.',
    input: () => z.strictObject({ id: BucketId }),
    output: () => z.strictObject({}),
    errors: ['blocked', ...writing],
    audience: 'admin',
  }),
  defineQuery({
    name: 'buckets.test',
    summary: 'Tries a bucket step by step (address, sign-in, reading, writing a small object and taking it away again) and says which one failed.',
    input: () => z.union([z.strictObject({ id: BucketId }), BucketAddress]),
    output: () => z.strictObject({ steps: z.array(BucketTestStep) }),
    errors: ['not_found', 'permission_denied'],
    audience: 'admin',
  }),
  defineQuery({
    name: 'bytes.where',
    summary: 'Where the bytes of versions lie: here, at which remotes, in which buckets.',
    input: () => z.strictObject({ versionIds: z.array(VersionId).min(1).max(200) }),
    output: () => z.strictObject({ items: z.array(BytesStanding) }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'bytes.store',
    summary: 'Copies the bytes of versions into a bucket, checked; with `free` the copy here is freed afterwards.',
    input: () => z.strictObject({ versionIds: z.array(VersionId).min(1).max(1000), bucketId: BucketId, free: z.boolean().default(false) }),
    output: () => z.strictObject({ objects: z.number().int(), bytes: ByteCount, /** Were there already. */ present: z.number().int(), freedBytes: ByteCount }),
    errors: ['object_missing', 'object_damaged', ...writing, ...remoteErrors],
    audience: 'admin',
    long: true,
  }),
  defineCommand({
    name: 'bytes.free',
    summary: 'Frees the copy here of versions whose bytes a remote or a bucket has, which is asked first. The only copy is never freed.',
    input: () => z.strictObject({ versionIds: z.array(VersionId).min(1).max(1000), /** Says what would go, and frees nothing. */ simulate: z.boolean().default(false), /** Reads the other copy through and compares it, where asking gives no digest. */ thorough: z.boolean().default(false) }),
    output: () => z.strictObject({
      objects: z.number().int(),
      bytes: ByteCount,
      freed: z.array(VersionId),
      kept: z.array(z.strictObject({ versionId: VersionId, label: z.string(), why: z.string() })),
    }),
    errors: [...writing, ...remoteErrors],
    audience: 'admin',
    long: true,
  }),
] as const;
