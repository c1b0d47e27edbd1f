import { useState } from 'react';
import { explainError } from '#shared/contract/explain.ts';
import type { DeadLetter } from '#shared/contract/index.ts';
import { runCommand, useSubmit } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { Button, Dialog, Field, Input, TextArea } from '../../ui/index.ts';
import styles from './Sync.module.css';

const words: Readonly<Record<DeadLetter['what'], string>> = { registry: 'Registry', collection: 'Collection', version: 'Version', run: 'Run', alias: 'Alias', tag: 'Tag', description: 'Description', metadata: 'Metadata', state: 'State', 'time to live': 'Time to live' };

/** What a remote refused for good: why, and what can be done about it. */
export function DeadLetters({ letters }: { readonly letters: readonly DeadLetter[] }) {
  const [editing, setEditing] = useState<DeadLetter | null>(null);
  const whyNot = useWhyNot();
  if (letters.length === 0) return null;
  return (
    <section aria-label="Refused changes" className={styles.section}>
      <h2>Refused</h2>
      <table className={styles.table} aria-label="Refused changes">
        <thead>
          <tr>
            <th scope="col">Change</th>
            <th scope="col">Why</th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <tr key={letter.id}>
              <td>
                <strong>{letter.label}</strong>
                <span className={styles.dim}>
                  {words[letter.what]}
                  {letter.value !== null && letter.what !== 'description' ? ` “${letter.value}”` : ''}, for {letter.remote}
                </span>
              </td>
              <td>{letter.error}</td>
              <td>
                <div className={styles.acts}>
                  {letter.editable && (
                    <Button size="small" {...barred(whyNot('sync.edit', 'somewhere'))} onClick={() => setEditing(letter)}>
                      Edit…
                    </Button>
                  )}
                  <Button size="small" {...barred(whyNot('sync.retry', 'somewhere'))} onClick={() => void runCommand('sync.retry', { ids: [letter.id] })}>
                    Try again
                  </Button>
                  <Button size="small" {...barred(whyNot('sync.discard', 'somewhere'))} onClick={() => void runCommand('sync.discard', { ids: [letter.id] }, { done: 'It stays here and is not sent' })}>
                    Drop
                  </Button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {editing !== null && <EditDialog letter={editing} onClose={() => setEditing(null)} />}
    </section>
  );
}

function EditDialog({ letter, onClose }: { readonly letter: DeadLetter; readonly onClose: () => void }) {
  const [value, setValue] = useState(letter.value ?? '');
  const { error: failure, submit: save } = useSubmit(async () => {
    await runCommand('sync.edit', { id: letter.id, value }, { toast: false });
    onClose();
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Edit the ${words[letter.what].toLowerCase()}`}
      description={letter.error}
      onSubmit={save}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            Save and send
          </Button>
        </>
      }
    >
      <Field label={words[letter.what]} hint="It changes here, too." {...(failure === null ? {} : { error: explainError(failure).sentence })}>
        {letter.what === 'description' ? <TextArea value={value} onValueChange={setValue} rows={8} autoFocus /> : <Input value={value} onValueChange={setValue} mono autoFocus maxLength={128} />}
      </Field>
    </Dialog>
  );
}
