import { useState } from 'react';
import type { Remote, SyncState } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { Button, formatQuantity, SkeletonLines } from '../../ui/index.ts';
import { Plus, RefreshCw } from '../../ui/icons.ts';
import { Buckets } from './Buckets.tsx';
import { Conflicts } from './Conflicts.tsx';
import { openConnectRemote } from './connecting.ts';
import { DeadLetters } from './DeadLetters.tsx';
import { NoRemotes } from './NoRemotes.tsx';
import { PlanDialog } from './PlanDialog.tsx';
import { RemoteCard } from './RemoteCard.tsx';
import styles from './Sync.module.css';

/** Where each remote stands, what waits, what conflicts, what failed, and what to do. */
export function SyncPlace() {
  const remotes = useOperation('remotes.list', {});
  const states = useOperation('sync.state', {});
  const conflicts = useOperation('sync.conflicts', {});
  const letters = useOperation('sync.deadLetters', {});
  const buckets = useOperation('buckets.list', {});
  const mayConnect = useWhyNot()('remotes.add', 'organization');
  const [planned, setPlanned] = useState<Remote | null>(null);
  const failed = remotes.error ?? states.error;
  const stateOf = (remote: Remote): SyncState | undefined => states.data?.items.find((state) => state.remoteId === remote.id);
  const items = remotes.data?.items;
  return (
    <>
      <PlaceHeader
        icon={RefreshCw}
        title="Sync"
        facts={items === undefined || items.length === 0 ? undefined : <span>{formatQuantity(items.length, 'remote')}</span>}
        actions={
          items === undefined || items.length === 0 ? undefined : (
            <Button icon={Plus} {...barred(mayConnect)} onClick={openConnectRemote}>
              Connect a remote…
            </Button>
          )
        }
      />
      <PlaceBody>
        {failed !== null && items === undefined ? (
          <PlaceFailure
            error={failed}
            retry={() => {
              remotes.retry();
              states.retry();
            }}
          />
        ) : items === undefined ? (
          <SkeletonLines lines={6} />
        ) : items.length === 0 ? (
          <div className={styles.page}>
            <NoRemotes reason={mayConnect} onConnect={openConnectRemote} />
            <Buckets buckets={buckets.data?.items ?? []} />
          </div>
        ) : (
          <div className={styles.page}>
            <Conflicts conflicts={conflicts.data?.items ?? []} />
            <DeadLetters letters={letters.data?.items ?? []} />
            {items.map((remote) => (
              <RemoteCard key={remote.id} remote={remote} state={stateOf(remote)} onPlan={() => setPlanned(remote)} />
            ))}
            <Buckets buckets={buckets.data?.items ?? []} />
          </div>
        )}
      </PlaceBody>
      {planned !== null && <PlanDialog remote={planned} onClose={() => setPlanned(null)} />}
    </>
  );
}
