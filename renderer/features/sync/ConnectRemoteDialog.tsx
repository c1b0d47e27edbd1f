import { useState } from 'react';
import { explainError } from '#shared/contract/explain.ts';
import type { OutputOf, Remote, VitrineError } from '#shared/contract/index.ts';
import { asVitrineError, core, runCommand, useOperation } from '../../app/api/index.ts';
import { Button, Combobox, Dialog, Field, Input, Select } from '../../ui/index.ts';
import { CredentialFields, credentialOf, noCredential } from './CredentialFields.tsx';
import { StepList } from './StepList.tsx';
import styles from './Sync.module.css';

type Report = OutputOf<'remotes.test'>;

const policies = [
  { value: 'on_demand', label: 'When asked for' },
  { value: 'aliased', label: 'Of versions with an alias' },
  { value: 'newest', label: 'Of the newest versions' },
  { value: 'all', label: 'Of every version' },
] as const;
type Policy = (typeof policies)[number]['value'];

const stepWords: Readonly<Record<Report['steps'][number]['step'], string>> = { address: 'Address', server: 'Server', sign_in: 'Sign-in', workspace: 'Workspace', read: 'Reading' };

const aliasesOf = (text: string): string[] => [...new Set(text.split(',').map((alias) => alias.trim()).filter((alias) => alias !== ''))];

/** Address, credential, a test that says which step failed, and into which registry it goes. */
export function ConnectRemoteDialog({ onClose }: { readonly onClose: (connected: Remote | null) => void }) {
  const registries = useOperation('registries.list', {}).data?.items ?? [];
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [workspace, setWorkspace] = useState('');
  const [typed, setTyped] = useState(noCredential);
  const [registry, setRegistry] = useState<string | null>('MLflow');
  const [policy, setPolicy] = useState<Policy>('on_demand');
  const [chosenAliases, setChosenAliases] = useState('');
  const [newest, setNewest] = useState(3);
  const [report, setReport] = useState<Report | null>(null);
  const [busy, setBusy] = useState<'test' | 'add' | null>(null);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const credential = credentialOf(typed);
  const place = { kind: 'mlflow' as const, url: url.trim(), workspace: workspace.trim() === '' ? null : workspace.trim(), credential: credential ?? { kind: 'none' as const } };
  const lacking = url.trim() === '' ? 'Enter the server’s address.' : credential === null ? 'The credential is not complete.' : null;

  const work = async (kind: 'test' | 'add', act: () => Promise<void>): Promise<void> => {
    if (busy !== null) return;
    setBusy(kind);
    setFailure(null);
    try {
      await act();
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setBusy(null);
    }
  };
  const test = (): Promise<void> => work('test', async () => setReport(await core().query('remotes.test', place)));
  const connect = (): Promise<void> =>
    work('add', async () => {
      // What can't be reached now is not refused (one may be offline), but it is shown first.
      const tried = report ?? (await core().query('remotes.test', place));
      setReport(tried);
      if (report === null && tried.steps.some((step) => step.verdict === 'failed')) return;
      const made = await runCommand('remotes.add', { ...place, name: name.trim(), registry: registry ?? 'MLflow', bytes: policy === 'aliased' ? { kind: policy, aliases: aliasesOf(chosenAliases) } : policy === 'newest' ? { kind: policy, count: newest } : { kind: policy } }, { toast: false });
      if (made !== null) onClose(made.output);
    });
  const changed = (): void => setReport(null);
  const options = [...new Set(['MLflow', ...registries.filter((one) => one.acceptedTypes === null || one.acceptedTypes.includes('model')).map((one) => one.name), ...(registry === null ? [] : [registry])])].map((value) => ({ value, label: value, ...(registries.some((one) => one.name === value) ? {} : { detail: 'new' }) }));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose(null)}
      title="Connect an MLflow server"
      description="It is read from then on. Nothing goes there before you have looked at the plan."
      keepOnOutsidePress
      onSubmit={() => void connect()}
      actions={
        <>
          <Button onClick={() => void test()} busy={busy === 'test'} disabled={lacking !== null} disabledReason={lacking ?? ''}>
            Test
          </Button>
          <Button onClick={() => onClose(null)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy === 'add'} disabled={lacking !== null || name.trim() === ''} disabledReason={lacking ?? 'Give it a name.'}>
            {report !== null && report.steps.some((step) => step.verdict === 'failed') ? 'Connect all the same' : 'Connect'}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Field label="Address" hint="As MLFLOW_TRACKING_URI has it, with its path where it has one.">
          <Input
            value={url}
            onValueChange={(next) => {
              setUrl(next);
              changed();
            }}
            mono
            autoFocus
            placeholder="https://mlflow.example.com"
            maxLength={2000}
          />
        </Field>
        <CredentialFields
          value={typed}
          onChange={(next) => {
            setTyped(next);
            changed();
          }}
        />
        <Field label="Name" {...(failure === null ? {} : { error: explainError(failure).sentence })}>
          <Input value={name} onValueChange={setName} placeholder="Team server" maxLength={128} />
        </Field>
        <Field label="Registry" hint="Its models become collections of this registry.">
          <Combobox label="Registry" options={options} value={registry} onValueChange={setRegistry} onCreate={setRegistry} />
        </Field>
        <Field label="Bring files here">
          <Select label="Bring files here" options={policies} value={policy} onValueChange={setPolicy} />
        </Field>
        {policy === 'aliased' && (
          <Field label="Aliases" optional hint="Only these, with commas between them; any alias where none is named.">
            <Input value={chosenAliases} onValueChange={setChosenAliases} mono placeholder="production, champion" maxLength={1000} />
          </Field>
        )}
        {policy === 'newest' && (
          <Field label="How many of each model">
            <Input type="number" value={String(newest)} onValueChange={(text) => setNewest(Math.min(1000, Math.max(1, Math.trunc(Number(text)) || 1)))} min={1} max={1000} />
          </Field>
        )}
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
        {report !== null && <StepList steps={report.steps.map((step) => ({ ...step, word: stepWords[step.step] }))} />}
      </div>
    </Dialog>
  );
}
