import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VitrineError, type UserId } from '#shared/contract/index.ts';
import type { Store } from '../store/index.ts';
import { draftArrivals } from './draftArrivals.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'vitrine-arrivals-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const spool = (): string => join(directory, 'arrivals.spool');
const caller = { actorId: 1 as UserId, entrance: 'sdk' as const };
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** A store that takes each batch when it is told to, and a catalog that keeps its notes. */
function rooms() {
  const batches: { readonly count: number; settle(error?: VitrineError): void }[] = [];
  const notes: number[] = [];
  const store = {
    ingestBodies: (files: readonly Uint8Array[]) =>
      new Promise((resolve, reject) => {
        batches.push({ count: files.length, settle: (error) => (error === undefined ? resolve(files.map(() => ({ size: 1, md5: '', sha256: '' }))) : reject(error)) });
      }),
  } as unknown as Store;
  const catalog = { write: (_name: string, input: unknown) => Promise.resolve(notes.push(...(input as { readonly uploads: readonly { readonly uploadId: number }[] }).uploads.map(({ uploadId }) => uploadId))) as never };
  const arrivals = draftArrivals({ directory, catalog, store });
  const add = (draftId: number, uploadId: number, text: string, last = false): boolean => arrivals.add({ draftId, uploadId, md5: md5(text), sha256: createHash('sha256').update(text).digest('hex') }, Buffer.from(text), caller, last);
  return { batches, notes, arrivals, add };
}

describe('small bodies of drafts', () => {
  test('are answered at once; a file and the manifest behind it go into the store together, and the commit waits for both', async () => {
    const { batches, notes, arrivals, add } = rooms();
    add(7, 1, 'file');
    expect(batches).toHaveLength(0);
    add(7, 2, 'manifest', true);
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
    expect(statSync(spool()).size).toBe(0);
  });

  test('go by themselves where no manifest follows, and with a commit that doesn’t wait for that', async () => {
    const { batches, notes, arrivals, add } = rooms();
    add(7, 1, 'file');
    await expect.poll(() => batches).toHaveLength(1);
    batches[0]!.settle();
    await arrivals.durable(7);
    add(8, 2, 'other');
    await arrivals.noted(8);
    expect(notes).toEqual([1, 2]);
    await expect.poll(() => batches).toHaveLength(2);
    const closed = arrivals.close();
    batches[1]!.settle();
    await closed;
  });

  test('that the store doesn’t take are told of once, to their own draft', async () => {
    const { batches, arrivals, add } = rooms();
    const full = new VitrineError('disk_full', { details: {} });
    add(7, 1, 'file', true);
    await expect.poll(() => batches).toHaveLength(1);
    batches[0]!.settle(full);
    await arrivals.durable(8);
    await expect(arrivals.durable(7)).rejects.toBe(full);
    await arrivals.durable(7);
    add(7, 2, 'again', true);
    await expect.poll(() => batches).toHaveLength(2);
    batches[1]!.settle(full);
    // Whoever goes on sending hears of it before they send all the rest.
    await expect.poll(() => {
      try {
        add(7, 3, 'more');
        return null;
      } catch (thrown) {
        return thrown;
      }
    }).toBe(full);
  });

  test('beyond 4 MiB are not taken, until the store has what was', async () => {
    const { batches, arrivals, add } = rooms();
    const large = 'x'.repeat(64 * 1024);
    let taken = 0;
    while (add(7, taken + 1, large)) taken += 1;
    expect(taken).toBe(63);
    expect(statSync(spool()).size).toBeLessThanOrEqual(4 * 1024 * 1024);
    const durable = arrivals.noted(7).then(async () => await arrivals.durable(7));
    await expect.poll(() => batches).toHaveLength(1);
    batches[0]!.settle();
    await durable;
    expect(add(7, 64, large)).toBe(true);
  });

  test('are not taken where the folder can’t be written', async () => {
    rmSync(directory, { recursive: true });
    const { arrivals, add } = rooms();
    await arrivals.noted(7);
    expect(add(7, 1, 'file')).toBe(false);
    await arrivals.close();
  });

  test('of a process that was killed are taken by the next; a record that was cut off is left out', async () => {
    const killed = rooms();
    killed.add(7, 1, 'file');
    killed.add(7, 2, 'manifest', true);
    const whole = readFileSync(spool());
    appendFileSync(spool(), whole.subarray(0, whole.length - 3));
    const { batches, notes, arrivals } = rooms();
    const noted = arrivals.noted(7);
    await noted;
    // The second record of what was written twice lacks its end.
    expect(notes).toEqual([1, 2, 1]);
    await expect.poll(() => batches.map(({ count }) => count)).toEqual([3]);
    batches[0]!.settle();
    await arrivals.durable(7);
    expect(statSync(spool()).size).toBe(0);
    await arrivals.close();
  });

  test('are found behind what a process before was writing when it was killed', async () => {
    const first = rooms();
    first.add(7, 1, 'file');
    appendFileSync(spool(), readFileSync(spool()).subarray(0, 30));
    const second = rooms();
    second.add(7, 2, 'manifest', true);
    const third = rooms();
    await third.arrivals.noted(7);
    expect(third.notes).toEqual([1, 2]);
  });

  test('of which a power cut left what nobody wrote are left out, and stand in nobody’s way', async () => {
    const cut = rooms();
    cut.add(7, 1, 'file');
    cut.add(7, 2, '');
    const kept = readFileSync(spool());
    // What is known of the second lost its end; of a body there was nothing to lose.
    writeFileSync(spool(), kept.fill(0, kept.length - 9), { flag: 'r+' });
    const { batches, notes, arrivals, add } = rooms();
    await arrivals.noted(7);
    expect(notes).toEqual([1]);
    await expect.poll(() => batches.map(({ count }) => count)).toEqual([1]);
    expect(add(7, 3, 'more', true)).toBe(true);
    batches[0]!.settle();
    await expect.poll(() => batches.map(({ count }) => count)).toEqual([1, 1]);
    batches[1]!.settle();
    await arrivals.durable(7);
    expect(statSync(spool()).size).toBe(0);
    await arrivals.close();
  });
});
