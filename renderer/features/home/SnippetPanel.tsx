import { useState } from 'react';
import { explainError, type VitrineError } from '#shared/contract/index.ts';
import { Button, CodeBlock, Dialog } from '../../ui/index.ts';
import { KeyRound } from '../../ui/icons.ts';
import { asVitrineError, runCommand, useOperation } from '../../app/api/index.ts';
import { PlaceLink } from '../../app/routes/index.ts';
import { pythonSnippet, type SnippetFacts } from './snippet.ts';
import styles from './Home.module.css';

/** Opens the local HTTP door, makes a key, and shows Python that works as it stands. */
export function SnippetDialog({ open, onOpenChange }: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void }) {
  const [facts, setFacts] = useState<SnippetFacts | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const status = useOperation('door.status', {}, { enabled: open });

  const prepare = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      const url = status.data?.url ?? (await runCommand('door.start', {}, { toast: false }))?.output.url;
      const made = await runCommand('keys.create', { name: `Python snippet, ${new Date().toISOString().slice(0, 10)}` }, { toast: false });
      if (url !== undefined && made !== null) setFacts({ url, key: made.output.key });
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        onOpenChange(next);
        // The key is shown once.
        if (!next) setFacts(null);
      }}
      title="Log from Python"
      description="A script on this machine talks to Vitrine over a local address, with a key of its own."
      width="wide"
      footnote={facts === null ? undefined : 'The key is shown this once; only its hash is kept. It can be revoked in Settings.'}
      actions={<Button variant={facts === null ? 'normal' : 'primary'} onClick={() => onOpenChange(false)}>{facts === null ? 'Cancel' : 'Done'}</Button>}
    >
      {facts === null ? (
        <div className={styles.steps}>
          <p>This opens the HTTP door on this machine only (it listens on loopback) and makes one API key. You can close the one and revoke the other in <PlaceLink to={{ place: 'settings', section: 'keys' }} onClick={() => onOpenChange(false)}>Settings</PlaceLink>.</p>
          {failure !== null && (
            <p className={styles.failure} role="alert">
              {explainError(failure).title}. {explainError(failure).sentence}
            </p>
          )}
          <Button variant="primary" icon={KeyRound} busy={busy} onClick={() => void prepare()}>
            Open the door and make a key
          </Button>
        </div>
      ) : (
        <CodeBlock title="Python, standard library only" code={pythonSnippet(facts)} />
      )}
    </Dialog>
  );
}
