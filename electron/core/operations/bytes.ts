/** Buckets, and bytes that go there or are let go of here: what needs the network, the store or the keychain besides the catalog. */
import { VitrineError, type Bucket, type CheckedInputOf, type OutputOf } from '#shared/contract/index.ts';
import { forgetCredential, keepCredential, shownCredential, typedCredential } from '../sync/credentials.ts';
import { asKey, keyOf } from '../sync/bytes/index.ts';
import { sentenceOf } from '../sync/http.ts';
import { acting, asking, type OperationContext } from './context.ts';
import type { Handlers, Rooms } from './index.ts';

async function add(rooms: Rooms, input: CheckedInputOf<'buckets.add'>, context: OperationContext) {
  const { name, credential, bucket, prefix, endpoint, region, pathStyle } = input;
  const result = await rooms.catalog.write('internal.addBucket', { name, settings: { bucket, prefix, endpoint, region, pathStyle, credential: shownCredential(credential, rooms.vault) } }, acting(context));
  await keepCredential(rooms.vault, (result.output as Bucket).id, credential, 'bucket');
  return result;
}

async function update(rooms: Rooms, input: CheckedInputOf<'buckets.update'>, context: OperationContext) {
  const { id, name, credential } = input;
  const result = await rooms.catalog.write('internal.updateBucket', { id, name, ...(credential === undefined ? {} : { credential: shownCredential(credential, rooms.vault) }) }, acting(context));
  if (credential !== undefined) await keepCredential(rooms.vault, id, credential, 'bucket');
  rooms.sync.bytes.bucketChanged(id);
  return result;
}

async function remove(rooms: Rooms, input: CheckedInputOf<'buckets.remove'>, context: OperationContext) {
  const result = await rooms.catalog.write('internal.removeBucket', { id: input.id }, acting(context));
  await forgetCredential(rooms.vault, input.id, 'bucket');
  rooms.sync.bytes.bucketChanged(input.id);
  return result;
}

async function test(rooms: Rooms, input: CheckedInputOf<'buckets.test'>, context: OperationContext) {
  await demandManaging(rooms, context);
  try {
    const place = await (async () => {
      if (!('id' in input)) return { ...input, name: input.bucket, key: asKey(typedCredential(input.credential, input.bucket) as never, input.bucket) };
      const bucket = (await rooms.catalog.read('internal.manageBucket', { id: input.id }, asking(context))) as Bucket;
      return { ...bucket, key: await keyOf(rooms.vault, bucket) };
    })();
    return { output: { steps: [...(await rooms.sync.bytes.testBucket(place, context.signal))] } satisfies OutputOf<'buckets.test'>, undo: null };
  } catch (thrown) {
    if (!(thrown instanceof VitrineError) || thrown.code !== 'remote_sign_in') throw thrown;
    const steps = (['address', 'sign_in', 'read', 'write'] as const).map((step) => (step === 'sign_in' ? { step, verdict: 'failed' as const, detail: sentenceOf(thrown), advice: 'Enter the key anew.' } : { step, verdict: 'skipped' as const, detail: 'Not tried, since another step failed.', advice: null }));
    return { output: { steps } satisfies OutputOf<'buckets.test'>, undo: null };
  }
}

const demandManaging = (rooms: Rooms, context: OperationContext): Promise<unknown> => rooms.catalog.read('internal.demandManaging', {}, asking(context));

/** Bytes are everybody's here: whoever moves them must be allowed to manage the catalog, and see what they are of. */
async function mayMove(rooms: Rooms, versionIds: readonly number[], context: OperationContext): Promise<void> {
  await demandManaging(rooms, context);
  for (const id of versionIds) await rooms.catalog.read('versions.get', { id }, asking(context));
  if (rooms.catalog.status().readOnly) throw new VitrineError('catalog_read_only', { details: { directory: rooms.directory } });
}

async function store(rooms: Rooms, input: CheckedInputOf<'bytes.store'>, context: OperationContext) {
  await mayMove(rooms, input.versionIds, context);
  const work = { signal: context.signal, report: context.report };
  const stored = await rooms.sync.bytes.put(input.bucketId, input.versionIds, work);
  const freedBytes = input.free ? (await rooms.sync.bytes.free(input.versionIds, { simulate: false, thorough: false }, work)).bytes : 0;
  return { output: { ...stored, freedBytes } satisfies OutputOf<'bytes.store'>, undo: null };
}

async function free(rooms: Rooms, input: CheckedInputOf<'bytes.free'>, context: OperationContext) {
  await mayMove(rooms, input.versionIds, context);
  return { output: (await rooms.sync.bytes.free(input.versionIds, input, { signal: context.signal, report: context.report })) satisfies OutputOf<'bytes.free'>, undo: null };
}

export const bytesHandlers = { 'buckets.add': add, 'buckets.update': update, 'buckets.remove': remove, 'buckets.test': test, 'bytes.store': store, 'bytes.free': free } satisfies Handlers;
