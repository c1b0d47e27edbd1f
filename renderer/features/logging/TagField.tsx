import { useId, useState } from 'react';
import { checkTag } from '#shared/domain/names.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import { TagChip } from '../../ui/index.ts';
import { useControlProps } from '../../ui/Field.tsx';
import { useOperation } from '../../app/api/index.ts';
import styles from './Logging.module.css';

export type TagFieldProps = { readonly values: readonly string[]; readonly onValuesChange: (values: readonly string[]) => void; readonly onProblem?: (problem: string | null) => void; readonly label?: string };

/** Tags as chips: Enter or a comma adds what is typed, Backspace takes the last away; tags in use are offered. */
export function TagField({ values, onValuesChange, onProblem, label }: TagFieldProps) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const control = useControlProps({ describedBy: problem === null ? undefined : `${id}problem`, invalid: problem === null ? undefined : true });
  const inUse = useOperation('tags.list', { prefix: text.trim(), limit: 20 }, { keepPrevious: true });

  const report = (next: string | null): void => {
    setProblem(next);
    onProblem?.(next);
  };
  const add = (parts: readonly string[]): boolean => {
    const fresh = [...new Set(parts.map((part) => part.trim()).filter((part) => part !== '' && !values.includes(part)))];
    for (const part of fresh) {
      const checked = checkTag(part);
      if (!checked.ok) {
        report(explainViolation(checked.violation));
        return false;
      }
    }
    if (values.length + fresh.length > 100) {
      report('One act can put at most 100 tags.');
      return false;
    }
    report(null);
    if (fresh.length > 0) onValuesChange([...values, ...fresh]);
    return true;
  };

  return (
    <div className={styles.tokens}>
      <div className={styles.tokenBox} data-invalid={problem === null ? undefined : true}>
        {values.map((value) => (
          <TagChip key={value} tag={value} onRemove={() => onValuesChange(values.filter((other) => other !== value))} />
        ))}
        <input
          {...control}
          className={styles.tokenInput}
          aria-label={label}
          list={`${id}list`}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            const next = event.target.value;
            if (/[,;\n]/u.test(next)) {
              if (add(next.split(/[,;\n]+/u))) setText('');
            } else {
              setText(next);
              if (problem !== null) report(null);
            }
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && text.trim() !== '') {
              event.preventDefault();
              if (add([text])) setText('');
            } else if (event.key === 'Backspace' && text === '' && values.length > 0) onValuesChange(values.slice(0, -1));
          }}
          onBlur={() => {
            if (text.trim() !== '' && add([text])) setText('');
          }}
        />
        <datalist id={`${id}list`}>
          {(inUse.data?.items ?? []).filter((item) => !values.includes(item.tag)).map((item) => <option key={item.tag} value={item.tag}>{item.tag}</option>)}
        </datalist>
      </div>
      {problem !== null && (
        <div id={`${id}problem`} className={styles.problem} role="alert">
          {problem}
        </div>
      )}
    </div>
  );
}
