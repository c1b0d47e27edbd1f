import { useDeferredValue, useState } from 'react';
import { explainError, type AutomationId } from '#shared/contract/index.ts';
import { automationEvents, type AutomationEvent } from '#shared/domain/automationEvents.ts';
import { runCommand, useOperation, useSubmit } from '../../app/api/index.ts';
import { Button, CodeBlock, Combobox, Dialog, Field, formatQuantity, Input, Select, TextArea } from '../../ui/index.ts';
import { Actions } from './Actions.tsx';
import { definitionOf, draftOf, emptyDraft, unreadConditions, type Definition, type DefinitionInput, type Draft } from './draft.ts';
import { indented } from './payload.ts';
import styles from './Automations.module.css';

const eventWords: Readonly<Record<AutomationEvent, string>> = {
  'version.created': 'A version is logged', 'version.linked': 'A version is linked', 'version.unlinked': 'A version is unlinked',
  'alias.added': 'An alias is added', 'alias.moved': 'An alias moves', 'alias.removed': 'An alias is removed', 'tag.added': 'A tag is added', 'tag.removed': 'A tag is removed',
  'approval.requested': 'An approval is requested', 'approval.granted': 'An approval is granted', 'approval.refused': 'An approval is refused', 'state.changed': 'A lifecycle state changes',
  'collection.created': 'A collection is created', 'collection.deleted': 'A collection is deleted', 'registry.created': 'A registry is created', 'registry.deleted': 'A registry is deleted',
  'run.finished': 'A run finishes', 'run.failed': 'A run fails', 'run.metric': 'A run’s metric passes a threshold', 'sync.failed': 'A sync fails', 'integrity.failed': 'Damaged bytes are found',
};

/** Makes or changes an automation; beside the form stands what it means and what it would have done. */
export function AutomationDialog({ id, definition, onClose }: { readonly id: AutomationId | null; readonly definition: Definition | null; readonly onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(definition === null ? emptyDraft : draftOf(definition));
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
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={id === null ? 'New automation' : `Edit “${definition?.name ?? ''}”`}
      width="huge"
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={made === null || unread.length > 0} disabledReason={draft.name.trim() === '' ? 'Give it a name.' : unread.length > 0 ? 'A condition can’t be read.' : 'Say what it does: an action lacks something.'}>
            {id === null ? 'Create automation' : 'Save'}
          </Button>
        </>
      }
    >
      <div className={styles.editor}>
        <div className={styles.form}>
          <Field label="Name" className={styles.wide ?? ''} {...(error === null ? {} : { error: explainError(error).sentence })}>
            <Input value={draft.name} onValueChange={(name) => set({ name })} autoFocus maxLength={128} />
          </Field>
          <Field label="When">
            <Select label="When" options={automationEvents.map((value) => ({ value, label: eventWords[value] }))} value={draft.event} onValueChange={(event) => set({ event, scope: 'organization' })} />
          </Field>
          <Where runs={runs} value={draft.scope} onValueChange={(scope) => set({ scope })} />
          {draft.event === 'run.metric' && (
            <Field label="Threshold" hint="A key of the run’s summary: acc > 0.9" className={styles.wide ?? ''}>
              <Input mono value={draft.metric} onValueChange={(metric) => set({ metric })} />
            </Field>
          )}
          <fieldset className={styles.group}>
            <legend>Only if</legend>
            {!runs && (
              <>
                <Field label="Aliases" optional hint="prod-*, or /regular expressions/">
                  <Input mono value={draft.aliases} onValueChange={(aliases) => set({ aliases })} />
                </Field>
                <Field label="Tags" optional hint="Names like nightly-*, or /regular expressions/">
                  <Input mono value={draft.tags} onValueChange={(tags) => set({ tags })} />
                </Field>
                <Field label="Collection or artifact" optional hint="Names like resnet-*, or /regular expressions/">
                  <Input mono value={draft.names} onValueChange={(names) => set({ names })} />
                </Field>
                <Field label="Types" optional hint="model, dataset">
                  <Input mono value={draft.types} onValueChange={(types) => set({ types })} />
                </Field>
              </>
            )}
            {draft.event === 'state.changed' && (
              <Field label="New state" optional hint="released, retired" className={styles.wide ?? ''}>
                <Input mono value={draft.states} onValueChange={(states) => set({ states })} />
              </Field>
            )}
            <Field label="Only by" optional hint="User names">
              <Input mono value={draft.onlyBy} onValueChange={(onlyBy) => set({ onlyBy })} />
            </Field>
            <Field label="Not by" optional hint="User names">
              <Input mono value={draft.notBy} onValueChange={(notBy) => set({ notBy })} />
            </Field>
            {!runs && (
              <Field label="Metadata" optional hint="A condition per line: eval.accuracy > 0.9" className={styles.wide ?? ''} {...(unread.length === 0 ? {} : { error: `“${unread[0] ?? ''}” can’t be read: write a key, one of > >= < <= = != contains exists, and a value.` })}>
                <TextArea mono rows={2} value={draft.metadata} onValueChange={(metadata) => set({ metadata })} />
              </Field>
            )}
          </fieldset>
          <Actions actions={draft.actions} onChange={(actions) => set({ actions })} />
          <Field label="Description" optional hint="Why it is there" className={styles.wide ?? ''}>
            <TextArea rows={2} value={draft.description} onValueChange={(description) => set({ description })} maxLength={10_000} />
          </Field>
        </div>
        <div className={styles.beside}>{made !== null && unread.length === 0 ? <Preview definition={made} /> : <p className={styles.dim}>Once it has a name and says what to do, it is read back here, tried on the past, and what it would send is shown.</p>}</div>
      </div>
    </Dialog>
  );
}

const everywhere = 'organization';

function Where({ runs, value, onValueChange }: { readonly runs: boolean; readonly value: string; readonly onValueChange: (scope: string) => void }) {
  const registries = useOperation('registries.list', {}).data?.items ?? [];
  const projects = useOperation('projects.list', { limit: 500 }).data?.items ?? [];
  const collections = useOperation('collections.list', { limit: 1000 }, { enabled: !runs }).data?.items ?? [];
  return (
    <Field label="Where">
      <Combobox
        options={[
          { value: everywhere, label: 'Everywhere' },
          ...(runs ? [] : registries.map((registry) => ({ value: `registry ${registry.id}`, label: registry.name, detail: 'registry' }))),
          ...(runs ? [] : collections.map((collection) => ({ value: `collection ${collection.id}`, label: `${collection.registry}/${collection.name}`, detail: 'collection' }))),
          ...projects.map((project) => ({ value: `project ${project.id}`, label: project.name, detail: 'project' })),
        ]}
        value={value}
        onValueChange={(chosen) => onValueChange(chosen ?? everywhere)}
      />
    </Field>
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
      {payloads.map((payload, index) => (
        <div key={`${index} ${payload.action}`} className={styles.payload}>
          <p className={styles.dim}>
            {payloads.length > 1 ? `${index + 1}. ` : ''}To {payload.target}
          </p>
          <CodeBlock code={[...payload.headers.map(({ name, value }) => `${name}: ${value}`), ...(payload.headers.length > 0 ? [''] : []), indented(payload.body)].join('\n')} wrap />
          {payload.missing.length > 0 && <p className={styles.dim}>That event has no {payload.missing.join(', ')}.</p>}
        </div>
      ))}
    </section>
  );
}
