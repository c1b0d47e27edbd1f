import { useState } from 'react';
import type { Remote } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { navigate } from '../../app/routes/index.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { Button, Field, SkeletonLines, StatusDot, Switch } from '../../ui/index.ts';
import { Plus } from '../../ui/icons.ts';
import { openConnectRemote } from './connecting.ts';
import { policyWords, rateWords } from './bytesChoice.ts';
import { BytesDialog } from './BytesDialog.tsx';
import { CredentialDialog } from './CredentialDialog.tsx';
import { FollowChoice } from './FollowChoice.tsx';
import { NoRemotes } from './NoRemotes.tsx';
import { StatesThere } from './StatesThere.tsx';
import { credentialWords, standingOf } from './words.ts';
import styles from './Sync.module.css';

type FieldKey = keyof Remote['fields'];
const fields: readonly { readonly key: FieldKey; readonly label: string; readonly hint?: string; /** Remotes that have a place for it; absent: all. */ readonly kinds?: readonly Remote['kind'][]; /** Goes from here to there alone. */ readonly oneWay?: boolean }[] = [
  { key: 'aliases', label: 'Aliases' },
  { key: 'descriptions', label: 'Descriptions', kinds: ['mlflow'] },
  { key: 'descriptions', label: 'Descriptions and metadata', kinds: ['wandb'] },
  { key: 'tags', label: 'Tags' },
  { key: 'names', label: 'Names of collections' },
  { key: 'runs', label: 'Runs of versions' },
  { key: 'states', label: 'Lifecycle states' },
  { key: 'removals', label: 'What is unlinked here', kinds: ['wandb'], oneWay: true },
  { key: 'deletions', label: 'What is deleted here', hint: 'Collections, and versions that are unlinked here; their runs and files stay there. MLflow has no place for times to live: what lives out its time here goes as a deletion, or stays there.', kinds: ['mlflow'], oneWay: true },
  { key: 'deletions', label: 'Collections deleted here', hint: 'Their versions and files stay in their projects there.', kinds: ['wandb'], oneWay: true },
  { key: 'artifacts', label: 'Versions deleted here', hint: 'From their projects there, for good and with their files, unless an alias stands on them. Off: they are unlinked there and stay.', kinds: ['wandb'], oneWay: true },
  { key: 'lifetimes', label: 'Times to live of versions', hint: 'W&B then deletes versions that live out their time.', kinds: ['wandb'] },
  { key: 'registries', label: 'Registries made here', hint: 'Also those that were here before, with what stands in them, where the whole organization follows.', kinds: ['wandb'], oneWay: true },
];

/** Every remote with what follows it and which fields go over. Takes effect at once. */
export function RemotesSection() {
  const remotes = useOperation('remotes.list', {});
  const mayConnect = useWhyNot()('remotes.add', 'organization');
  if (remotes.error !== null) return <PlaceFailure error={remotes.error} retry={remotes.retry} />;
  if (remotes.data === undefined) return <SkeletonLines lines={6} />;
  return (
    <>
      <div className={styles.head}>
        <h2>Remotes</h2>
        <span className={styles.space} />
        {remotes.data.items.length > 0 && (
          <Button icon={Plus} {...barred(mayConnect)} onClick={openConnectRemote}>
            Connect a remote…
          </Button>
        )}
      </div>
      {remotes.data.items.length === 0 && <NoRemotes reason={mayConnect} onConnect={openConnectRemote} />}
      {remotes.data.items.map((remote) => (
        <RemoteSettings key={remote.id} remote={remote} />
      ))}
    </>
  );
}

function RemoteSettings({ remote }: { readonly remote: Remote }) {
  const [signing, setSigning] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const mayChange = useWhyNot()('remotes.update', 'organization');
  const state = useOperation('sync.state', {}).data?.items.find((one) => one.remoteId === remote.id);
  const standing = state === undefined ? null : standingOf(state);
  // Which registries there are there is asked only where somebody is choosing among them.
  const there = useOperation('remotes.test', { id: remote.id }, { enabled: remote.kind === 'wandb' && remote.follow.kind === 'registries' }).data;
  const others = (there?.workspaces ?? []).filter((one) => one !== remote.workspace).map((one) => one.split('/').at(-1) ?? one);
  const set = (change: { readonly fields?: Remote['fields']; readonly follow?: Remote['follow'] }): void => void runCommand('remotes.update', { id: remote.id, ...change });
  return (
    <section className={styles.remote} aria-label={remote.name}>
      <header className={styles.head}>
        <h3>{remote.name}</h3>
        {standing !== null && <StatusDot tone={standing.tone} label={standing.label} busy={standing.busy} hollow={standing.hollow} />}
        <span className={styles.space} />
        <Button size="small" onClick={() => navigate({ place: 'sync' })}>
          Open in Sync
        </Button>
      </header>
      <Field label="Server" layout="inline">
        <span className={styles.url}>{remote.url}</span>
      </Field>
      <Field label="Credential" layout="inline">
        <div className={styles.acts}>
          <span>{credentialWords(remote)}</span>
          <Button variant="link" {...barred(mayChange)} onClick={() => setSigning(true)}>
            Change…
          </Button>
        </div>
      </Field>
      <FollowChoice remote={remote.kind} registry={remote.registry.name} follow={remote.follow} onChange={(follow) => set({ follow })} others={others} reason={mayChange} />
      <Field label="Goes over" hint="In both directions.">
        <FieldSwitches remote={remote} oneWay={false} reason={mayChange} onChange={(changed) => set({ fields: changed })} />
      </Field>
      <Field label="Goes there" hint="From here alone: off, it stays there. What is gone there is unlinked here and never deleted.">
        <FieldSwitches remote={remote} oneWay reason={mayChange} onChange={(changed) => set({ fields: changed })} />
      </Field>
      <Field label="Bring files here" layout="inline">
        <div className={styles.acts}>
          <span>
            {policyWords(remote)}; {rateWords(remote)}
          </span>
          <Button variant="link" {...barred(mayChange)} onClick={() => setChoosing(true)}>
            Choose…
          </Button>
        </div>
      </Field>
      {choosing && <BytesDialog remote={remote} onClose={() => setChoosing(false)} />}
      {signing && <CredentialDialog remote={remote} onClose={() => setSigning(false)} />}
    </section>
  );
}

type FieldSwitchesProps = { readonly remote: Remote; readonly oneWay: boolean; readonly reason: string | null; readonly onChange: (fields: Remote['fields']) => void };

function FieldSwitches({ remote, oneWay, reason, onChange }: FieldSwitchesProps) {
  const shown = fields.filter((field) => (field.oneWay ?? false) === oneWay && (field.kinds?.includes(remote.kind) ?? true) && (field.key !== 'registries' || remote.follow.kind === 'organization'));
  return (
    <ul className={styles.switches}>
      {shown.map(({ key, label, hint }) => (
        <li key={key}>
          <Switch checked={remote.fields[key]} {...barred(reason)} onCheckedChange={(on) => onChange({ ...remote.fields, [key]: on })} label={label} />
          {key === 'states' ? <StatesThere remote={remote} /> : hint !== undefined && <span className={styles.dim}>{hint}</span>}
        </li>
      ))}
    </ul>
  );
}
