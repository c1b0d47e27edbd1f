/**
 * A bucket of an S3-compatible store, through Amazon's own SDK (signatures, their clock skew, retries of what asks for it, and the many ways
 * to be given a key are its business). It is loaded with the first bucket that is used, never with core.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { BucketTestStep } from '#shared/contract/index.ts';
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import type { BucketSettings } from '../../catalog/records/buckets.ts';
import type { RangeAnswer } from '../remotes/connector.ts';
import { reasonOf, sentenceOf, shown, type Traffic } from '../http.ts';
import { inParallel } from './fetching.ts';
import type { Pace } from './pace.ts';

export type BucketKey = { readonly accessKeyId: string; readonly secretAccessKey: string } | null;

export type BucketPlace = Pick<BucketSettings, 'bucket' | 'prefix' | 'endpoint' | 'region' | 'pathStyle'> & { readonly name: string; readonly key: BucketKey };

export type ObjectFacts = { readonly size: number; readonly etag: string | null; readonly sha256: string | null };

/** What is to be put: read anew for every part. */
export type Upload = { readonly size: number; readonly sha256: string | null; read(start: number, end: number): Promise<Uint8Array> };

export type OpenBucket = {
  readonly place: BucketPlace;
  /** The key of an object by its digest. */
  keyOf(sha256: string): string;
  head(key: string, signal: AbortSignal): Promise<ObjectFacts | null>;
  /** All below a prefix; keys as they stand. */
  list(prefix: string, signal: AbortSignal): Promise<readonly { readonly key: string; readonly size: number }[]>;
  get(key: string, range: { readonly start: number; readonly end: number } | null, signal: AbortSignal): Promise<RangeAnswer>;
  put(key: string, upload: Upload, pace: Pace, signal: AbortSignal): Promise<void>;
  test(signal: AbortSignal): Promise<readonly BucketTestStep[]>;
};

/** Larger objects go in parts of this many bytes, at least. */
const partBytes = 16 * 1024 * 1024;
/** S3's own limit. */
const mostParts = 10_000;
const connections = 4;
const digestField = 'sha256';

