import { useRef, useState } from 'react';
import type { OutputOf } from '#shared/contract/index.ts';
import { runCommand, useSubmit } from '../../app/api/index.ts';
import { Button, Dialog, Field, TextArea } from '../../ui/index.ts';
import styles from './Automations.module.css';

type Outcome = OutputOf<'automations.import'>;
type Problem = { readonly line: number; readonly column: number; readonly problem: string };

/** Takes automations from YAML, all or none; first it only says what would happen. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [looked, setLooked] = useState<Outcome | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const { busy, error, failure, submit, forgive } = useSubmit(async () => {
    if (looked === null) {
      const outcome = await runCommand('automations.import', { text, dryRun: true }, { toast: false });
      setLooked(outcome?.output ?? null);
      return;
    }
    await runCommand('automations.import', { text }, { toast: false });
    onClose();
  });
  const problems = (error?.details['problems'] ?? []) as readonly Problem[];
  /** Marks the line, so that it is seen and can be written over. */
  const goTo = ({ line, column }: Problem): void => {
    const lines = text.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    area.current?.focus();
    area.current?.setSelectionRange(start + column - 1, start + (lines[line - 1]?.length ?? column));
    if (area.current !== null) area.current.scrollTop = Math.max(0, line - 4) * (Number.parseFloat(getComputedStyle(area.current).lineHeight) || 18);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Automations from YAML"
      description="As “Copy as YAML” and “vitrine automation export” write them. One of the same name is given the new definition."
      width="wide"
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={text.trim() === ''} disabledReason="Paste the YAML first.">
            {looked === null ? 'Look at it' : 'Take them'}
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        <Field label="YAML" {...(failure === null ? {} : { error: problems.length === 0 ? failure : `${problems.length === 1 ? 'One thing' : `${problems.length} things`} can’t be read; nothing was taken.` })}>
          <TextArea
            ref={area}
            mono
            rows={12}
            value={text}
            autoFocus
            onValueChange={(next) => {
              setText(next);
              setLooked(null);
              forgive();
            }}
          />
        </Field>
        {problems.length > 0 && (
          <ul className={styles.spots} aria-label="What can’t be read">
            {problems.map((problem) => (
              <li key={`${problem.line} ${problem.column} ${problem.problem}`}>
                <Button size="small" onClick={() => goTo(problem)}>
                  Line {problem.line}
                </Button>
                <span>{problem.problem}</span>
              </li>
            ))}
          </ul>
        )}
        {looked !== null && (
          <div className={styles.preview} role="status">
            {looked.created.length > 0 && <p>New: {looked.created.join(', ')}</p>}
            {looked.updated.length > 0 && <p>Changed: {looked.updated.join(', ')}</p>}
            {looked.created.length + looked.updated.length === 0 && <p>There is none in it.</p>}
            {looked.missing.length > 0 && <p className={styles.problem}>Still needed here: {looked.missing.join(', ')}</p>}
          </div>
        )}
      </div>
    </Dialog>
  );
}
