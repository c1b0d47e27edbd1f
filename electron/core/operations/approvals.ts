/** Checks of a request that read bytes. */
import type { CheckedInputOf } from '#shared/contract/index.ts';
import { acting, asking, type OperationContext, type OperationResult } from './context.ts';
import type { Handlers, Rooms } from './index.ts';
import { noteDamage } from './integrity.ts';
import { entriesOf, scanVersion } from './scans.ts';

async function check(rooms: Rooms, input: CheckedInputOf<'approvals.check'>, context: OperationContext): Promise<OperationResult> {
  const { versionId, integrity, scan } = (await rooms.catalog.read('internal.approvalVersion', { id: input.id }, asking(context))) as { readonly versionId: number; readonly integrity: boolean; readonly scan: boolean };
  const read = integrity ? await readAll(rooms, versionId, context) : null;
  if (scan) await scanVersion(rooms, versionId, context);
  return rooms.catalog.write('internal.noteCheck', { id: input.id, integrity: read }, acting(context));
}

/** Reads every byte of a version that lies here. */
async function readAll(rooms: Rooms, versionId: number, context: OperationContext): Promise<{ readonly passed: boolean; readonly detail: string }> {
  const digests = new Set<string>();
  const pathOf = new Map<string, string>();
  let references = 0;
  for await (const page of entriesOf(rooms, versionId, context)) {
    for (const entry of page) {
      if (entry.sha256 === null) references += 1;
      else {
        digests.add(entry.sha256);
        pathOf.set(entry.sha256, entry.path);
      }
    }
  }
  const report = await rooms.store.verify({ only: [...digests], signal: context.signal, onProgress: (progress) => context.report({ phase: 'verify', done: progress.doneBytes, total: progress.totalBytes, unit: 'bytes', files: null, current: null }) });
  await noteDamage(rooms, report.damaged, context);
  const [damaged] = report.damaged;
  if (damaged !== undefined) return { passed: false, detail: `${report.damaged.length} files are damaged, such as ${pathOf.get(damaged.sha256) ?? damaged.sha256}` };
  if (report.checkedObjects < digests.size) return { passed: false, detail: `${digests.size - report.checkedObjects} files are not here` };
  const elsewhere = references === 0 ? '' : `; ${references} references lie elsewhere and were not read`;
  return { passed: true, detail: `${report.checkedObjects} files read, all as their digests say${elsewhere}` };
}

export const approvalHandlers: Handlers = { 'approvals.check': check };
