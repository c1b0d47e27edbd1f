import { useState } from 'react';
import { assertNever } from '#shared/domain/assert.ts';
import { formatBytes, formatCount, formatDuration, formatQuantity, formatRate, Popover, ProgressBar, StatusDot } from '../../ui/index.ts';
import { ChevronUp } from '../../ui/icons.ts';
import { useActivities, useOperation, type Activity } from '../api/index.ts';
import { standingOfAll } from '../../features/sync/index.ts';
import { PlaceLink } from '../routes/index.ts';
import { useCoreState } from '../startup.ts';
import styles from './StatusLine.module.css';

/** One line at the bottom: core, running work, what the catalog holds. */
export function StatusLine() {
  return (
    <footer className={styles.line} aria-label="Status">
      <CoreDot />
      <SyncLink />
      <span className={styles.space} />
      <RunningWork />
      <CatalogSize />
    </footer>
  );
}

/** The remote that needs somebody most, in a word. */
function SyncLink() {
  const states = useOperation('sync.state', {}).data?.items ?? [];
  const all = standingOfAll(states);
  if (all === null) {
    return (
      <PlaceLink to={{ place: 'sync' }} className={styles.link} title="No remote is connected: everything stays on this machine">
        Local only
      </PlaceLink>
    );
  }
  const { standing, name } = all;
  return (
    <PlaceLink to={{ place: 'sync' }} className={styles.link} title={states.map((state) => `${state.name}: ${formatQuantity(state.waiting, 'change')} waiting, ${formatQuantity(state.conflicts, 'conflict')}, ${state.dead} refused`).join('\n')}>
      <StatusDot tone={standing.tone} busy={standing.busy} hollow={standing.hollow} label={`${name}: ${standing.label}`} />
    </PlaceLink>
  );
}

function CoreDot() {
  const { startup, connection } = useCoreState();
  const readOnly = startup.phase === 'ready' && startup.readOnly;
  switch (connection) {
    case 'connected':
      return readOnly ? <StatusDot tone="caution" label="Read-only" /> : <StatusDot tone="good" label="Ready" />;
    case 'connecting':
      // It is over in a moment, in which every frame drawn makes the rest wait: nothing moves.
      return <StatusDot tone="neutral" hollow label="Starting" />;
    case 'disconnected':
      return <StatusDot tone="danger" busy={startup.phase === 'restarting'} label={startup.phase === 'restarting' ? 'Restarting' : 'Not connected'} />;
    default:
      return assertNever(connection, 'connection');
  }
}

function CatalogSize() {
  const { data } = useOperation('catalog.status', {});
  if (data === undefined) return null;
  return (
    <PlaceLink to={{ place: 'storage' }} className={styles.link} title={`${data.directory}\n${formatQuantity(data.counts.artifacts, 'artifact')}, ${formatQuantity(data.counts.links, 'link')}, ${formatQuantity(data.counts.runs, 'run')}`}>
      {formatQuantity(data.counts.versions, 'version')} · {formatBytes(data.storeBytes)}
    </PlaceLink>
  );
}

function RunningWork() {
  const running = useActivities((state) => state.running);
  const [open, setOpen] = useState(false);
  const first = running[0];
  if (first === undefined) return null;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      side="top"
      align="end"
      title="Running now"
      trigger={
        <button type="button" className={styles.work}>
          <Summary activity={first} />
          {running.length > 1 && <span className={styles.dim}>and {running.length - 1} more</span>}
          <ChevronUp aria-hidden />
        </button>
      }
    >
      <ul className={styles.activities}>
        {running.map((activity) => (
          <li key={activity.id}>
            <ActivityProgress activity={activity} />
          </li>
        ))}
      </ul>
    </Popover>
  );
}

function Summary({ activity }: { readonly activity: Activity }) {
  const { progress, pace, cancelling } = activity;
  const fraction = progress === null || progress.total === null || progress.total === 0 ? null : Math.min(1, progress.done / progress.total);
  return (
    <>
      <span className={styles.workLabel}>{activity.label}</span>
      <span className={styles.track} data-unknown={fraction === null || undefined}>
        <span className={styles.fill} style={{ scale: `${fraction ?? 0.35} 1` }} />
      </span>
      <span className={styles.figures}>
        {cancelling
          ? 'stopping'
          : [
              fraction === null ? null : `${Math.floor(fraction * 100)} %`,
              pace.rate === null || progress === null ? null : progress.unit === 'bytes' ? formatRate(pace.rate) : `${formatCount(pace.rate)}/s`,
              pace.secondsLeft === null ? null : `${formatDuration(pace.secondsLeft * 1000)} left`,
            ]
              .filter((part) => part !== null)
              .join(' · ')}
      </span>
    </>
  );
}

/** One running work with its numbers and the way to stop it. */
export function ActivityProgress({ activity }: { readonly activity: Activity }) {
  const { progress, pace, cancelling } = activity;
  return (
    <ProgressBar
      label={activity.label}
      value={progress?.done ?? 0}
      unit={progress?.unit === 'bytes' ? 'bytes' : 'count'}
      {...(progress?.total == null ? {} : { total: progress.total })}
      {...(pace.rate === null ? {} : { rate: pace.rate })}
      {...(cancelling ? { note: 'Stopping' } : progress === null ? { note: 'Beginning' } : {})}
      {...(cancelling ? {} : { onCancel: activity.cancel })}
    />
  );
}
