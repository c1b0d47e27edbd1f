/** The catalog as a whole: its status, its health, its backups, its keys. */
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readdir, statfs } from 'node:fs/promises';
import type { CheckedInputOf, Finding, OutputOf } from '#shared/contract/index.ts';
import { acting, asking, type OperationContext } from './context.ts';
import type { Handlers, Rooms } from './index.ts';
import { noteDamage } from './integrity.ts';
import { sizeOf } from './storage.ts';

type CatalogStatusOutput = OutputOf<'catalog.status'>;

async function status(rooms: Rooms, _input: unknown, context: OperationContext) {
  // The catalog answers what lies in it; what lies beside it is added here.
  const inside = (await rooms.catalog.read('catalog.status', {}, asking(context))) as Omit<CatalogStatusOutput, 'directory' | 'version' | 'rev' | 'readOnly' | 'recovery' | 'storeBytes' | 'schema' | 'catalogId'>;
  const { rev, readOnly, schema, catalogId, recovery } = rooms.catalog.status();
  const { bytes } = sizeOf(await rooms.store.usage());
  return { output: { ...inside, catalogId, schema, rev, readOnly, recovery, directory: rooms.directory, version: rooms.applicationVersion, storeBytes: bytes } satisfies CatalogStatusOutput, undo: null };
}

/** Less free room than this is worth a word: 1 GiB. */
const littleRoomBytes = 1024 ** 3;

async function doctor(rooms: Rooms, input: CheckedInputOf<'catalog.doctor'>, context: OperationContext) {
  const findings: Finding[] = [];
  const folder = await access(rooms.directory, constants.R_OK | constants.W_OK).then(
    (): Finding => ({ check: 'folder', verdict: 'well', detail: `${rooms.directory} can be read and written.`, advice: null }),
    (): Finding => ({ check: 'folder', verdict: 'caution', detail: `${rooms.directory} can’t be written: the catalog is read-only.`, advice: 'Change the rights of the folder.' }),
  );
  findings.push(folder);
  const room = await statfs(rooms.directory);
  const free = Number(room.bavail) * Number(room.bsize);
  findings.push(free < littleRoomBytes
    ? { check: 'room', verdict: 'caution', detail: `${free} bytes are free on its disk.`, advice: 'Free some space, or empty the trash and collect.' }
    : { check: 'room', verdict: 'well', detail: `${free} bytes are free on its disk.`, advice: null });
  findings.push(...(await damagedFiles(rooms)));
  findings.push(...(await rooms.catalog.integrity(input.deep)));
  const usage = sizeOf(await rooms.store.usage());
  if (input.deep) {
    const report = await rooms.store.verify({ signal: context.signal, onProgress: (progress) => context.report({ phase: 'verify', done: progress.doneBytes, total: progress.totalBytes, unit: 'bytes', files: null, current: null }) });
    await noteDamage(rooms, report.damaged, context);
    findings.push(report.damaged.length === 0
      ? { check: 'store', verdict: 'well', detail: `${report.checkedObjects} objects read, all as their digests say.`, advice: null }
      : { check: 'store', verdict: 'broken', detail: `${report.damaged.length} of ${report.checkedObjects} objects are damaged: ${report.damaged.slice(0, 5).map((object) => object.sha256.slice(0, 12)).join(', ')}.`, advice: 'Log the files again, or fetch them from a remote.' });
  } else {
    findings.push({ check: 'store', verdict: 'well', detail: `${usage.objects} objects, ${usage.bytes} bytes; not read now (--deep reads them all).`, advice: null });
  }
  return { output: { findings }, undo: null };
}

/** Catalog files that were found damaged and put aside: they stand there until somebody has looked. */
async function damagedFiles(rooms: Rooms): Promise<readonly Finding[]> {
  const kept = (await readdir(rooms.directory)).filter((name) => name.includes('.damaged-') && !name.endsWith('-wal') && !name.endsWith('-shm'));
  return kept.map((name) => ({
    check: 'catalog.damaged', verdict: 'caution', detail: `${name} was found damaged and put aside.`,
    advice: 'Restore the newest backup with “vitrine restore” when something is missing; remove the file once you no longer need it.',
  }));
}

async function backup(rooms: Rooms) {
  return { output: (await rooms.catalog.backup()) satisfies OutputOf<'catalog.backup'>, undo: null };
}

async function restoreBackup(rooms: Rooms) {
  return { output: (await rooms.catalog.restoreBackup()) satisfies OutputOf<'catalog.restoreBackup'>, undo: null };
}

/** `local-` and 40 hex characters: 160 random bits, in the form that `wandb` accepts as a key. */
export function makeApiKey(): { readonly key: string; readonly hash: string; readonly hint: string } {
  const key = `local-${randomBytes(20).toString('hex')}`;
  return { key, hash: createHash('sha256').update(key).digest('hex'), hint: key.slice(0, 10) };
}

async function createKey(rooms: Rooms, input: CheckedInputOf<'keys.create'>, context: OperationContext) {
  const { key, hash, hint } = makeApiKey();
  const result = await rooms.catalog.write('internal.createKey', { ...input, hash, hint }, acting(context));
  return { ...result, output: { key, summary: result.output } };
}

export const catalogHandlers: Handlers = {
  'catalog.status': status,
  'catalog.doctor': doctor,
  'catalog.backup': backup,
  'catalog.restoreBackup': restoreBackup,
  'keys.create': createKey,
};
