import type { SyncState } from '#shared/contract/index.ts';
import { formatQuantity, ProgressBar } from '../../ui/index.ts';
import styles from './Sync.module.css';

/** Files on their way here because the policy wants them: which, how far, how fast, and what waits. The round that they come in is stopped by “Pause”. */
export function FetchProgress({ fetching: { label, done, total, rate, waiting } }: { readonly fetching: NonNullable<SyncState['fetching']> }) {
  const behind = formatQuantity(waiting, 'version');
  if (label === null) return <span className={styles.dim}>The files of {behind} wait to come.</span>;
  return (
    <div className={styles.fetching}>
      <ProgressBar label={`Files of ${label}`} value={done} {...(total === null ? {} : { total })} {...(rate === null ? {} : { rate })} />
      {waiting > 0 && <span className={styles.dim}>Those of {behind} wait behind it.</span>}
    </div>
  );
}
