/** What takes the space, whether it is whole, and giving back what nothing needs. */
import { statfs } from 'node:fs/promises';
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { asking, type OperationContext } from './context.ts';
import type { Handlers, Rooms } from './index.ts';
import { noteDamage } from './integrity.ts';
import { reportStoreProgress } from './log.ts';
import type { StoreUsage } from '../store/index.ts';

/** Objects and their bytes, packed and loose together. */
export function sizeOf(usage: StoreUsage): { readonly objects: number; readonly bytes: number } {
  return { objects: usage.packedObjects + usage.looseObjects, bytes: usage.packedBytes + usage.looseBytes };
}

async function usage(rooms: Rooms, _input: unknown, context: OperationContext) {
  const inside = (await rooms.catalog.read('storage.usage', {}, asking(context), { signal: context.signal })) as Pick<OutputOf<'storage.usage'>, 'logicalBytes' | 'catalogBytes' | 'largest'>;
  const { objects, bytes } = sizeOf(await rooms.store.usage());
  const room = await statfs(rooms.directory).catch(() => null);
  return { output: { ...inside, objects, bytes, freeBytes: room === null ? null : Number(room.bavail) * Number(room.bsize) } satisfies OutputOf<'storage.usage'>, undo: null };
}

async function verify(rooms: Rooms, input: CheckedInputOf<'storage.verify'>, context: OperationContext) {
  const of = input.share >= 1 || input.share <= 0 ? 1 : Math.max(1, Math.round(1 / input.share));
  const subset = of === 1 ? {} : { subset: { part: 1 + Math.floor(Math.random() * of), of } };
  const report = await rooms.store.verify({ ...subset, signal: context.signal, onProgress: reportStoreProgress(context) });
  await noteDamage(rooms, report.damaged, context);
  return { output: { objects: report.checkedObjects, bytes: report.checkedBytes, damaged: report.damaged.map((object) => object.sha256) } satisfies OutputOf<'storage.verify'>, undo: null };
}

async function collect(rooms: Rooms, input: CheckedInputOf<'storage.collect'>, context: OperationContext) {
  const report = await rooms.store.collectGarbage({
    dryRun: input.simulate,
    signal: context.signal,
    onProgress: reportStoreProgress(context),
    isReferenced: async (digests) => (await rooms.catalog.read('internal.referencedDigests', { digests }, asking(context))) as readonly boolean[],
  });
  return { output: { objects: report.removedObjects, bytes: report.freedBytes, youngObjects: report.youngObjects, keptBytes: report.keptGarbageBytes, interrupted: report.interrupted } satisfies OutputOf<'storage.collect'>, undo: null };
}

export const storageHandlers: Handlers = { 'storage.usage': usage, 'storage.verify': verify, 'storage.collect': collect };
