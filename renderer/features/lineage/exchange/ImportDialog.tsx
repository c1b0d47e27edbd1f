import { useRef, useState } from 'react';
import type { OutputOf } from '#shared/contract/index.ts';
import { notify, runCommand, undoOffered, useSubmit } from '../../../app/api/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { formatBytes, formatQuantity } from '../../../ui/format.ts';
import { FileJson } from '../../../ui/icons.ts';
import { Input, TextArea } from '../../../ui/Input.tsx';
import { closeLineageImport, useLineageImport } from './importStore.ts';
import styles from './ImportDialog.module.css';

const largest = 32 * 1024 * 1024;

/** OpenLineage events out of a file or pasted, into the catalog. Mounted where it can be opened; shows itself when it is. */
export function ImportDialog() {
  return useLineageImport((state) => state.open) ? <Open /> : null;
}

function Open() {
  const file = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [source, setSource] = useState<{ readonly name: string; readonly size: number } | null>(null);
  const [project, setProject] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const { busy, failure, submit } = useSubmit(async () => {
    const done = await runCommand('lineage.import', { text, ...(project.trim() === '' ? {} : { project: { name: project.trim() } }) }, { toast: false, activity: `Importing ${source?.name ?? 'OpenLineage events'}` });
    if (done === null) return;
    closeLineageImport();
    notify({ tone: 'good', title: done.output.unchanged ? 'Nothing new in these events' : `Imported ${formatQuantity(done.output.events, 'event')}`, text: wordsOf(done.output), ...undoOffered(done.undo) });
  });
  const take = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return;
    setProblem(null);
    if (chosen.size > largest) {
      setProblem(`${chosen.name} has ${formatBytes(chosen.size)}; at most ${formatBytes(largest)} are taken at once. Split it by lines.`);
      return;
    }
    setText(await chosen.text());
    setSource({ name: chosen.name, size: chosen.size });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && closeLineageImport()}
      title="Import OpenLineage events"
      description="Runs become runs; datasets become versions that refer to them. The same event twice changes nothing."
      width="wide"
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={closeLineageImport}>Cancel</Button>
          <Button variant="primary" type="submit" busy={busy} disabled={text.trim() === ''} disabledReason="Choose a file, or paste events.">
            Import
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <div className={styles.file}>
          <Button icon={FileJson} onClick={() => file.current?.click()}>
            Choose a file…
          </Button>
          <span className={styles.source}>{source === null ? 'JSON: one event, a list, or one per line' : `${source.name}, ${formatBytes(source.size)}`}</span>
          <input ref={file} type="file" hidden accept=".json,.jsonl,.ndjson,application/json" aria-label="File with OpenLineage events" onChange={(event) => void take(event.target.files?.[0])} />
        </div>
        <Field label="Events" {...(problem === null ? {} : { error: problem })}>
          <TextArea
            mono
            rows={8}
            className={styles.text}
            // A file of megabytes as text would hold up every key press.
            value={source === null || text.length < 100_000 ? text : `${text.slice(0, 2_000)}\n…`}
            readOnly={source !== null && text.length >= 100_000}
            onValueChange={(next) => {
              setText(next);
              setSource(null);
            }}
          />
        </Field>
        <Field label="Into the project" optional hint="Without one, each job’s namespace becomes a project.">
          <Input value={project} onValueChange={setProject} placeholder="warehouse" maxLength={128} />
        </Field>
        {failure !== null && (
          <p role="alert" className={styles.failure}>
            {failure}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function wordsOf({ runsCreated, runsUpdated, versionsCreated, edgesCreated, skipped, unchanged }: OutputOf<'lineage.import'>): string {
  const parts = unchanged
    ? ['Everything in them was in the catalog already']
    : [formatQuantity(runsCreated, 'new run'), ...(runsUpdated > 0 ? [`${formatQuantity(runsUpdated, 'run')} ended`] : []), formatQuantity(versionsCreated, 'new version'), formatQuantity(edgesCreated, 'new edge')];
  return `${parts.join(', ')}.${skipped === 0 ? '' : ` ${formatQuantity(skipped, 'event')} told of no run.`}`;
}
