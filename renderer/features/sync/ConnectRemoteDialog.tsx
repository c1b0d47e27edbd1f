import { useState } from 'react';
import { explainError } from '#shared/contract/explain.ts';
import type { OutputOf, Remote } from '#shared/contract/index.ts';
import { core, runCommand, useOperation, useSubmit } from '../../app/api/index.ts';
import { Button, Combobox, Dialog, Field, Input, Segmented } from '../../ui/index.ts';
import { onDemand, readBytes } from './bytesChoice.ts';
import { BytesFields } from './BytesFields.tsx';
import { CredentialFields, credentialOf, noCredential, type TypedCredential } from './CredentialFields.tsx';
import { FollowChoice } from './FollowChoice.tsx';
import { StepList } from './StepList.tsx';
import styles from './Sync.module.css';
import { WandbCovers } from './WandbCovers.tsx';

type Report = OutputOf<'remotes.test'>;

const kinds = [
  { value: 'mlflow', label: 'MLflow' },
  { value: 'wandb', label: 'W&B' },
] as const;
type Kind = (typeof kinds)[number]['value'];

/** What is asked differently of each kind. */
const forms: Readonly<Record<Kind, { readonly title: string; readonly addressHint: string; readonly placeholder: string; readonly address: string; readonly registry: string; readonly registryHint: string; readonly credential: TypedCredential['kind'] }>> = {
  mlflow: { title: 'Connect an MLflow server', addressHint: 'As MLFLOW_TRACKING_URI has it, with its path where it has one.', placeholder: 'https://mlflow.example.com', address: '', registry: 'MLflow', registryHint: 'Its models become collections of this registry.', credential: 'none' },
  wandb: { title: 'Connect a registry of W&B', addressHint: 'As WANDB_BASE_URL has it. W&B’s cloud is at https://api.wandb.ai.', placeholder: 'https://api.wandb.ai', address: 'https://api.wandb.ai', registry: 'W&B', registryHint: 'Its collections become collections of this registry.', credential: 'token' },
};

const stepWords: Readonly<Record<Report['steps'][number]['step'], string>> = { address: 'Address', server: 'Server', sign_in: 'Sign-in', workspace: 'Workspace', read: 'Reading' };

