/** Tells the person at this screen what waits for their word, and what became of what they asked for. */
import type { DesktopNotification } from '../automations/port.ts';
import type { CatalogPool } from '../catalog/index.ts';
import type { Log } from './log.ts';

export type NoticesFound = { readonly notices: readonly DesktopNotification[]; /** The newest event looked at. */ readonly last: number };

/** Listens from now on. @returns the way to stop */
export function tellOfApprovals(catalog: CatalogPool, notify: (notification: DesktopNotification) => void, log: Log): () => void {
  const actorId = catalog.status().defaultUserId;
  const read = (after: number | null): Promise<NoticesFound> => catalog.read('internal.approvalNotices', { after }, { actorId }) as Promise<NoticesFound>;
  let stopped = false;
  // One look after the other: two at once would tell the same twice.
  let looking: Promise<number> = read(null).then(({ last }) => last);
  const failed = (thrown: unknown): void => {
    if (!stopped) log('error', 'approvals', 'requests could not be looked at', { reason: thrown instanceof Error ? thrown.stack : String(thrown) });
  };
  looking.catch(failed);
  const stop = catalog.onChanges((notice) => {
    if (!notice.changes.some(({ entity }) => entity === 'approval')) return;
    looking = looking.then(async (after) => {
      const { notices, last } = await read(after);
      for (const each of notices) if (!stopped) notify(each);
      return last;
    });
    looking.catch(failed);
  });
  return () => {
    stopped = true;
    stop();
  };
}
