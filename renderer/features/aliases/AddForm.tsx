import { useState, type Ref } from 'react';
import { useOperation } from '../../app/api/index.ts';
import { Button } from '../../ui/index.ts';
import { AliasField } from './AliasField.tsx';
import { MoveLines } from './MoveLines.tsx';
import { putAliases, type AliasPlace, type AliasSuggestion } from './moves.ts';
import styles from './AddForm.module.css';

type AddFormProps = {
  readonly place: AliasPlace;
  readonly suggestions: readonly AliasSuggestion[];
  /** When they were put, or somebody thought better of it. */
  readonly onDone: () => void;
  readonly ref?: Ref<HTMLInputElement>;
};

/** Aliases to put on a version, with what that would do as core sees it: from where each comes, and which wait for an approval. */
export function AddForm({ place, suggestions, onDone, ref }: AddFormProps) {
  const [values, setValues] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const [busy, setBusy] = useState(false);
  const { data: preview } = useOperation('aliases.preview', { target: place.target, aliases: [...values] }, { enabled: values.length > 0 && problem === null, keepPrevious: true });
  const foreseen = values.length === 0 ? undefined : preview;
  const put = async (all: readonly string[]): Promise<void> => {
    if (problem !== null || busy || all.length === 0) return;
    setBusy(true);
    const done = await putAliases(place, all, new Map(suggestions.map(({ alias, standsOn }) => [alias, standsOn])));
    setBusy(false);
    if (done) onDone();
  };
  return (
    <form
      className={styles.form}
      onPointerDown={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        // Keys typed here are not for the table around it.
        if (event.key !== 'Escape') event.stopPropagation();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void put(values);
      }}
    >
      <AliasField ref={ref} label="Aliases" values={values} onValuesChange={setValues} suggestions={suggestions} onProblem={setProblem} onPending={setPending} onEnter={(all) => void put(all)} />
      {foreseen !== undefined && (
        <div className={styles.outcome} role="status" aria-label="What would happen">
          {foreseen.refused.map((refusal) => (
            <span key={refusal.explanation} className={styles.refusal}>
              {refusal.explanation}
            </span>
          ))}
          <MoveLines moves={foreseen.moves} needsApproval={foreseen.needsApproval} />
        </div>
      )}
      <div className={styles.actions}>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" busy={busy} disabled={(values.length === 0 && !pending) || problem !== null}>
          {foreseen !== undefined && foreseen.needsApproval.length > 0 ? 'Request approval…' : 'Add'}
        </Button>
      </div>
    </form>
  );
}