export async function openBucket(place: BucketPlace, traffic: Traffic): Promise<OpenBucket> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    region: place.region, forcePathStyle: place.pathStyle, maxAttempts: 4,
    // Many stores that speak S3 refuse the checksums that the SDK would add by itself; each part is sent with its MD5 instead.
    requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED',
    // A place that leads on elsewhere is not followed: its key would go along.
    followRegionRedirects: false,
    ...(place.endpoint === null ? {} : { endpoint: place.endpoint }),
    ...(place.key === null ? {} : { credentials: place.key }),
  });
  const Bucket = place.bucket;

  async function ask<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
    traffic.requests += 1;
    try {
      return await work();
    } catch (thrown) {
      throw failureOf(thrown, place.name, signal);
    }
  }

  async function head(key: string, signal: AbortSignal): Promise<ObjectFacts | null> {
    try {
      const answer = await ask(() => client.send(new sdk.HeadObjectCommand({ Bucket, Key: key }), { abortSignal: signal }), signal);
      return { size: answer.ContentLength ?? 0, etag: answer.ETag ?? null, sha256: answer.Metadata?.[digestField] ?? null };
    } catch (thrown) {
      if (isMissing(thrown)) return null;
      throw thrown;
    }
  }

  async function list(prefix: string, signal: AbortSignal): Promise<readonly { readonly key: string; readonly size: number }[]> {
    const found: { readonly key: string; readonly size: number }[] = [];
    let token: string | undefined;
    do {
      const page = await ask(() => client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: prefix, ...(token === undefined ? {} : { ContinuationToken: token }) }), { abortSignal: signal }), signal);
      for (const { Key, Size } of page.Contents ?? []) if (Key !== undefined) found.push({ key: Key, size: Size ?? 0 });
      if (found.length > 1_000_000) throw new VitrineError('too_large', { details: { explanation: `“${place.name}” lists more than a million objects below ${shown(prefix)}.` } });
      const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      if (next !== undefined && next === token) throw new VitrineError('remote_failed', { details: { remote: place.name, explanation: `${place.name}’s list leads in a circle.` } });
      token = next;
    } while (token !== undefined);
    return found;
  }

  async function get(key: string, range: { readonly start: number; readonly end: number } | null, signal: AbortSignal): Promise<RangeAnswer> {
    const answer = await ask(() => client.send(new sdk.GetObjectCommand({ Bucket, Key: key, ...(range === null ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }) }), { abortSignal: signal }), signal);
    if (range !== null && answer.ContentRange?.startsWith(`bytes ${range.start}-${range.end - 1}/`) !== true) {
      (answer.Body as Readable | undefined)?.destroy();
      throw new VitrineError('remote_failed', { details: { remote: place.name, explanation: `${place.name} gave other bytes than were asked for.` } });
    }
    return { etag: answer.ETag ?? null, content: counted(answer.Body as Readable, signal) };
  }

  async function* counted(body: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        traffic.bytesIn += piece.length;
        yield piece;
      }
    } catch (thrown) {
      throw failureOf(thrown, place.name, signal);
    } finally {
      body.destroy();
    }
  }

  async function put(key: string, upload: Upload, pace: Pace, signal: AbortSignal): Promise<void> {
    const Metadata: Record<string, string> = upload.sha256 === null ? {} : { [digestField]: upload.sha256 };
    const send = async (start: number, end: number, work: (Body: Uint8Array, ContentMD5: string) => Promise<unknown>): Promise<void> => {
      const Body = await upload.read(start, end);
      await pace.take(Body.length, signal);
      await work(Body, createHash('md5').update(Body).digest('base64'));
      traffic.bytesOut += Body.length;
    };
    if (upload.size <= partBytes) {
      await send(0, upload.size, (Body, ContentMD5) => ask(() => client.send(new sdk.PutObjectCommand({ Bucket, Key: key, Body, ContentMD5, Metadata }), { abortSignal: signal }), signal));
    } else {
      await putInParts(key, upload, Metadata, send, signal);
    }
    const there = await head(key, signal);
    if (there?.size !== upload.size) throw new VitrineError('remote_failed', { details: { remote: place.name, explanation: `${place.name} says that ${there === null ? 'nothing' : `${there.size} bytes`} came of the ${upload.size} that were sent.` } });
  }

  async function putInParts(key: string, upload: Upload, Metadata: Record<string, string>, send: (start: number, end: number, work: (Body: Uint8Array, ContentMD5: string) => Promise<unknown>) => Promise<void>, signal: AbortSignal): Promise<void> {
    const size = Math.max(partBytes, Math.ceil(upload.size / mostParts));
    const parts = Array.from({ length: Math.ceil(upload.size / size) }, (_, index) => ({ number: index + 1, start: index * size, end: Math.min(upload.size, (index + 1) * size) }));
    const begun = await begunUpload(key, signal);
    const UploadId = begun?.id ?? (await ask(() => client.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key: key, Metadata }), { abortSignal: signal }), signal)).UploadId;
    const Parts = await inParallel(parts, connections, async ({ number, start, end }) => {
      let ETag: string | undefined;
      await send(start, end, async (Body, ContentMD5) => {
        // What went there before a cut is not sent again where its answer shows that it is the same.
        const standing = begun?.parts.get(number);
        const md5 = Buffer.from(ContentMD5, 'base64').toString('hex');
        if (standing?.size === Body.length && standing.etag.replaceAll('"', '') === md5) ETag = standing.etag;
        else ETag = (await ask(() => client.send(new sdk.UploadPartCommand({ Bucket, Key: key, UploadId, PartNumber: number, Body, ContentMD5 }), { abortSignal: signal }), signal)).ETag;
      });
      return { PartNumber: number, ETag };
    });
    await ask(() => client.send(new sdk.CompleteMultipartUploadCommand({ Bucket, Key: key, UploadId, MultipartUpload: { Parts: [...Parts] } }), { abortSignal: signal }), signal);
  }

  /** An upload of this very key that was cut off: the key is the content's digest, so it can only be of the same bytes. */
  async function begunUpload(key: string, signal: AbortSignal): Promise<{ readonly id: string; readonly parts: ReadonlyMap<number, { readonly size: number; readonly etag: string }> } | null> {
    if (!key.startsWith(`${place.prefix}objects/`)) return null;
    try {
      const { Uploads = [] } = await ask(() => client.send(new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: key }), { abortSignal: signal }), signal);
      const UploadId = Uploads.find((one) => one.Key === key)?.UploadId;
      if (UploadId === undefined) return null;
      const parts = new Map<number, { readonly size: number; readonly etag: string }>();
      let marker: string | undefined;
      do {
        const page = await ask(() => client.send(new sdk.ListPartsCommand({ Bucket, Key: key, UploadId, ...(marker === undefined ? {} : { PartNumberMarker: marker }) }), { abortSignal: signal }), signal);
        for (const part of page.Parts ?? []) if (part.PartNumber !== undefined && part.ETag !== undefined) parts.set(part.PartNumber, { size: part.Size ?? 0, etag: part.ETag });
        marker = page.IsTruncated === true && page.NextPartNumberMarker !== marker ? page.NextPartNumberMarker : undefined;
      } while (marker !== undefined);
      return { id: UploadId, parts };
    } catch (thrown) {
      // Not every key may list uploads: then it begins anew.
      if (isVitrineError(thrown) && (thrown.code === 'remote_sign_in' || thrown.code === 'remote_refused')) return null;
      throw thrown;
    }
  }

  async function test(signal: AbortSignal): Promise<readonly BucketTestStep[]> {
    const steps: BucketTestStep[] = [];
    const rest = (): readonly BucketTestStep[] => {
      for (const step of ['address', 'sign_in', 'read', 'write'] as const) if (!steps.some((one) => one.step === step)) steps.push({ step, verdict: 'skipped', detail: 'Not tried, since a step before it failed.', advice: null });
      return steps;
    };
    const well = (step: BucketTestStep['step'], detail: string): void => void steps.push({ step, verdict: 'well', detail, advice: null });
    try {
      await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: place.prefix, MaxKeys: 1 }), { abortSignal: signal }).catch((thrown: unknown) => {
        throw failureOf(thrown, place.name, signal);
      });
      well('address', `${place.endpoint ?? `s3.${place.region}.amazonaws.com`} answers.`);
      well('sign_in', 'The key is accepted.');
      well('read', `The bucket “${Bucket}” can be listed.`);
    } catch (thrown) {
      if (!isVitrineError(thrown)) throw thrown;
      const detail = sentenceOf(thrown);
      if (thrown.code === 'remote_unreachable') steps.push({ step: 'address', verdict: 'failed', detail, advice: 'Check the endpoint, and that it can be reached from here.' });
      else {
        well('address', `${place.endpoint ?? `s3.${place.region}.amazonaws.com`} answers.`);
        if (thrown.code === 'remote_sign_in') steps.push({ step: 'sign_in', verdict: 'failed', detail, advice: 'Check the access key and its secret, and the region.' });
        else {
          well('sign_in', 'The key is accepted.');
          steps.push({ step: 'read', verdict: 'failed', detail, advice: 'Check the bucket’s name, and whether its name stands in the path or in the host.' });
        }
      }
      return rest();
    }
    const key = `${place.prefix}vitrine-test-${Date.now().toString(36)}`;
    try {
      await ask(() => client.send(new sdk.PutObjectCommand({ Bucket, Key: key, Body: 'This may go.', ContentMD5: createHash('md5').update('This may go.').digest('base64') }), { abortSignal: signal }), signal);
      await ask(() => client.send(new sdk.DeleteObjectCommand({ Bucket, Key: key }), { abortSignal: signal }), signal);
      well('write', 'A small object was written and taken away again.');
    } catch (thrown) {
      if (!isVitrineError(thrown)) throw thrown;
      steps.push({ step: 'write', verdict: 'failed', detail: sentenceOf(thrown), advice: 'For reading alone this does no harm; to put bytes there the key must allow it.' });
    }
    return rest();
  }

  return { place, keyOf: (sha256) => `${place.prefix}objects/sha256/${sha256.slice(0, 2)}/${sha256.slice(2)}`, head, list, get, put, test };
}

