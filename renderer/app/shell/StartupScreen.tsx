import type { StartupFacts } from '#shared/contract/bridge.ts';
import type { StartupStep } from '#shared/contract/hostProtocol.ts';
import { explainError, type ErrorCode } from '#shared/contract/index.ts';
import { Button, ProgressBar } from '../../ui/index.ts';
import { Archive, CircleAlert, FolderOpen, Lock, Power, RefreshCw, FileText, type Icon } from '../../ui/icons.ts';
import { bridge } from '../bridge.ts';
import styles from './StartupScreen.module.css';

const stepWords: Readonly<Record<StartupStep, string>> = {
  opening: 'Opening the catalog',
  backing_up: 'Taking a backup first',
  migrating: 'Bringing the catalog up to date',
  checking: 'Checking the catalog',
  restoring: 'Restoring the backup',
  sampling: 'Adding the sample catalog',
};

/** Shown while core starts for longer than a moment. */
export function StartingScreen({ facts }: { readonly facts: Extract<StartupFacts, { readonly phase: 'starting' }> }) {
  const words = facts.step === null ? 'Opening the catalog' : stepWords[facts.step];
  return (
    <main className={styles.screen} aria-busy="true">
      <div className={styles.starting}>
        <h1 className={styles.name}>Vitrine</h1>
        {facts.total === null ? (
          <p className={styles.words} role="status">
            {words}…
          </p>
        ) : (
          <ProgressBar label={words} value={facts.done ?? 0} total={facts.total} unit="count" />
        )}
      </div>
    </main>
  );
}

const icons: Partial<Record<ErrorCode, Icon>> = { catalog_locked: Lock, catalog_newer: Archive, catalog_corrupt: CircleAlert };

/** Shown when core can't start: what happened, what was kept, and every way out there is. */
export function FailedScreen({ facts }: { readonly facts: Extract<StartupFacts, { readonly phase: 'failed' }> }) {
  const { title, sentence: words, advice } = explainError(facts.error);
  const FailedIcon = icons[facts.error.code] ?? CircleAlert;
  const openAnother = async (): Promise<void> => {
    const folder = await bridge().chooseFolder({ title: 'Open another catalog' });
    if (folder !== null) bridge().relaunch({ dataDirectory: folder });
  };
  return (
    <main className={styles.screen}>
      <div className={styles.card} role="alert">
        <FailedIcon className={styles.icon} aria-hidden />
        <h1 className={styles.title}>{title}</h1>
        <p>{words}</p>
        {advice !== null && <p>{advice}</p>}
        <p className={styles.folder}>
          Catalog: <code>{facts.dataDirectory}</code>
        </p>
        <div className={styles.ways}>
          {facts.error.code !== 'catalog_newer' && (
            <Button variant="primary" icon={RefreshCw} onClick={() => bridge().retryCore()}>
              Try again
            </Button>
          )}
          <Button icon={FolderOpen} variant={facts.error.code === 'catalog_newer' ? 'primary' : 'normal'} onClick={() => void openAnother()}>
            Open another catalog…
          </Button>
          <Button icon={FileText} onClick={() => void bridge().revealLogs()}>
            Show the logs
          </Button>
          <Button icon={Power} variant="quiet" onClick={() => bridge().quit()}>
            Quit
          </Button>
        </div>
        <details className={styles.details}>
          <summary>Details</summary>
          <pre>{`${facts.error.code} ${JSON.stringify(facts.error.details, null, 2)}`}</pre>
        </details>
      </div>
    </main>
  );
}
