import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { VitrineError, type UserId } from '#shared/contract/index.ts';
import type { ContentSourceFile, Store } from '../store/index.ts';
import { draftArrivals, type DraftArrival } from './draftArrivals.ts';

const caller = { actorId: 1 as UserId, entrance: 'sdk' as const };
const arrival = (draftId: number, uploadId: number, text: string, last = false): DraftArrival => ({
  draftId, uploadId, md5: createHash('md5').update(text).digest('hex'), sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.from(text), last,
});

/** A store that takes each batch when it is told to, and a catalog that keeps its notes. */
function rooms() {
  const batches: { readonly count: number; settle(error?: VitrineError): void }[] = [];
  const notes: number[] = [];
  const store = {
    ingest: (files: readonly ContentSourceFile[]) =>
      new Promise((resolve, reject) => {
        batches.push({ count: files.length, settle: (error) => (error === undefined ? resolve(files.map(() => ({ size: 1, md5: '', sha256: '' }))) : reject(error)) });
      }),
  } as unknown as Store;
  const catalog = { write: (_name: string, input: unknown) => Promise.resolve(notes.push(...(input as { readonly uploads: readonly { readonly uploadId: number }[] }).uploads.map(({ uploadId }) => uploadId))) as never };
  return { batches, notes, arrivals: draftArrivals({ catalog, store }) };
}

describe('small bodies of drafts', () => {
  test('are answered at once; a file and the manifest behind it go into the store together, and the commit waits for both', async () => {
    const { batches, notes, arrivals } = rooms();
    await arrivals.add(arrival(7, 1, 'file'), caller);
    expect(batches).toHaveLength(0);
    await arrivals.add(arrival(7, 2, 'manifest', true), caller);
    await arrivals.noted(7);
    expect(notes).toEqual([1, 2]);
    await expect.poll(() => batches.map(({ count }) => count)).toEqual([2]);
    let durable = false;
    const waiting = arrivals.durable(7).then(() => (durable = true));
    // Another draft waits for nothing of this one.
    await arrivals.durable(8);
    expect(durable).toBe(false);
    batches[0]!.settle();
    await waiting;
  });

  test('go by themselves where no manifest follows, and with a commit that doesn’t wait for that', async () => {
    const { batches, notes, arrivals } = rooms();
    await arrivals.add(arrival(7, 1, 'file'), caller);
    await expect.poll(() => batches).toHaveLength(1);
    batches[0]!.settle();
    await arrivals.add(arrival(8, 2, 'other'), caller);
    await arrivals.noted(8);
    expect(notes).toEqual([1, 2]);
    await expect.poll(() => batches).toHaveLength(2);
    const quiet = arrivals.quiet();
    batches[1]!.settle();
    await quiet;
  });

  test('that the store doesn’t take are told of once, to their own draft', async () => {
    const { batches, arrivals } = rooms();
    const full = new VitrineError('disk_full', { details: {} });
    await arrivals.add(arrival(7, 1, 'file', true), caller);
    await expect.poll(() => batches).toHaveLength(1);
    batches[0]!.settle(full);
    await arrivals.durable(8);
    await expect(arrivals.durable(7)).rejects.toBe(full);
    await arrivals.durable(7);
    await arrivals.add(arrival(7, 2, 'again', true), caller);
    await expect.poll(() => batches).toHaveLength(2);
    batches[1]!.settle(full);
    await arrivals.quiet();
    // Whoever goes on sending hears of it before they send all the rest.
    await expect(arrivals.add(arrival(7, 3, 'more'), caller)).rejects.toBe(full);
  });

  test('of more than 16 MiB wait until some are on the disk', async () => {
    const { batches, arrivals } = rooms();
    const large = 'x'.repeat(64 * 1024);
    let answered = 0;
    const sending = (async () => {
      for (let upload = 1; upload <= 257; upload += 1) {
        await arrivals.add(arrival(7, upload, large), caller);
        answered = upload;
      }
    })();
    await expect.poll(() => answered).toBe(256);
    await expect.poll(() => batches).toHaveLength(1);
    batches[0]!.settle();
    await sending;
    const quiet = arrivals.quiet();
    await expect.poll(() => batches.length).toBeGreaterThan(1);
    for (let at = 1, done = false; !done; at += 1) {
      await expect.poll(() => batches.length > at || done).toBe(true);
      batches[at]?.settle();
      done = await Promise.race([quiet.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);
    }
  });
});
