import { useState } from 'react';
import type { ApiKeySummary } from '#shared/contract/index.ts';
import { runCommand, useCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { AlertDialog, Badge, Button, CopyButton, EmptyState, Field, RelativeTime, SkeletonLines, Switch, VisuallyHidden } from '../../ui/index.ts';
import { KeyRound, SquareTerminal } from '../../ui/icons.ts';
import { openConnect } from '../connect/index.ts';
import { KeyDialog } from './KeyDialog.tsx';
import { keyState, scopeWords } from './keys.ts';
import styles from './Accounts.module.css';

/** The door that scripts come through, and the keys that open it. */
export function KeysSection() {
  const keys = useOperation('keys.list', {});
  const door = useOperation('door.status', {});
  const registries = useOperation('registries.list', {}).data?.items ?? [];
  const projects = useOperation('projects.list', { limit: 200 }).data?.items ?? [];
  const start = useCommand('door.start');
  const stop = useCommand('door.stop');
  const whyNot = useWhyNot();
  // Whether a key has expired is judged when the section opens.
  const [now] = useState(() => Date.now());
  const [making, setMaking] = useState(false);
  const [old, setOld] = useState(false);
  const [revoking, setRevoking] = useState<ApiKeySummary | null>(null);
  const url = door.data?.url ?? null;
  const toggle = async (open: boolean): Promise<void> => {
    if (open) await start.execute({}, { done: ({ url: at }) => `The server runs at ${at}` });
    else await stop.execute({}, { done: 'The server is stopped' });
  };
  const all = keys.data?.items ?? [];
  const good = all.filter((key) => keyState(key, now) === 'good');
  const shown = old ? all : good;
  return (
    <>
      <h2>Server</h2>
      <Field label="For scripts on this machine" hint="No other machine can reach it, and it asks for a key." layout="inline">
        <div className={styles.door}>
          <Switch checked={url !== null} {...barred((url === null ? whyNot('door.start', 'organization') : whyNot('door.stop', 'organization')) ?? (start.running || stop.running ? 'One moment.' : null))} onCheckedChange={(open) => void toggle(open)} label={url === null ? 'Off' : 'On'} />
          {url !== null && (
            <>
              <code>{url}</code>
              <CopyButton text={url} label="Copy the address" />
            </>
          )}
          <Button icon={SquareTerminal} onClick={openConnect}>
            Connect a script…
          </Button>
        </div>
      </Field>
      <div className={styles.headline}>
        <h2>API keys</h2>
        <div className={styles.headActs}>
          {all.length > good.length && <Switch checked={old} onCheckedChange={setOld} label="Revoked and expired, too" />}
          <Button icon={KeyRound} onClick={() => setMaking(true)}>
            New key…
          </Button>
        </div>
      </div>
      {keys.error !== null && keys.data === undefined ? (
        <PlaceFailure error={keys.error} retry={keys.retry} compact />
      ) : keys.data === undefined ? (
        <SkeletonLines lines={3} />
      ) : shown.length === 0 ? (
        <EmptyState compact icon={KeyRound} title="No keys yet" text="A script or a CI job needs one; each should have its own." />
      ) : (
        <table className={styles.table} aria-label="API keys">
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Acts as</th>
              <th scope="col">May</th>
              <th scope="col">Expires</th>
              <th scope="col">Used</th>
              <th scope="col">
                <VisuallyHidden>Acts</VisuallyHidden>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((key) => {
              const state = keyState(key, now);
              return (
                <tr key={key.id}>
                  <th scope="row" aria-label={key.name}>
                    <span className={styles.names}>
                      <span className={styles.strong}>{key.name}</span>
                      <code className={styles.dim}>{key.hint}…</code>
                    </span>
                  </th>
                  <td>{key.user.displayName}</td>
                  <td className={styles.dim}>{scopeWords(key.scope, registries, projects)}</td>
                  <td className={styles.dim}>{key.expiresAt === null ? 'never' : <RelativeTime time={key.expiresAt} />}</td>
                  <td className={styles.dim}>{key.lastUsedAt === null ? 'never' : <RelativeTime time={key.lastUsedAt} />}</td>
                  <td className={styles.acts}>
                    {state === 'good' ? (
                      <Button size="small" onClick={() => setRevoking(key)} aria-label={`Revoke ${key.name}`}>
                        Revoke…
                      </Button>
                    ) : (
                      <Badge>{state === 'revoked' ? 'Revoked' : 'Expired'}</Badge>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {making && <KeyDialog owner={null} onClose={() => setMaking(false)} />}
      <AlertDialog
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title={`Revoke “${revoking?.name ?? ''}”?`}
        description="Whatever uses it gets no answer from now on. It can’t be taken back; a new key can be made."
        confirmLabel="Revoke"
        onConfirm={async () => {
          if (revoking !== null) await runCommand('keys.revoke', { id: revoking.id }, { done: `Revoked “${revoking.name}”` });
        }}
      />
    </>
  );
}
