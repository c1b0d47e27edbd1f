/** Tells the person at this screen what waits for their word, what became of what they asked for, and what their runs want looked at. */
import type { ChangeEntity } from '#shared/contract/index.ts';
import type { DesktopNotification } from '../automations/port.ts';
import type { CatalogPool } from '../catalog/index.ts';
import type { Log } from './log.ts';

export type NoticesFound = { readonly notices: readonly DesktopNotification[]; /** The newest event looked at. */ readonly last: number };

const sources: readonly { readonly entity: ChangeEntity; readonly query: string }[] = [{ entity: 'approval', query: 'internal.approvalNotices' }, { entity: 'run_alert', query: 'internal.alertNotices' }];

/** Listens from now on. @returns the way to stop */
export function tellAtDesk(catalog: CatalogPool, notify: (notification: DesktopNotification) => void, log: Log): () => void {
  const stops = sources.map(({ entity, query }) => tellOf(entity, query, catalog, notify, log));
  return () => {
    for (const stop of stops) stop();
  };
}

function tellOf(entity: ChangeEntity, query: string, catalog: CatalogPool, notify: (notification: DesktopNotification) => void, log: Log): () => void {
  const actorId = catalog.status().defaultUserId;
  const read = (after: number | null): Promise<NoticesFound> => catalog.read(query, { after }, { actorId }) as Promise<NoticesFound>;
  let stopped = false;
  // One look after the other: two at once would tell the same twice.
  let looking: Promise<number> = read(null).then(({ last }) => last);
  const failed = (thrown: unknown): void => {
    if (!stopped) log('error', 'notifications', `${entity}: what is new could not be looked at`, { reason: thrown instanceof Error ? thrown.stack : String(thrown) });
  };
  looking.catch(failed);
  const stop = catalog.onChanges((notice) => {
    if (!notice.changes.some((change) => change.entity === entity)) return;
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
