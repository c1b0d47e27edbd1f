/** Checks of a request that read bytes. */
import type { CheckedInputOf, ManifestEntry } from '#shared/contract/index.ts';
import { acting, asking, type OperationContext, type OperationResult } from './context.ts';
import type { Handlers, Rooms } from './index.ts';

const entriesAtOnce = 1000;

async function check(rooms: Rooms, input: CheckedInputOf<'approvals.check'>, context: OperationContext): Promise<OperationResult> {
  const { versionId, integrity } = (await rooms.catalog.read('internal.approvalVersion', { id: input.id }, asking(context))) as { readonly versionId: number; readonly integrity: boolean };
  return rooms.catalog.write('internal.noteCheck', { id: input.id, integrity: integrity ? await readAll(rooms, versionId, context) : null }, acting(context));
}

/** Reads every byte of a version that lies here. */
async function readAll(rooms: Rooms, versionId: number, context: OperationContext): Promise<{ readonly passed: boolean; readonly detail: string }> {
  const digests = new Set<string>();
  const pathOf = new Map<string, string>();
  let references = 0;
  for (let cursor: string | null = null; ; ) {
    const page = (await rooms.catalog.read('internal.versionEntries', { id: versionId, limit: entriesAtOnce, ...(cursor === null ? {} : { cursor }) }, asking(context))) as { readonly items: readonly ManifestEntry[]; readonly nextCursor: string | null };
    for (const entry of page.items) {
      if (entry.sha256 === null) references += 1;
      else {
        digests.add(entry.sha256);
        pathOf.set(entry.sha256, entry.path);
      }
    }
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  const report = await rooms.store.verify({ only: [...digests], signal: context.signal, onProgress: (progress) => context.report({ phase: 'verify', done: progress.doneBytes, total: progress.totalBytes, unit: 'bytes', files: null, current: null }) });
  const [damaged] = report.damaged;
  if (damaged !== undefined) return { passed: false, detail: `${report.damaged.length} files are damaged, such as ${pathOf.get(damaged.sha256) ?? damaged.sha256}` };
  if (report.checkedObjects < digests.size) return { passed: false, detail: `${digests.size - report.checkedObjects} files are not here` };
  const elsewhere = references === 0 ? '' : `; ${references} references lie elsewhere and were not read`;
  return { passed: true, detail: `${report.checkedObjects} files read, all as their digests say${elsewhere}` };
}

export const approvalHandlers: Handlers = { 'approvals.check': check };
