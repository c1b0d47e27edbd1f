import { useDeferredValue, useState } from 'react';
import { explainError, type AutomationId } from '#shared/contract/index.ts';
import { automationEvents, type AutomationEvent } from '#shared/domain/automationEvents.ts';
import { runCommand, useOperation, useSubmit } from '../../app/api/index.ts';
import { Button, CodeBlock, Dialog, Field, formatQuantity, Input, Select, TextArea } from '../../ui/index.ts';
import { definitionOf, draftOf, emptyDraft, unreadConditions, type ActionKind, type Definition, type DefinitionInput, type Draft } from './draft.ts';
import styles from './Automations.module.css';

const eventWords: Readonly<Record<AutomationEvent, string>> = {
  'version.created': 'A version is logged', 'version.linked': 'A version is linked', 'version.unlinked': 'A version is unlinked',
  'alias.added': 'An alias is added', 'alias.moved': 'An alias moves', 'alias.removed': 'An alias is removed', 'tag.added': 'A tag is added', 'tag.removed': 'A tag is removed',
  'approval.requested': 'An approval is requested', 'approval.granted': 'An approval is granted', 'approval.refused': 'An approval is refused', 'state.changed': 'A lifecycle state changes',
  'collection.created': 'A collection is created', 'collection.deleted': 'A collection is deleted', 'registry.created': 'A registry is created', 'registry.deleted': 'A registry is deleted',
  'run.finished': 'A run finishes', 'run.failed': 'A run fails', 'run.metric': 'A run’s metric passes a threshold', 'sync.failed': 'A sync fails', 'integrity.failed': 'Damaged bytes are found',
};

const actionWords: Readonly<Record<ActionKind, string>> = {
  webhook: 'Call a webhook', slack: 'Send a message to Slack', notification: 'Show a notification', job: 'Run a local job', 'set alias': 'Put an alias on it', 'request approval': 'Request an approval',
};