/** Kind, address, credential, a test that says which step failed, and into which registry it goes. */
export function ConnectRemoteDialog({ onClose }: { readonly onClose: (connected: Remote | null) => void }) {
  const registries = useOperation('registries.list', {}).data?.items ?? [];
  const [kind, setKind] = useState<Kind>('mlflow');
  const [destination, setDestination] = useState('');
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [workspace, setWorkspace] = useState('');
  const [typed, setTyped] = useState(noCredential);
  const [registry, setRegistry] = useState<string | null>('MLflow');
  const [follow, setFollow] = useState<Remote['follow']>({ kind: 'registry' });
  const [typedFiles, setTypedFiles] = useState(onDemand);
  const files = readBytes(typedFiles);
  const [report, setReport] = useState<Report | null>(null);
  const credential = credentialOf(typed);
  const form = forms[kind];
  const place = { kind, url: url.trim(), workspace: workspace.trim() === '' ? null : workspace.trim(), credential: credential ?? { kind: 'none' as const } };
  const lacking = url.trim() === '' ? 'Enter the server’s address.' : credential === null ? 'The credential is not complete.' : kind === 'wandb' && !/^[^/]+\/[^/]+$/u.test(workspace.trim()) ? 'Say which registry of W&B, as organization/registry.' : files.ok ? null : files.problem;

  const test = useSubmit(async () => setReport(await core().query('remotes.test', place)));
  const connect = useSubmit(async () => {
    if (!files.ok) return;
    // What can't be reached now is not refused (one may be offline), but it is shown first.
    const tried = report ?? (await core().query('remotes.test', place));
    setReport(tried);
    if (report === null && tried.steps.some((step) => step.verdict === 'failed')) return;
    const made = await runCommand('remotes.add', { ...place, name: name.trim(), registry: registry ?? form.registry, follow, ...(kind === 'wandb' && destination.trim() !== '' ? { destination: destination.trim() } : {}), bytes: files.bytes, rate: files.rate }, { toast: false });
    if (made !== null) onClose(made.output);
  });
  const busy = test.busy || connect.busy;
  const changed = (): void => setReport(null);
  const chooseKind = (next: Kind): void => {
    setKind(next);
    setUrl(url.trim() === '' || url === form.address ? forms[next].address : url);
    setTyped({ ...noCredential, kind: forms[next].credential });
    setRegistry(registry === form.registry ? forms[next].registry : registry);
    setWorkspace('');
    setFollow({ kind: 'registry' });
    changed();
  };
  const taken = (types: readonly string[] | null): boolean => kind === 'wandb' || types === null || types.includes('model');
  const options = [...new Set([form.registry, ...registries.filter((one) => taken(one.acceptedTypes)).map((one) => one.name), ...(registry === null ? [] : [registry])])].map((value) => ({ value, label: value, ...(registries.some((one) => one.name === value) ? {} : { detail: 'new' }) }));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose(null)}
      title={form.title}
      description="It is read from then on. Nothing goes there before you have looked at the plan."
      keepOnOutsidePress
      onSubmit={connect.submit}
      actions={
        <>
          <Button onClick={test.submit} busy={test.busy} disabled={lacking !== null || busy} disabledReason={lacking ?? 'It is being tried.'}>
            Test
          </Button>
          <Button onClick={() => onClose(null)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={connect.busy} disabled={lacking !== null || name.trim() === '' || busy} disabledReason={lacking ?? (name.trim() === '' ? 'Give it a name.' : 'It is being tried.')}>
            {report !== null && report.steps.some((step) => step.verdict === 'failed') ? 'Connect all the same' : 'Connect'}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Field label="Kind">
          <Segmented label="Kind" options={kinds} value={kind} onValueChange={chooseKind} />
        </Field>
        <Field label="Address" hint={form.addressHint}>
          <Input
            value={url}
            onValueChange={(next) => {
              setUrl(next);
              changed();
            }}
            mono
            autoFocus
            placeholder={form.placeholder}
            maxLength={2000}
          />
        </Field>
        <CredentialFields
          remote={kind}
          value={typed}
          onChange={(next) => {
            setTyped(next);
            changed();
          }}
        />
        {kind === 'wandb' && (
          <Field label="Registry there" hint="As organization/registry: the first one. Others of the organization can follow beside it.">
            <Combobox
              label="Registry there"
              options={[...new Set([...(report?.workspaces ?? []), ...(workspace === '' ? [] : [workspace])])].map((value) => ({ value, label: value }))}
              value={workspace === '' ? null : workspace}
              onValueChange={(next) => {
                setWorkspace(next ?? '');
                changed();
              }}
              onCreate={(next) => {
                setWorkspace(next);
                changed();
              }}
              placeholder="acme/model"
            />
          </Field>
        )}
        {kind === 'mlflow' && (
          <Field label="Workspace" optional hint="Only where the server has workspaces.">
            <Input
              value={workspace}
              onValueChange={(next) => {
                setWorkspace(next);
                changed();
              }}
              maxLength={63}
            />
          </Field>
        )}
        {/* Beside what was tried, and before what has nothing to do with it. */}
        {test.failure !== null && <p className={styles.failure} role="alert">{test.failure}</p>}
        {report !== null && <StepList steps={report.steps.map((step) => ({ ...step, word: stepWords[step.step] }))} />}
        <Field label="Name" {...(connect.error === null ? {} : { error: explainError(connect.error).sentence })}>
          <Input value={name} onValueChange={setName} placeholder="Team server" maxLength={128} />
        </Field>
        <Field label="Registry" hint={form.registryHint}>
          <Combobox label="Registry" options={options} value={registry} onValueChange={setRegistry} onCreate={setRegistry} />
        </Field>
        <FollowChoice remote={kind} registry={registry ?? form.registry} follow={follow} onChange={setFollow} others={(report?.workspaces ?? []).filter((one) => one !== workspace.trim()).map((one) => one.split('/').at(-1) ?? one)} />
        <BytesFields remote={kind} registries={[registry ?? form.registry]} value={typedFiles} onChange={setTypedFiles} />
        {kind === 'wandb' && (
          <>
            <Field label="Log new versions into" optional hint="A team of the organization and a project, as team/project. Without it: the key’s own team.">
              <Input value={destination} onValueChange={setDestination} mono placeholder="team/project" maxLength={300} />
            </Field>
            <WandbCovers />
          </>
        )}
      </div>
    </Dialog>
  );
}
