import { useState } from 'react';
import type { Remote, SyncRound, SyncState } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { barred, barredEntry, useWhyNot } from '../../app/rights.ts';
import { PlaceLink } from '../../app/routes/index.ts';
import { AlertDialog, Button, formatBytes, formatCount, formatDuration, formatQuantity, Menu, IconButton, RelativeTime, StatusDot, Switch } from '../../ui/index.ts';
import { Ellipsis, Pause, Play, RefreshCw } from '../../ui/icons.ts';
import { policyWords, rateWords } from './bytesChoice.ts';
import { BytesDialog } from './BytesDialog.tsx';
import { CredentialDialog } from './CredentialDialog.tsx';
import { FetchProgress } from './FetchProgress.tsx';
import { MembersThere } from './MembersThere.tsx';
import styles from './Sync.module.css';
import { UndoPushDialog } from './UndoPushDialog.tsx';
import { WandbCovers } from './WandbCovers.tsx';
import { credentialWords, standingOf } from './words.ts';

/** One remote: where it stands, what is known of it as of when, what waits, and what can be done. */
export function RemoteCard({ remote, state, onPlan }: { readonly remote: Remote; readonly state: SyncState | undefined; readonly onPlan: () => void }) {
  const [removing, setRemoving] = useState(false);
  const [signing, setSigning] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const [history, setHistory] = useState(false);
  const standing = state === undefined ? null : standingOf(state);
  const whyNot = useWhyNot();
  const mayChange = whyNot('remotes.update', 'organization');
  const busy = state?.phase === 'pulling' || state?.phase === 'pushing';
  return (
    <section className={styles.card} aria-label={remote.name}>
      <header className={styles.head}>
        <h2>{remote.name}</h2>
        {standing !== null && <StatusDot tone={standing.tone} label={standing.label} busy={standing.busy} hollow={standing.hollow} />}
        <div className={styles.buttons}>
          {remote.paused ? (
            <Button icon={Play} {...barred(whyNot('sync.resume', 'organization'))} onClick={() => void runCommand('sync.resume', { remoteId: remote.id })}>
              Resume
            </Button>
          ) : (
            <>
              <Button icon={RefreshCw} busy={busy} {...barred(whyNot('sync.run', { registry: remote.registry.name }))} onClick={() => void runCommand('sync.run', { remoteId: remote.id, everything: true }, { activity: `Syncing ${remote.name}`, done: ({ pulled, pushed }) => (pulled + pushed === 0 ? 'Nothing new on either side' : `${formatQuantity(pulled, 'change')} came, ${pushed} went`) })}>
                Sync now
              </Button>
              <Button icon={Pause} {...barred(whyNot('sync.pause', 'organization'))} onClick={() => void runCommand('sync.pause', { remoteId: remote.id })}>
                Pause
              </Button>
            </>
          )}
          <Menu
            trigger={<IconButton icon={Ellipsis} label={`More for ${remote.name}`} />}
            items={[
              { id: 'plan', label: 'Show the plan…', ...barredEntry(whyNot('sync.plan', { registry: remote.registry.name })), onSelect: onPlan },
              { id: 'credential', label: 'Change the credential…', ...barredEntry(mayChange), onSelect: () => setSigning(true) },
              { id: 'files', label: 'Choose the files…', ...barredEntry(mayChange), onSelect: () => setChoosing(true) },
              { kind: 'separator' },
              { id: 'remove', label: 'Disconnect…', tone: 'danger', ...barredEntry(whyNot('remotes.remove', 'organization')), onSelect: () => setRemoving(true) },
            ]}
          />
        </div>
      </header>
      {state?.failure != null && (
        <p className={styles.failure} role="status">
          {state.failure.sentence}
          {state.phase === 'sign_in' ? (
            <Button variant="link" {...barred(mayChange)} onClick={() => setSigning(true)}>
              Enter the credential
            </Button>
          ) : (
            state.nextTryAt !== null && (
              <span className={styles.dim}>
                Attempt {state.attempts}; next try <RelativeTime time={state.nextTryAt} />.
              </span>
            )
          )}
        </p>
      )}
      <dl className={styles.facts}>
        <Fact label="Server">
          <span className={styles.url}>{remote.url}</span>
          {remote.kind === 'wandb' && <span className={styles.dim}>{remote.workspace}</span>}
          <span className={styles.dim}>{credentialWords(remote)}</span>
        </Fact>
        <Fact label="Follows into">
          <PlaceLink to={{ place: 'registry', registry: remote.registry.name }}>{remote.registry.name}</PlaceLink>
          {remote.registries.length > 1 && <span className={styles.dim}>{remote.registries.length > 4 ? `and ${formatQuantity(remote.registries.length - 1, 'other registry', 'other registries')}` : `and ${remote.registries.slice(1).map((one) => one.name).join(', ')}`}</span>}
          {state !== undefined && (
            <span className={styles.dim}>
              {formatQuantity(state.models, remote.kind === 'wandb' ? 'collection' : 'model')}, {formatQuantity(state.versions, 'version')}
            </span>
          )}
        </Fact>
        <Fact label="Known as of">
          {state?.asOf.changes == null ? <span className={styles.dim}>Not read yet</span> : <RelativeTime time={state.asOf.changes} />}
          {state?.asOf.aliases != null && state.asOf.aliases !== state.asOf.changes && (
            <span className={styles.dim}>
              aliases and tags <RelativeTime time={state.asOf.aliases} />
            </span>
          )}
          {state?.asOf.versionTags != null && (
            <span className={styles.dim}>
              tags of versions <RelativeTime time={state.asOf.versionTags} />
            </span>
          )}
          {state?.failure === null && state.nextTryAt !== null && (
            <span className={styles.dim}>
              next reading <RelativeTime time={state.nextTryAt} />
            </span>
          )}
        </Fact>
        <Fact label="Changes made here">
          <Switch
            aria-label={`Changes made here go to ${remote.name}`}
            checked={remote.pushes}
            {...barred(mayChange)}
            onCheckedChange={(on) => {
              // Before the first push comes the plan.
              if (on) onPlan();
              else void runCommand('remotes.update', { id: remote.id, pushes: false });
            }}
            label={remote.pushes ? 'Go there' : 'Stay here'}
          />
          {state !== undefined && state.waiting > 0 && <span className={styles.dim}>{formatCount(state.waiting)} waiting</span>}
        </Fact>
        <Fact label="Files come here">
          <span>{policyWords(remote)}</span>
          {remote.rate !== null && <span className={styles.dim}>{rateWords(remote)}</span>}
        </Fact>
      </dl>
      {state !== undefined && state.fetching !== null && <FetchProgress fetching={state.fetching} />}
      {state !== undefined && state.skippedCount > 0 && (
        <details className={styles.covers}>
          <summary>{formatQuantity(state.skippedCount, remote.kind === 'wandb' ? 'collection' : 'model')} can’t come here</summary>
          <ul>
            {state.skipped.map(({ model, why }) => (
              <li key={model}>
                “{model}”: {why}
              </li>
            ))}
            {state.skippedCount > state.skipped.length && <li className={styles.dim}>and {formatCount(state.skippedCount - state.skipped.length)} more</li>}
          </ul>
        </details>
      )}
      {remote.kind === 'wandb' && <MembersThere remote={remote} />}
      {remote.kind === 'wandb' && <WandbCovers />}
      <Button variant="link" aria-expanded={history} onClick={() => setHistory(!history)}>
        {history ? 'Hide the rounds' : 'Show the rounds'}
      </Button>
      {history && <Rounds remote={remote} />}
      <AlertDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Disconnect “${remote.name}”?`}
        description="What came from it stays here, and what is there stays there. Its secret is forgotten."
        {...(state !== undefined && state.waiting + state.conflicts + state.dead > 0 ? { consequences: [`${formatQuantity(state.waiting + state.conflicts + state.dead, 'change')} made here will never get there.`] } : {})}
        confirmLabel="Disconnect"
        onConfirm={async () => {
          await runCommand('remotes.remove', { id: remote.id }, { done: `Disconnected ${remote.name}` });
          setRemoving(false);
        }}
      />
      {choosing && <BytesDialog remote={remote} onClose={() => setChoosing(false)} />}
      {signing && <CredentialDialog remote={remote} onClose={() => setSigning(false)} />}
    </section>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Rounds({ remote }: { readonly remote: Remote }) {
  const [undoing, setUndoing] = useState<SyncRound | null>(null);
  const { data } = useOperation('sync.rounds', { remoteId: remote.id, limit: 20 });
  if (data === undefined) return null;
  if (data.items.length === 0) return <p className={styles.dim}>Nothing has gone to or fro yet.</p>;
  return (
    <>
    <table className={styles.table} aria-label={`Rounds with ${remote.name}`}>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Came</th>
          <th scope="col">Went</th>
          <th scope="col">Took</th>
          <th scope="col">Requests</th>
          <th scope="col">Bytes in, out</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {data.items.map((round) => (
          <tr key={round.id}>
            <td>
              <RelativeTime time={round.startedAt} />
            </td>
            <td>{formatCount(round.pulled)}</td>
            <td>{formatCount(round.pushed)}</td>
            <td>{formatDuration(round.milliseconds)}</td>
            <td>{formatCount(round.requests)}</td>
            <td>
              {formatBytes(round.bytesIn)}, {formatBytes(round.bytesOut)}
            </td>
            <td>
              <div className={styles.acts}>
                {round.failure ?? (round.conflicts > 0 ? formatQuantity(round.conflicts, 'conflict') : 'Done')}
                {round.revocable > 0 && (
                  <Button variant="link" onClick={() => setUndoing(round)}>
                    Undo the push…
                  </Button>
                )}
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
      {undoing !== null && <UndoPushDialog remote={remote} round={undoing} onClose={() => setUndoing(null)} />}
    </>
  );
}
