import { useState, type ReactNode } from 'react';
import { AlertDialog, Button, classNames, formatExactTime } from '../../ui/index.ts';
import { CircleAlert, Eye, LoaderCircle, Lock, TriangleAlert, type Icon } from '../../ui/icons.ts';
import { runCommand, useOperation, useViewedAs, viewAs } from '../api/index.ts';
import { bridge } from '../bridge.ts';
import { barred, useWhyNot } from '../rights.ts';
import { useCoreState } from '../startup.ts';
import styles from './Banners.module.css';

/** What concerns the whole window, above the place: core away, read-only, a catalog that was damaged. */
export function Banners() {
  const { startup, connection, wasReady } = useCoreState();
  const status = useOperation('catalog.status', {}).data;
  const viewed = useViewedAs((state) => state.user);
  const readOnly = (startup.phase === 'ready' && startup.readOnly) || status?.readOnly === true;
  return (
    <>
      {startup.phase === 'restarting' && (
        <Banner tone="caution" icon={LoaderCircle} spinning>
          The core stopped and is being started again{startup.attempt > 1 ? ` (attempt ${startup.attempt})` : ''}. What you see is what was known; changes have to wait a moment.
        </Banner>
      )}
      {startup.phase !== 'restarting' && wasReady && connection === 'disconnected' && (
        <Banner tone="danger" icon={CircleAlert} action={<Button size="small" onClick={() => bridge().retryCore()}>Start it again</Button>}>
          The core can’t be reached. What you see is what was known.
        </Banner>
      )}
      {readOnly && (
        <Banner tone="caution" icon={Lock}>
          This catalog is read-only: {status?.directory ?? 'its folder'} can’t be written. You can look, not change.
        </Banner>
      )}
      {viewed !== null && (
        <Banner
          tone="caution"
          icon={Eye}
          action={
            <Button size="small" onClick={() => viewAs(null)}>
              Leave this view
            </Button>
          }
        >
          You look as {viewed.displayName}: what you see is what they see. Nothing can be changed meanwhile.
        </Banner>
      )}
      {status?.recovery != null && <Recovery recovery={status.recovery} />}
    </>
  );
}

type RecoveryFacts = { readonly damagedFile: string; readonly backup: string | null; readonly backupTakenAt: string | null; readonly restored: boolean };

function Recovery({ recovery }: { readonly recovery: RecoveryFacts }) {
  const [asking, setAsking] = useState(false);
  const [closed, setClosed] = useState(false);
  const mayRestore = useWhyNot()('catalog.restoreBackup', 'organization');
  if (closed) return null;
  const taken = recovery.backupTakenAt === null ? null : formatExactTime(Date.parse(recovery.backupTakenAt));
  return (
    <Banner
      tone="danger"
      icon={TriangleAlert}
      action={
        <>
          {recovery.backup !== null && !recovery.restored && (
            <Button size="small" {...barred(mayRestore)} onClick={() => setAsking(true)}>
              Restore the backup…
            </Button>
          )}
          <Button size="small" variant="quiet" onClick={() => setClosed(true)}>
            Dismiss
          </Button>
        </>
      }
    >
      The catalog file was damaged and is kept as {recovery.damagedFile}.{' '}
      {recovery.restored ? `The backup of ${taken ?? 'an earlier time'} is open in its place.` : recovery.backup === null ? 'There was no good backup: a new catalog is open in its place.' : `A new catalog is open; there is a good backup of ${taken ?? 'an earlier time'}.`}
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        tone="primary"
        title="Open the newest good backup?"
        description="It takes the place of the catalog that is open now. The damaged file stays where it is."
        consequences={taken === null ? [] : [`It was taken on ${taken}; what was done after that is not in it.`]}
        confirmLabel="Restore"
        onConfirm={async () => {
          await runCommand('catalog.restoreBackup', {}, { activity: 'Restoring the backup', done: 'The backup is open' });
        }}
      />
    </Banner>
  );
}

function Banner({ tone, icon: BannerIcon, spinning = false, action, children }: { readonly tone: 'caution' | 'danger'; readonly icon: Icon; readonly spinning?: boolean; readonly action?: ReactNode; readonly children: ReactNode }) {
  return (
    <div className={styles.banner} data-tone={tone} role={tone === 'danger' ? 'alert' : 'status'}>
      <BannerIcon className={classNames(spinning && styles.spinning)} aria-hidden />
      <div className={styles.words}>{children}</div>
      {action}
    </div>
  );
}
