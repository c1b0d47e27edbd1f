import { useOperation } from '../../app/api/index.ts';
import { Button, Field, IconButton, Input, Select, TextArea } from '../../ui/index.ts';
import { ArrowDown, ArrowUp, Plus, Trash2 } from '../../ui/icons.ts';
import { emptyAction, isWebAddress, mostActions, unreadHeaders, type ActionDraft, type ActionKind } from './draft.ts';
import styles from './Automations.module.css';

const actionWords: Readonly<Record<ActionKind, string>> = {
  webhook: 'Call a webhook', slack: 'Send a message to Slack', notification: 'Show a notification', job: 'Run a local job', 'set alias': 'Put an alias on it', 'request approval': 'Request an approval',
};

/** What an automation does, one after the other: a later action waits until the one before has gone well. */
export function Actions({ actions, onChange }: { readonly actions: readonly ActionDraft[]; readonly onChange: (actions: readonly ActionDraft[]) => void }) {
  const secrets = useOperation('secrets.list', {}).data?.items ?? [];
  const jobs = useOperation('jobs.list', {}).data?.items ?? [];
  const replace = (index: number, action: ActionDraft): void => onChange(actions.map((each, at) => (at === index ? action : each)));
  const swap = (index: number): void => onChange(actions.map((each, at) => (at === index ? (actions[index + 1] ?? each) : at === index + 1 ? (actions[index] ?? each) : each)));
  return (
    <fieldset className={styles.group}>
      <legend>Do</legend>
      {actions.map((action, index) => (
        // Rows have no name of their own; what is typed lies in the draft, not in them.
        <div key={index} className={styles.action} role="group" aria-label={`Action ${index + 1}`}>
          <div className={styles.actionHead}>
            <Select label={`Action ${index + 1}`} options={(Object.keys(actionWords) as ActionKind[]).map((value) => ({ value, label: actionWords[value] }))} value={action.kind} onValueChange={(kind) => replace(index, { ...action, kind })} />
            {actions.length > 1 && (
              <>
                <IconButton icon={ArrowUp} label={`Action ${index + 1} earlier`} disabled={index === 0} onClick={() => swap(index - 1)} />
                <IconButton icon={ArrowDown} label={`Action ${index + 1} later`} disabled={index === actions.length - 1} onClick={() => swap(index)} />
                <IconButton icon={Trash2} label={`Remove action ${index + 1}`} onClick={() => onChange(actions.filter((_each, at) => at !== index))} />
              </>
            )}
          </div>
          <ActionFields action={action} set={(change) => replace(index, { ...action, ...change })} secrets={secrets.map((secret) => secret.name)} jobs={jobs} />
        </div>
      ))}
      {actions.length < mostActions && (
        <Button className={styles.wide} icon={Plus} variant="quiet" onClick={() => onChange([...actions, { ...emptyAction, kind: 'notification' }])}>
          Then do something else
        </Button>
      )}
    </fieldset>
  );
}

type Fields = { readonly action: ActionDraft; readonly set: (change: Partial<ActionDraft>) => void; readonly secrets: readonly string[]; readonly jobs: readonly { readonly name: string; readonly command: readonly string[] }[] };

function ActionFields({ action, set, secrets, jobs }: Fields) {
  const options = (none: string) => [{ value: '', label: none }, ...secrets.map((name) => ({ value: name, label: name }))];
  const wide = styles.wide ?? '';
  const address = (
    <Field label="Address" className={wide} {...(action.url === '' || isWebAddress(action.url) ? { hint: 'This machine and private networks have to be allowed by name, under “Secrets, jobs and addresses”.' } : { error: 'Write a whole address: https://example.org/hook' })}>
      <Input mono value={action.url} placeholder="https://" onValueChange={(url) => set({ url })} />
    </Field>
  );
  switch (action.kind) {
    case 'webhook': {
      const unread = unreadHeaders(action.headers);
      return (
        <>
          {address}
          <Field label="Bearer token" optional hint="A secret">
            <Select label="Bearer token" options={options('None')} value={action.bearerSecret} onValueChange={(bearerSecret) => set({ bearerSecret })} />
          </Field>
          <Field label="Signed with" optional hint="Key of X-Wandb-Signature">
            <Select label="Signed with" options={options('None')} value={action.signatureSecret} onValueChange={(signatureSecret) => set({ signatureSecret })} />
          </Field>
          <Field label="Headers" optional className={wide} {...(unread.length === 0 ? { hint: 'One per line: X-Team: ${entity_name}. Secrets as ${secret.NAME}' } : { error: `“${unread[0] ?? ''}” is no header: write a name, a colon and a value.` })}>
            <TextArea mono rows={2} value={action.headers} onValueChange={(headers) => set({ headers })} />
          </Field>
          <Field label="Payload" optional className={wide} hint="JSON with ${alias}, ${artifact_version}, ${artifact_metadata.KEY}…; without one, everything that is known is sent">
            <TextArea mono rows={4} value={action.template} onValueChange={(template) => set({ template })} />
          </Field>
        </>
      );
    }
    case 'slack':
      return (
        <>
          <Field label="Address from" hint="Slack’s addresses are secrets themselves">
            <Select label="Address from" options={options('Written below')} value={action.urlSecret} onValueChange={(urlSecret) => set({ urlSecret })} />
          </Field>
          <Field label="Severity">
            <Select label="Severity" options={[{ value: 'info', label: 'Info' }, { value: 'warning', label: 'Warning' }, { value: 'error', label: 'Error' }]} value={action.severity} onValueChange={(severity) => set({ severity })} />
          </Field>
          {action.urlSecret === '' && address}
          <Field label="Text" className={wide}>
            <TextArea rows={2} value={action.text} onValueChange={(text) => set({ text })} />
          </Field>
        </>
      );
    case 'notification':
      return (
        <>
          <Field label="Title" className={wide}>
            <Input value={action.title} onValueChange={(title) => set({ title })} />
          </Field>
          <Field label="Text" optional className={wide}>
            <TextArea rows={2} value={action.text} onValueChange={(text) => set({ text })} />
          </Field>
        </>
      );
    case 'job':
      return (
        <Field label="Job" className={wide} hint="Approved under “Secrets, jobs and addresses”">
          <Select label="Job" placeholder={jobs.length === 0 ? 'None is approved yet' : 'Choose one'} options={jobs.map((job) => ({ value: job.name, label: job.name, detail: job.command.join(' ') }))} value={action.job === '' ? null : action.job} onValueChange={(job) => set({ job })} />
        </Field>
      );
    case 'set alias':
    case 'request approval':
      return (
        <Field label="Alias" className={wide}>
          <Input mono value={action.alias} onValueChange={(alias) => set({ alias })} />
        </Field>
      );
  }
}