export const isMissing = (thrown: unknown): boolean => isVitrineError(thrown) && thrown.code === 'remote_refused' && thrown.details['status'] === 404;

/** What the SDK throws, in our codes. */
function failureOf(thrown: unknown, name: string, signal: AbortSignal): VitrineError {
  if (isVitrineError(thrown)) return thrown;
  if (signal.aborted) return new VitrineError('cancelled', { details: { operation: 'sync' } });
  const { name: code, message, $metadata } = thrown as { readonly name?: string; readonly message?: string; readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const said = `${shown(code ?? '')}${message === undefined || message === code ? '' : `: ${shown(message)}`}`;
  if (code === 'CredentialsProviderError') return new VitrineError('remote_sign_in', { details: { remote: name, explanation: `There is no key for ${name}: give it one, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY where Vitrine runs.` }, cause: thrown });
  if (status === undefined) return new VitrineError('remote_unreachable', { details: { remote: name, reason: reasonOf(thrown), explanation: `${name} can’t be reached: ${reasonOf(thrown)}.` }, cause: thrown });
  if (status === 401 || status === 403) return new VitrineError('remote_sign_in', { details: { remote: name, status, explanation: `${name} does not allow it: ${said}` }, cause: thrown });
  if (status >= 300 && status < 400) return new VitrineError('remote_refused', { details: { remote: name, status, explanation: `${name} lies in another region or place: ${said}` }, cause: thrown });
  if (status === 429 || status >= 500) return new VitrineError('remote_failed', { details: { remote: name, status, explanation: `${name} failed (${status}): ${said}` }, cause: thrown });
  return new VitrineError('remote_refused', { details: { remote: name, status, explanation: `${name} answered: ${said}` }, cause: thrown });
}