/** Makes or changes an automation; beside the form stands what it means and what it would have done. */
export function AutomationDialog({ id, definition, onClose }: { readonly id: AutomationId | null; readonly definition: Definition | null; readonly onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(definition === null ? emptyDraft : draftOf(definition));
  const registries = useOperation('registries.list', {}).data?.items ?? [];
  const projects = useOperation('projects.list', { limit: 200 }).data?.items ?? [];
  const secrets = useOperation('secrets.list', {}).data?.items ?? [];
  const jobs = useOperation('jobs.list', {}).data?.items ?? [];
  const set = (change: Partial<Draft>): void => setDraft((before) => ({ ...before, ...change }));
  const made = definitionOf(draft, definition?.enabled ?? true);
  const unread = unreadConditions(draft.metadata);
  const { busy, error, submit } = useSubmit(async () => {
    if (made === null || unread.length > 0) return;
    if (id === null) await runCommand('automations.create', { definition: made }, { toast: false });
    else await runCommand('automations.update', { id, definition: made }, { toast: false });
    onClose();
  });
  const runs = draft.event.startsWith('run.');
  const secretOptions = [{ value: '', label: 'None' }, ...secrets.map((secret) => ({ value: secret.name, label: secret.name }))];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={id === null ? 'New automation' : `Edit “${definition?.name ?? ''}”`}
      width="wide"
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={made === null || unread.length > 0} disabledReason={draft.name.trim() === '' ? 'Give it a name.' : unread.length > 0 ? 'A condition can’t be read.' : 'Say what it does.'}>
            {id === null ? 'Make it' : 'Save'}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Field label="Name" className={styles.wide ?? ''} {...(error === null ? {} : { error: explainError(error).sentence })}>
          <Input value={draft.name} onValueChange={(name) => set({ name })} autoFocus maxLength={128} />
        </Field>
        <Field label="When">
          <Select label="When" options={automationEvents.map((value) => ({ value, label: eventWords[value] }))} value={draft.event} onValueChange={(event) => set({ event })} />
        </Field>
        <Field label="Where">
          <Select
            label="Where"
            options={[
              { value: 'organization', label: 'Everywhere' },
              ...(runs ? [] : registries.map((registry) => ({ value: `registry ${registry.id}`, label: registry.name, detail: 'registry' }))),
              ...projects.map((project) => ({ value: `project ${project.id}`, label: project.name, detail: 'project' })),
            ]}
            value={draft.scope}
            onValueChange={(scope) => set({ scope })}
          />
        </Field>
        {draft.event === 'run.metric' && (
          <Field label="Threshold" hint="A key of the run’s summary: acc > 0.9" className={styles.wide ?? ''}>
            <Input mono value={draft.metric} onValueChange={(metric) => set({ metric })} />
          </Field>
        )}
        {!runs && (
          <>
            <Field label="Aliases" optional hint="prod-*, or /regular expressions/">
              <Input mono value={draft.aliases} onValueChange={(aliases) => set({ aliases })} />
            </Field>
            <Field label="Tags" optional>
              <Input mono value={draft.tags} onValueChange={(tags) => set({ tags })} />
            </Field>
            <Field label="Collection or artifact" optional>
              <Input mono value={draft.names} onValueChange={(names) => set({ names })} />
            </Field>
            <Field label="Types" optional hint="model, dataset">
              <Input mono value={draft.types} onValueChange={(types) => set({ types })} />
            </Field>
          </>
        )}
        <Field label="Only by" optional hint="User names">
          <Input mono value={draft.onlyBy} onValueChange={(onlyBy) => set({ onlyBy })} />
        </Field>
        <Field label="Not by" optional>
          <Input mono value={draft.notBy} onValueChange={(notBy) => set({ notBy })} />
        </Field>
        {!runs && (
          <Field label="Metadata" optional hint="A condition per line: eval.accuracy > 0.9" className={styles.wide ?? ''} {...(unread.length === 0 ? {} : { error: `“${unread[0] ?? ''}” can’t be read: write a key, one of > >= < <= = != contains exists, and a value.` })}>
            <TextArea mono rows={2} value={draft.metadata} onValueChange={(metadata) => set({ metadata })} />
          </Field>
        )}
        <Field label="Do" className={styles.wide ?? ''}>
          <Select label="Do" options={(Object.keys(actionWords) as ActionKind[]).map((value) => ({ value, label: actionWords[value] }))} value={draft.kind} onValueChange={(kind) => set({ kind })} />
        </Field>
        {(draft.kind === 'webhook' || draft.kind === 'slack') && (
          <Field label="Address" className={styles.wide ?? ''} hint="Addresses of this machine and private networks have to be allowed by name: vitrine automation allow HOST">
            <Input mono value={draft.url} placeholder="https://" onValueChange={(url) => set({ url })} />
          </Field>
        )}
        {draft.kind === 'webhook' && (
          <>
            <Field label="Bearer token" optional hint="A secret: vitrine secret set NAME">
              <Select label="Bearer token" options={secretOptions} value={draft.bearerSecret} onValueChange={(bearerSecret) => set({ bearerSecret })} />
            </Field>
            <Field label="Signed with" optional hint="Key of X-Wandb-Signature">
              <Select label="Signed with" options={secretOptions} value={draft.signatureSecret} onValueChange={(signatureSecret) => set({ signatureSecret })} />
            </Field>
            <Field label="Payload" optional className={styles.wide ?? ''} hint="JSON with ${alias}, ${artifact_version}, ${artifact_metadata.KEY}…; without one, everything that is known is sent">
              <TextArea mono rows={4} value={draft.template} onValueChange={(template) => set({ template })} />
            </Field>
          </>
        )}
        {draft.kind === 'notification' && (
          <Field label="Title" className={styles.wide ?? ''}>
            <Input value={draft.title} onValueChange={(title) => set({ title })} />
          </Field>
        )}
        {(draft.kind === 'slack' || draft.kind === 'notification') && (
          <Field label="Text" className={styles.wide ?? ''}>
            <TextArea rows={2} value={draft.text} onValueChange={(text) => set({ text })} />
          </Field>
        )}
        {draft.kind === 'slack' && (
          <Field label="Severity">
            <Select label="Severity" options={[{ value: 'info', label: 'Info' }, { value: 'warning', label: 'Warning' }, { value: 'error', label: 'Error' }]} value={draft.severity} onValueChange={(severity) => set({ severity })} />
          </Field>
        )}
        {draft.kind === 'job' && (
          <Field label="Job" className={styles.wide ?? ''} hint="Approved at this machine: vitrine job approve NAME -- /path/to/program">
            <Select label="Job" placeholder={jobs.length === 0 ? 'None is approved yet' : 'Choose one'} options={jobs.map((job) => ({ value: job.name, label: job.name, detail: job.command.join(' ') }))} value={draft.job === '' ? null : draft.job} onValueChange={(job) => set({ job })} />
          </Field>
        )}
        {(draft.kind === 'set alias' || draft.kind === 'request approval') && (
          <Field label="Alias">
            <Input mono value={draft.alias} onValueChange={(alias) => set({ alias })} />
          </Field>
        )}
        {made !== null && unread.length === 0 && <Preview definition={made} />}
      </div>
    </Dialog>
  );
}

/** Read back, tried on the past, and what would be sent. */
function Preview({ definition }: { readonly definition: DefinitionInput }) {
  const settled = useDeferredValue(JSON.stringify(definition));
  const preview = useOperation('automations.preview', { definition: JSON.parse(settled) as DefinitionInput, limit: 10_000 });
  if (preview.data === undefined) return preview.error === null ? null : <div className={styles.preview}>{explainError(preview.error).sentence}</div>;
  const { sentence, problems, matched, looked, examples, payloads } = preview.data;
  return (
    <section className={styles.preview} aria-label="What it does">
      <p className={styles.sentence}>{sentence}</p>
      {problems.length > 0 && (
        <ul className={styles.problems}>
          {problems.map((problem) => (
            <li key={`${problem.at} ${problem.problem}`}>{problem.problem}</li>
          ))}
        </ul>
      )}
      <p className={styles.dim}>
        It would have fired {matched === 1 ? 'once' : `${matched} times`} in the last {formatQuantity(looked, 'event')}
        {examples[0] === undefined ? '.' : `, last for ${examples[0].label}.`}
      </p>
      {payloads.map((payload) => (
        <div key={payload.action} className={styles.payload}>
          <CodeBlock code={pretty(payload.body)} wrap />
          {payload.missing.length > 0 && <p className={styles.dim}>That event has no {payload.missing.join(', ')}.</p>}
        </div>
      ))}
    </section>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
